"""What concerns one person, put together from several services."""

from __future__ import annotations

from flask import Response, request

from gateway import composing, links, printing, rpc, validation
from gateway.routes import Routes, answer_with
from shared.contracts import content, membership, notification, scheduling
from shared.contracts.base import Nothing
from shared.contracts.home import GET_HOME, GET_RECORD
from shared.contracts.record import RecordPeriod, address_of, period_of
from shared.messaging.protocol import Answer

api = Routes("home", "gateway.about_home")

_HOME = (
    composing.Part(scheduling.SHOW_COMING, {name: name for name in ("sessions", "commitments", "letters")}),
    composing.Part(notification.COUNT_UNREAD, {"unread": "unread"}),
    composing.Part(membership.SHOW_WAITING, {"requests": ""}),
    composing.Part(content.SHOW_WAITING, {"reviews": ""}),
)
_RECORD = (
    composing.Part(scheduling.SHOW_ATTENDED, {name: name for name in ("sessions", "communities", "certificates")}),
    composing.Part(content.SHOW_PUBLISHED, {"resources": "resources"}),
)
_NOTHING = Nothing()
_PERIOD = RecordPeriod()


@api.special("GET /v1/me/home", GET_HOME)
def get_home() -> Response:
    """All parts are asked for at the same time; one that is away leaves the others."""
    validation.checked(_NOTHING, validation.parse_query(request.args, ()), {})
    return answer_with(Answer(composing.compose(_HOME)), 200)


@api.special("GET /v1/me/record", GET_RECORD)
def get_record() -> Response:
    """The same, of a year."""
    asked = _period()
    period = period_of(asked)
    said = {"period": period.name, "from": period.first.isoformat(), "until": period.last.isoformat()}
    return answer_with(Answer({**said, **composing.compose(_RECORD, asked)}), 200)


api.expose("POST /v1/me/record/link", membership.LINK_RECORD)


@api.special(
    "GET /v1/me/record.pdf",
    scheduling.PRINT_RECORD,
    parameters=(links.TOKEN,),
    answer=printing.PDF,
    filled=("resources",),
    admit=False,
)
def print_record() -> Response:
    """On paper, for whoever holds a token or a link; all of it or nothing: a sheet does not show that a service was
    away."""
    given = validation.parse_query(request.args, ())
    token = links.admit(scheduling.PRINT_RECORD, given)
    asked = validation.checked(_PERIOD, given, {})
    links.enter(token, address_of(asked))
    works = rpc.call(content.SHOW_PUBLISHED, asked)
    return printing.whole(scheduling.PRINT_RECORD, {**asked, **works.data})


def _period() -> composing.Data:
    return validation.checked(_PERIOD, validation.parse_query(request.args, ()), {})
