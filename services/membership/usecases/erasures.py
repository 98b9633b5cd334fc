"""Being erased: a person asks for it, thinks it over, may withdraw it; the operator may refuse it; both follow it."""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta

from services.membership.domain import erasures
from shared.errors import Conflict, NotFound, Text
from shared.messaging import Work
from shared.mongo import Doc
from shared.texts import render

_MOST = 100
_NONE: Doc = {"status": "none", "parts": []}


def request_erasure(work: Work, order: Doc) -> Doc:
    """From after the time to think it over on, nothing names the caller any more. Asked again, it answers the request
    that waits."""
    work.allow()
    present = _mine(work)
    if present is not None and present["status"] in erasures.OPEN:
        return _own_view(work, present)
    if work.standing.operator:
        raise Conflict("personal.operator_stays")
    cooling_off = timedelta(days=work.settings.erasure_days)
    erasure = erasures.asked_for(work.caller.person_id, secrets.token_hex(16), work.now, cooling_off)
    made = work.store.erasures.insert(erasure)
    work.store.erasures_due.insert({"id": made["id"], "effective_at": made["effective_at"]})
    return _own_view(work, made)


def get_my_erasure(work: Work, order: Doc) -> Doc:
    """The caller's latest request, if there is any."""
    work.allow()
    mine = _mine(work)
    return _NONE if mine is None else _own_view(work, mine)


def withdraw_erasure(work: Work, order: Doc) -> Doc:
    """The caller stays."""
    work.allow()
    return _own_view(work, _settled(work, erasures.withdraw(_mine(work))))


def list_erasures(work: Work, order: Doc) -> Doc:
    work.allow()
    status = order.get("status")
    page = work.store.erasures.page({}, order, keep=lambda each: status in (None, each["status"]))
    found: Doc = page.as_dict(lambda each: _view(work, each))
    return found


def get_erasure(work: Work, order: Doc) -> Doc:
    work.allow()
    return _view(work, work.store.erasures.require(order["erasure_id"]))


def refuse_erasure(work: Work, order: Doc) -> Doc:
    """A legal duty stands against it: the person stays, and is told why."""
    work.allow()
    erasure = work.store.erasures.require(order["erasure_id"])
    return _view(work, _settled(work, erasures.refuse(erasure, work.caller.person_id, order["reason"])))


def read_receipt(work: Work, order: Doc) -> Doc:
    """What became of a request, for whoever holds its receipt; it names nobody."""
    work.allow()
    id_, _, key = order["receipt"].partition("-")[2].rpartition("-")
    erasure = work.store.erasures.get(id_)
    if erasure is None or not hmac.compare_digest(erasure["receipt_key"].encode(), key.encode()):
        raise NotFound("personal.no_receipt")
    return _view(work, erasure)


def _mine(work: Work) -> Doc | None:
    mine = work.store.erasures.find({"person_id": work.caller.person_id}, limit=_MOST)
    return max(mine, key=lambda erasure: erasure["requested_at"], default=None)


def _settled(work: Work, erasure: Doc) -> Doc:
    work.store.erasures_due.delete(erasure["id"])
    saved: Doc = work.store.erasures.save(erasure)
    return saved


def _own_view(work: Work, erasure: Doc) -> Doc:
    return {**_view(work, erasure), "receipt": f"{work.district}-{erasure['id']}-{erasure['receipt_key']}"}


def _view(work: Work, erasure: Doc) -> Doc:
    parts = [
        {
            "service": service,
            "erased": [_line(work, line) for line in part["erased"]],
            "kept": [_line(work, line) for line in part["kept"]],
            "done_at": part["done_at"],
        }
        for service, part in sorted(erasure["parts"].items())
    ]
    return {**erasure, "parts": parts}


def _line(work: Work, line: Doc) -> Doc:
    why = line["why"] and render(Text(f"personal.kept_{line['why']}"), work.language)
    return {"what": render(Text(f"personal.{line['what']}"), work.language), "count": line["count"], "why": why}
