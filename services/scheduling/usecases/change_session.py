"""An officer changes a session: its words, its time and place, its seats, the cycle it serves."""

from __future__ import annotations

from services.scheduling.domain import sessions
from services.scheduling.domain.answers import ANSWERS, Tally
from services.scheduling.snapshots import session_state
from services.scheduling.usecases import meeting
from services.scheduling.views import session_views
from shared.contracts.events.scheduling import SESSION_RESCHEDULED
from shared.messaging import Work
from shared.mongo import Doc, check_version

_PLAIN = ("title", "goal", "timezone", "place", "join_url", "capacity", "mode")
_TIMES = ("starts_at", "ends_at", "duration_minutes")


def change_session(work: Work, order: Doc) -> Doc:
    """The session as it is now. Members are told when time, place or mode changed; other services of every change."""
    before = work.store.sessions.require(order["session_id"], "scheduling.unknown_session")
    work.allow(community_id=before["community_id"])
    check_version(before, order["version"])
    sessions.check_scheduled(before["status"])
    after = {**before, **{name: order[name] for name in _PLAIN if name in order}}
    after.update(_times(work, before, order))
    after.update(_cycle(work, before, order))
    if after["capacity"] != before["capacity"]:
        _keep_seats(work, after)
    after = work.store.sessions.save(after)
    if session_state(after) != session_state(before):
        state = session_state(after, quiet=not sessions.moved(before, after))
        work.emit(SESSION_RESCHEDULED, state, after["version"])
    return session_views(work.store, work.caller.person_id, [after], {after["community_id"]})[0]


def _times(work: Work, before: Doc, order: Doc) -> Doc:
    if not any(name in order for name in _TIMES):
        return {}
    starts_at, ends_at = sessions.period(
        order.get("starts_at") or before["starts_at"],
        order.get("ends_at"),
        order.get("duration_minutes"),
        before["ends_at"] - before["starts_at"],
        work.now,
    )
    return {"starts_at": starts_at, "ends_at": ends_at}


def _cycle(work: Work, before: Doc, order: Doc) -> Doc:
    if "cycle_id" not in order and "phase" not in order:
        return {}
    cycle_id = order.get("cycle_id", before["cycle_id"])
    return meeting.cycle_served(work.store, before["community_id"], cycle_id, order.get("phase"))


def _keep_seats(work: Work, after: Doc) -> None:
    """Writing the tally keeps an answer that is given at this moment from counting by the capacity of before."""
    tally = work.store.tallies.require(after["id"])
    Tally(*(tally[name] for name in ANSWERS)).check_seats(after["capacity"])
    work.store.tallies.save({**tally, "capacity": after["capacity"]})
