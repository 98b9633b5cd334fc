"""What waits for somebody's decision, for their first page."""

from __future__ import annotations

from collections.abc import Iterator

from services.membership import belonging
from services.membership.domain.memberships import OFFICERS
from services.membership.usecases.proposals import waiting_for_decision
from shared.communities import present_forms, whole
from shared.messaging import Work
from shared.mongo import IN_CHUNK, Doc
from shared.shortening import shortened

SHOWN = 4
_MOST_WAITING = 500
_NAME, _COMMUNITY = 60, 60


def show_waiting(work: Work, order: Doc) -> Doc:
    """The requests to join what the caller leads, and the proposals that they decide, the longest waiting first."""
    work.allow()
    requests = list(_requests(work))
    proposals = waiting_for_decision(work, SHOWN + 1)
    communities = present_forms(work.store, {request["community_id"] for request in requests})
    asked = [
        _view(request, "join_request", communities[request["community_id"]])
        for request in requests
        if communities[request["community_id"]]["status"] == "active"
    ]
    asked += [_view(proposal, "proposal", proposal) for proposal in proposals]
    asked.sort(key=lambda each: (each["asked_at"], each["id"]))
    people = work.store.people.get_many(each["person_id"] for each in asked[:SHOWN])
    items = [{**each, "name": shortened(people[each["person_id"]]["name"], _NAME)} for each in asked[:SHOWN]]
    return {"items": items, "more": len(asked) > SHOWN}


def _requests(work: Work) -> Iterator[Doc]:
    records = belonging.present_records(work, work.caller.person_id)
    led = [record["community_id"] for record in records if record["role"] in OFFICERS]
    # Whoever imported a district's communities stands in for hundreds of ketua.
    ids = list(whole(work.store, led))
    for start in range(0, len(ids), IN_CHUNK):
        some = {"community_id": {"$in": ids[start : start + IN_CHUNK]}, "status": "pending"}
        yield from work.store.join_requests.find(some, limit=_MOST_WAITING)


def _view(asked: Doc, kind: str, about: Doc) -> Doc:
    return {
        "kind": kind,
        "id": asked["id"],
        "community_id": asked["community_id"],
        "community": shortened(about["name"], _COMMUNITY),
        "person_id": asked["person_id"],
        "asked_at": asked["created_at"],
    }
