"""A member says whether she comes."""

from __future__ import annotations

from services.scheduling.domain import answers
from services.scheduling.domain.answers import ANSWERS, Tally
from services.scheduling.snapshots import rsvp_state
from shared.contracts.events.scheduling import RSVP_CHANGED
from shared.messaging import Work
from shared.mongo import Doc


def answer_session(work: Work, order: Doc) -> Doc:
    """The member's answer, in the place of an earlier one. The same answer again changes and tells nothing but the
    reason. Raises :class:`Conflict` when no seat is left, and when the session is cancelled or over."""
    session = work.store.sessions.require(order["session_id"], "scheduling.unknown_session")
    work.allow(community_id=session["community_id"])
    answers.check_open(session["status"], session["ends_at"], work.now)
    before = work.store.rsvps.get(f"{session['id']}/{work.caller.person_id}")
    if before is None or before["answer"] != order["answer"]:
        _count(work, session, before and before["answer"], order["answer"])
        rsvp = _keep(work, session, before, order)
        work.emit(RSVP_CHANGED, rsvp_state(rsvp), rsvp["version"])
    else:
        rsvp = before if before["reason"] == order["reason"] else _keep(work, session, before, order)
    return rsvp


def _count(work: Work, session: Doc, before: str | None, answer: str) -> None:
    """The tally is the guard of the session's seats: whoever answers at the same moment tries again after it."""
    tally = work.store.tallies.require(session["id"])
    counted = Tally(*(tally[name] for name in ANSWERS)).counting(before, answer, tally["capacity"])
    work.store.tallies.save({**tally, **{name: getattr(counted, name) for name in ANSWERS}})


def _keep(work: Work, session: Doc, before: Doc | None, order: Doc) -> Doc:
    given = {"answer": order["answer"], "reason": order["reason"], "answered_at": work.now}
    if before is not None:
        return work.store.rsvps.save({**before, **given})
    return work.store.rsvps.insert(
        {
            "id": f"{session['id']}/{work.caller.person_id}",
            "session_id": session["id"],
            "community_id": session["community_id"],
            "person_id": work.caller.person_id,
            "first_answered_at": work.now,
            **given,
        }
    )
