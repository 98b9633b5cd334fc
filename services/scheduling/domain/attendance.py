"""Who was present: how notes and check-ins that arrive in any order come together, and what they mean in minutes.

What is known of one person at one session is an :class:`Entry`. Entries are joined: in any order, grouping and number
of times the same come out the same, so phones may send what they kept whenever they can (docs/decisions/0140).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from shared.errors import Text

PRESENT = "hadir"
STATUSES = (PRESENT, "izin", "sakit", "alpa")
MODES = ("on_site", "online")

OPENS_BEFORE = timedelta(minutes=30)
GRACE = timedelta(minutes=10)
# So far may the clock of a phone be ahead that notes what happens; what is dated later could never be corrected.
FURTHEST_AHEAD = timedelta(minutes=10)

_NEVER = datetime.min.replace(tzinfo=UTC)


class Meeting(NamedTuple):
    """When a session takes place, and in which of the :data:`MODES` people attend it unless they say otherwise."""

    starts_at: datetime
    ends_at: datetime
    mode: str = MODES[0]

    @property
    def opens_at(self) -> datetime:
        """From when on people can be present at it."""
        return self.starts_at - OPENS_BEFORE


@dataclass(frozen=True)
class Scan:
    """Somebody's own check-in; ``offline`` if it was sent later."""

    at: datetime
    mode: str | None = None
    offline: bool = False


@dataclass(frozen=True)
class Note:
    """What the officer ``by`` noted of somebody at ``at``, on a device that calls it ``client_id``."""

    at: datetime
    client_id: str
    status: str
    by: str
    mode: str | None = None
    arrived_at: datetime | None = None
    left_at: datetime | None = None
    reason: str | None = None

    @property
    def rank(self) -> tuple[object, ...]:
        """Its place among notes on the same person. It names everything, so that no two different notes are equal."""
        times = (self.arrived_at or _NEVER, self.left_at or _NEVER)
        words = (self.mode or "", self.reason or "")
        return (self.at, self.client_id, self.status, self.by, *times, *words)

    def fault(self, meeting: Meeting, now: datetime) -> Text | None:
        """Why it cannot be recorded, if so."""
        if self.at > now + FURTHEST_AHEAD:
            return Text("attendance.from_the_future")
        if self.status in (PRESENT, "alpa") and self.at < meeting.opens_at:
            return Text("attendance.not_begun")
        if self.status != PRESENT and (self.arrived_at or self.left_at):
            return Text("attendance.times_of_the_absent")
        if self.arrived_at and self.left_at and self.left_at < self.arrived_at:
            return Text("attendance.left_before_arriving")
        return None

    def arrival(self, meeting: Meeting) -> datetime:
        """When somebody came by this note. What is dated outside the session tells when it was written down."""
        within = meeting.starts_at < self.at < min(self.left_at or meeting.ends_at, meeting.ends_at)
        return self.arrived_at or (self.at if within else meeting.starts_at)


class Called(NamedTuple):
    """How a guest from elsewhere is called; several ways of writing it may mean the same one."""

    name: str
    institution: str = ""


class Attended(NamedTuple):
    """What counts of one person. Times are ``None`` for those who were not present."""

    status: str
    mode: str
    arrived_at: datetime | None
    left_at: datetime | None
    late: bool
    left_early: bool
    present_minutes: int


@dataclass(frozen=True)
class Entry:
    """All that is known of one person at one session."""

    scan: Scan | None = None
    note: Note | None = None
    called: Called | None = None

    def join(self, other: Entry) -> Entry:
        """What both know: the first check-in, the note that ranks highest, one way of writing a guest's name."""
        scans = [scan for scan in (self.scan, other.scan) if scan is not None]
        notes = [note for note in (self.note, other.note) if note is not None]
        return Entry(
            min(scans, key=lambda scan: (scan.at, scan.offline, scan.mode or ""), default=None),
            max(notes, key=lambda note: note.rank, default=None),
            min((each for each in (self.called, other.called) if each is not None), default=None),
        )

    def attended(self, meeting: Meeting) -> Attended:
        """What counts: an officer's note before a check-in. Who was noted as present came when they checked in, unless
        the note says when, or was written during the session and before that. Raises ``ValueError`` when nothing is
        known."""
        note, scan = self.note, self.scan
        mode = (note and note.mode) or (scan and scan.mode) or meeting.mode
        if note is not None and note.status != PRESENT:
            return Attended(note.status, mode, None, None, False, False, 0)
        if note is not None and (note.arrived_at is not None or scan is None):
            arrived_at = note.arrival(meeting)
        elif scan is not None:
            seen = note is not None and meeting.starts_at < note.at < meeting.ends_at
            arrived_at = min(scan.at, note.at) if note is not None and seen else scan.at
        else:
            raise ValueError("nothing is known of this person")
        left_at = note.left_at if note is not None else None
        until = left_at or meeting.ends_at
        return Attended(
            PRESENT,
            mode,
            arrived_at,
            left_at,
            arrived_at > meeting.starts_at + GRACE,
            until < meeting.ends_at - GRACE,
            minutes_within(meeting, arrived_at, until),
        )


def minutes_within(meeting: Meeting, arrived_at: datetime, left_at: datetime) -> int:
    """The whole minutes of the session between two moments."""
    stayed = min(left_at, meeting.ends_at) - max(arrived_at, meeting.starts_at)
    return max(0, stayed // timedelta(minutes=1))
