"""Who was present at a session and for how long: for minutes, documents and certificates, which reckon with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from services.scheduling.attending import entry_in, meeting_of
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


def attendance(store: SchedulingStore, session: Doc) -> Iterator[Presence]:
    """Everybody of whom something was recorded, present or not, in the order in which they first were; streamed."""
    asked: Doc = {"limit": _AT_ONCE, "after": None}
    while True:
        between = (clock.EPOCH, clock.now() + _SKEW)
        page = store.attendance.page({"session_id": session["id"]}, asked, by="recorded_at", between=between)
        for row in page.items:
            yield _presence(row, session)
        if page.next is None:
            return
        asked = {**asked, "after": page.next}


def present(store: SchedulingStore, session: Doc) -> Iterator[Presence]:
    """Those who were present, for at least a minute or not; streamed."""
    return (each for each in attendance(store, session) if each.status == PRESENT)


def minutes_in(row: Doc, session: Doc) -> int:
    """For how many whole minutes of the session's present times somebody was there. What the row says may be older:
    whoever checks in at the very moment at which the session is moved leaves minutes of the old times in it."""
    return entry_in(row).attended(meeting_of(session)).present_minutes


def _presence(row: Doc, session: Doc) -> Presence:
    known = {name: row[name] for name in Presence._fields}
    return Presence(**{**known, **entry_in(row).attended(meeting_of(session))._asdict()})
