"""What scheduling does when things happen elsewhere."""

from __future__ import annotations

from services.scheduling import seats
from services.scheduling.domain.series import FURTHEST_SESSION, MOST_SESSIONS
from shared.communities import whole
from shared.messaging import Received, Work
from shared.standing import Standing


def give_up_seats(work: Work, event: Received) -> None:
    """Whoever left a community does not come to its meetings any more: those who wait move up. Who went over into
    another one with it, or came back meanwhile, keeps what they answered."""
    community_id, person_id = event.data["community_id"], event.data["person_id"]
    gone = not Standing(work.store, person_id, work.now).member_of(community_id)
    if gone and event.data.get("reason") != "merged":
        seats.give_up(work, _coming(work, community_id), person_id)


def _coming(work: Work, community_id: str) -> dict[str, str]:
    """The community's sessions that have not begun, with their status: also those that their series dropped, for they
    may come back. Read once for many who leave at a time."""
    key = ("coming", work.district, community_id)
    if key not in work.memo:
        within = {"$gt": work.now, "$lte": work.now + FURTHEST_SESSION}
        work.memo[key] = {
            session["id"]: session["status"]
            for id_ in whole(work.store, [community_id])
            for session in work.store.sessions.find({"community_id": id_, "starts_at": within}, limit=MOST_SESSIONS)
            if session["status"] == "scheduled" or session.get("dropped")
        }
    coming: dict[str, str] = work.memo[key]
    return coming
