"""Seats: every change of who has one goes through here, with the session's tally as its guard (docs/decisions/0180).

Whoever moves up does so in the transaction that freed the seat, and ``rsvp_changed`` says ``moved_up``, so that they
are told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.scheduling.domain.answers import ANSWERS, COMING, YES, Tally
from services.scheduling.domain.occurrences import Changed
from services.scheduling.snapshots import rsvp_state
from shared.contracts.events.scheduling import RSVP_CHANGED
from shared.messaging import Work
from shared.mongo import Doc

_BACK = ("cancelled", "scheduled")


def none_taken(session: Doc) -> Doc:
    """The tally of a session that nobody has answered yet."""
    return {"id": session["id"], "capacity": session["capacity"], **dict.fromkeys(ANSWERS, 0), "line": []}


def tally_of(doc: Doc) -> Tally:
    """The tally that a document tells of."""
    return Tally(doc["yes"], doc["no"], doc["maybe"], doc["capacity"], tuple(doc.get("line", ())))


def count_answer(work: Work, session_id: str, person_id: str, before: str | None, answer: str) -> Doc:
    """Count somebody's new answer; whoever answers at the same moment tries again after it. Returns the tally. Raises
    :class:`Conflict` when even the waiting line is full."""
    doc = work.store.tallies.require(session_id)
    tally, moved = tally_of(doc).answered(person_id, before, answer)
    _seat(work, session_id, moved)
    return _save(work, doc, tally)


def give_up(work: Work, sessions: Mapping[str, str], person_id: str) -> None:
    """Somebody left: their ``yes`` to these sessions (ids with their status) becomes a ``no``, and who waits for their
    seats moves up; at what is called off, once it takes place again."""
    known = work.store.rsvps.get_many(f"{session_id}/{person_id}" for session_id in sessions)
    for rsvp in known.values():
        if rsvp["answer"] == YES:
            if sessions[rsvp["session_id"]] == "scheduled":
                count_answer(work, rsvp["session_id"], person_id, YES, "no")
            else:
                doc = work.store.tallies.require(rsvp["session_id"])
                _save(work, doc, tally_of(doc).given_up(person_id))
            rsvp = work.store.rsvps.save({**rsvp, "answer": "no", "state": None, "answered_at": work.now})
            work.emit(RSVP_CHANGED, rsvp_state(rsvp), rsvp["version"])


def with_room(work: Work, changed: Sequence[Changed]) -> list[Changed]:
    """The changes of sessions; one that takes place again has room for all who had a seat before it was called off,
    whatever capacity its series was given since."""
    back = [after["id"] for before, after in changed if (before["status"], after["status"]) == _BACK]
    taken = {id_: tally["yes"] for id_, tally in work.store.tallies.get_many(back).items()}
    return [_roomy(each, taken.get(each.after["id"], 0)) for each in changed]


def must_be_counted_anew(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether a change concerns who has a seat: other seats, or a session that takes place again. At one that stays
    cancelled nobody will sit: it stands in the way of no capacity."""
    back = (before["status"], after["status"]) == _BACK
    return after["status"] == "scheduled" and (back or after["capacity"] != before["capacity"])


def resize(work: Work, session: Doc) -> None:
    """Give a session the capacity that it has now. Writing the tally keeps an answer that is given at this moment from
    counting by the one of before. Raises :class:`Conflict` when more people have a seat than there would be."""
    doc = work.store.tallies.require(session["id"])
    tally = tally_of(doc).holding(session["capacity"])
    if work.now < session["ends_at"]:
        tally, moved = tally.moved_up()
        _seat(work, session["id"], moved)
    _save(work, doc, tally)


def _roomy(changed: Changed, taken: int) -> Changed:
    capacity = changed.after["capacity"]
    if capacity is None or capacity >= taken:
        return changed
    return changed._replace(after={**changed.after, "capacity": taken})


def _save(work: Work, doc: Doc, tally: Tally) -> Doc:
    counts = {name: getattr(tally, name) for name in ANSWERS}
    saved: Doc = work.store.tallies.save({**doc, **counts, "capacity": tally.capacity, "line": list(tally.line)})
    return saved


def _seat(work: Work, session_id: str, moved: Sequence[str]) -> None:
    known = work.store.rsvps.get_many(f"{session_id}/{person_id}" for person_id in moved)
    for person_id in moved:
        rsvp = work.store.rsvps.save({**known[f"{session_id}/{person_id}"], "state": COMING})
        work.emit(RSVP_CHANGED, rsvp_state(rsvp, moved_up=True), rsvp["version"])
