"""An officer takes a guest's name off the attendance."""

from __future__ import annotations

from shared.errors import NotFound
from shared.messaging import Work
from shared.mongo import Doc


def forget_guest(work: Work, order: Doc) -> None:
    """That a guest was there stays and counts; who it was is gone, also when a phone sends its note once more."""
    session = work.store.sessions.require(order["session_id"], "scheduling.unknown_session")
    work.allow(community_id=session["community_id"])
    row = work.store.attendance.get(f"{session['id']}/{order['attendee_id']}")
    if row is None or row["guest_id"] is None:
        raise NotFound("attendance.unknown_guest")
    if not row["forgotten"]:
        work.store.attendance.save({**row, "name": None, "institution": None, "reason": None, "forgotten": True})
