"""A member says whether she comes."""

from __future__ import annotations

from services.scheduling import seats
from services.scheduling.domain import answers
from services.scheduling.snapshots import rsvp_state
from services.scheduling.views import answer_view
from shared.contracts.events.scheduling import RSVP_CHANGED
from shared.messaging import Work
from shared.mongo import Doc


def answer_session(work: Work, order: Doc) -> Doc:
    """The member's answer, in the place of an earlier one. The same answer again changes and tells nothing but the
    reason. A ``yes`` without a seat waits in line for one. Raises :class:`Conflict` when that line is full, and when
    the session takes no answers any more."""
    session = work.store.sessions.require(order["session_id"], "scheduling.unknown_session")
    work.allow(community_id=session["community_id"])
    answers.check_open(session["status"], session["ends_at"], work.now)
    answers.check_in_time(answers.until(session), work.now)
    me = work.caller.person_id
    before = work.store.rsvps.get(f"{session['id']}/{me}")
    if before is None or before["answer"] != order["answer"]:
        tally = seats.count_answer(work, session["id"], me, before and before["answer"], order["answer"])
        state = seats.tally_of(tally).state_of(me, order["answer"])
        rsvp = _keep(work, session, before, {**order, "state": state})
        work.emit(RSVP_CHANGED, rsvp_state(rsvp), rsvp["version"])
        return answer_view(rsvp, tally)
    if before["reason"] != order["reason"]:
        before = _note(work, before, order["reason"])
    return answer_view(before, work.store.tallies.get(session["id"]))


def _note(work: Work, rsvp: Doc, reason: str | None) -> Doc:
    """The version stays: others copy the answer without its reason, and have nothing to hear."""
    work.store.rsvps.update(rsvp["id"], set={"reason": reason, "answered_at": work.now})
    noted: Doc = work.store.rsvps.require(rsvp["id"])
    return noted


def _keep(work: Work, session: Doc, before: Doc | None, said: Doc) -> Doc:
    given = {**{name: said[name] for name in ("answer", "state", "reason")}, "answered_at": work.now}
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
