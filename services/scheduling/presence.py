"""Who was present at a session and for how long: for minutes, documents and certificates, which reckon with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from services.scheduling.domain.attendance import PRESENT
from services.scheduling.store import SchedulingStore
from shared import clock
from shared.mongo import Doc

_AT_ONCE = 100
# The clocks of two machines may differ by so much.
_SKEW = timedelta(hours=1)


class Presence(NamedTuple):
    """One person's attendance. ``name`` and ``institution`` are those of guests from elsewhere, who have no
    ``person_id``; everybody else's name is in the copy of people."""

    attendee_id: str
    person_id: str | None
    kind: str
    name: str | None
    institution: str | None
    status: str
    mode: str
    arrived_at: datetime | None
    left_at: datetime | None
    late: bool
    left_early: bool
    present_minutes: int


def attendance(store: SchedulingStore, session_id: str) -> Iterator[Presence]:
    """Everybody of whom something was recorded, present or not, in the order in which they first were; streamed."""
    asked: Doc = {"limit": _AT_ONCE, "after": None}
    while True:
        between = (clock.EPOCH, clock.now() + _SKEW)
        page = store.attendance.page({"session_id": session_id}, asked, by="recorded_at", between=between)
        for row in page.items:
            yield Presence(**{name: row[name] for name in Presence._fields})
        if page.next is None:
            return
        asked = {**asked, "after": page.next}


def present(store: SchedulingStore, session_id: str) -> Iterator[Presence]:
    """Those who were present, for at least a minute or not; streamed."""
    return (each for each in attendance(store, session_id) if each.status == PRESENT)


def minutes_of(store: SchedulingStore, person_id: str, session_ids: Iterable[str]) -> dict[str, int]:
    """For how many whole minutes a person was present at those of these sessions that they attended."""
    rows = store.attendance.get_many(f"{session_id}/{person_id}" for session_id in session_ids)
    return {row["session_id"]: row["present_minutes"] for row in rows.values() if row["status"] == PRESENT}
