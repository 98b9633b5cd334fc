"""Requests to join: asked, decided by the officers, taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.membership import answering, authority, belonging
from services.membership.domain import communities, joining
from services.membership.snapshots import join_request_state
from services.membership.usecases.communities import require_community, require_present
from shared import following, paging
from shared.communities import known_community, whole
from shared.contracts.events.membership import JOIN_DECIDED, JOIN_REQUESTED
from shared.errors import Conflict, NotFound
from shared.messaging import Work
from shared.mongo import Doc
from shared.paging import Page

_MOST = 100


def ask_to_join(work: Work, order: Doc) -> Doc:
    """A request, of which the officers are told; one at a time, and none for a week after a rejected one. Where anybody
    may join, whoever asks has joined."""
    work.allow()
    community, me = require_community(work, order), work.caller.person_id
    communities.check_open(community)
    joining.check_asks(community["join_policy"])
    record = work.store.members.get(f"{community['id']}/{me}")
    if record is not None and record["active"]:
        raise Conflict("membership.member_already")
    if community["join_policy"] == "open":
        return _taken_in(work, community, order["reason"])
    for asking in answering.asked(work, [community], me)[community["id"]]:
        joining.check_again(asking, work.now)
    request = _asked(work, community, order["reason"], status="pending")
    work.emit(JOIN_REQUESTED, join_request_state(request), request["version"])
    return _shown(work, [request])[0]


def list_join_requests(work: Work, order: Doc) -> Doc:
    """For the officers: those who wait, or those who were decided, in the order in which they asked."""
    community = require_community(work, order)
    work.allow(**authority.of_community(work, community))
    where = [{"community_id": id_, "status": order["status"]} for id_ in whole(work.store, [community["id"]])]
    page = work.store.join_requests.page(where, order)
    found: Doc = Page(_shown(work, page.items), page.next).as_dict()
    return found


def my_join_requests(work: Work, order: Doc) -> Doc:
    """The caller's own requests, in the order in which they asked."""
    work.allow()
    found = work.store.join_requests.find({"person_id": work.caller.person_id}, limit=_MOST)
    return paging.few(_shown(work, following.of_few(found, order, "id")), order).as_dict()


def get_join_request(work: Work, order: Doc) -> Doc:
    """One request, for whoever asked and for the officers."""
    request, _ = _visible(work, order)
    work.allow()
    return _shown(work, [request])[0]


def approve_join_request(work: Work, order: Doc) -> Doc:
    """The asker is a member from now on."""
    request, community = _visible(work, order)
    work.allow(**authority.of_community(work, community))
    if request["status"] == "approved":
        return _shown(work, [request])[0]
    joining.check_waiting(request, "pending")
    communities.check_open(community)
    require_present(work, [request["person_id"]], "request_id")
    decided = _decided(work, request, "approved", order["reason"])
    belonging.join(work, community["id"], [request["person_id"]], "member")
    return decided


def reject_join_request(work: Work, order: Doc) -> Doc:
    """The asker is told why."""
    request, community = _visible(work, order)
    work.allow(**authority.of_community(work, community))
    joining.check_waiting(request, "pending")
    return _decided(work, request, "rejected", order["reason"])


def withdraw_join_request(work: Work, order: Doc) -> Doc:
    """Whoever asked thinks better of it; they may ask again."""
    request, _ = _visible(work, order)
    work.allow(person_id=request["person_id"])
    joining.check_waiting(request, "pending")
    return _decided(work, request, "withdrawn", None)


def _taken_in(work: Work, community: Doc, reason: str) -> Doc:
    """The caller joins as whoever adds themselves does, their request approved by that; one that waited since officers
    decided here is that request."""
    me = work.caller.person_id
    require_present(work, [me], "community_id")
    askings = answering.asked(work, [community], me)[community["id"]]
    waiting = [asking["request_id"] for asking in askings if asking["status"] == "pending"]
    # First: two at once meet at the community's roster, and the second finds a member.
    belonging.join(work, community["id"], [me], "member", added=False)
    if waiting:
        return _shown(work, [work.store.join_requests.require(waiting[0])])[0]
    request = _asked(work, community, reason, status="approved", decided_by=me, decided_at=work.now)
    work.emit(JOIN_DECIDED, join_request_state(request), request["version"])
    return _shown(work, [request])[0]


def _asked(work: Work, community: Doc, reason: str, **said: Any) -> Doc:
    plain = {"answer": None, "decided_by": None, "decided_at": None, **said}
    whose = {"community_id": community["id"], "person_id": work.caller.person_id}
    request: Doc = work.store.join_requests.insert({**whose, "reason": reason, **plain})
    answering.note(work, request)
    return request


def _visible(work: Work, order: Doc) -> tuple[Doc, Doc]:
    """The request, and the community that it is to now. Raises :class:`NotFound` to those whom it is no concern of."""
    request = work.store.join_requests.require(order["request_id"], "membership.request_unknown")
    community = known_community(work.store, request["community_id"])
    asker = request["person_id"] == work.caller.person_id
    if not (asker or work.standing.operator or work.standing.officer_of(community["id"])):
        raise NotFound("membership.request_unknown")
    return request, community


def _decided(work: Work, request: Doc, status: str, words: str | None) -> Doc:
    return _shown(work, [answering.answer(work, request, status, words)])[0]


def _shown(work: Work, requests: Sequence[Doc]) -> list[Doc]:
    found = work.store.people.get_many(request["person_id"] for request in requests)
    return [
        {**request, **{name: found[request["person_id"]][name] for name in ("name", "npsn")}} for request in requests
    ]
