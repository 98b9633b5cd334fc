"""The attendance list of a session: who was there, or, before the meeting, a list to sign by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.scheduling.domain.attendance import STATUSES
from services.scheduling.printing.common import SIGNING, Meeting, Printing, begin, of_community, say
from shared.printing import Column, Paper, Signature

# For those who come without being on the list.
_EMPTY_ROWS = 5


@dataclass(frozen=True)
class Attendee:
    """One row. ``status`` is ``None`` where nothing was recorded; ``arrived`` local time."""

    name: str
    institution: str
    status: str | None = None
    arrived: str = ""


@dataclass(frozen=True)
class AttendanceList:
    """What stands in it. ``counts`` is how many people have each status, ``left_out`` those whom a paper of this kind
    has no room for."""

    meeting: Meeting
    attendees: Sequence[Attendee]
    ketua: str
    counts: Mapping[str, int] = field(default_factory=dict)
    left_out: int = 0


def drawn(attendance: AttendanceList, printing: Printing) -> bytes:
    """The list as PDF. Where nothing was recorded yet it has room for signatures, and empty rows."""
    paper = begin("attendance", attendance.meeting, printing)
    paper.letterhead(of_community(attendance.meeting, printing))
    paper.heading(say("attendance"))
    paper.facts(attendance.meeting.facts())
    if any(each.status for each in attendance.attendees):
        add_recorded(paper, attendance)
    else:
        _add_to_sign(paper, attendance.attendees)
    dated = say("dated", place=printing.place, day=printing.today)
    paper.signatures(Signature([dated, say("ketua_of", community=attendance.meeting.community)], attendance.ketua))
    return paper.as_bytes()


def add_recorded(paper: Paper, attendance: AttendanceList, *, closing: float = SIGNING) -> None:
    """The counts, and who was there; the last row stays with ``closing`` millimetres of what follows."""
    paper.paragraph(say("attendance_counts", **{each: str(attendance.counts.get(each, 0)) for each in STATUSES}))
    columns = [
        Column(say("column_no"), 1, "R"),
        Column(say("column_name"), 8),
        Column(say("column_institution"), 6),
        Column(say("column_status"), 2, "C"),
        Column(say("column_arrived"), 2, "C"),
    ]
    rows = [
        [str(n), each.name, each.institution, say(f"status_{each.status}"), each.arrived]
        for n, each in enumerate(attendance.attendees, 1)
    ]
    paper.table(columns, rows, closing=closing)
    if attendance.left_out:
        paper.paragraph(say("left_out", count=str(attendance.left_out)))


def _add_to_sign(paper: Paper, attendees: Sequence[Attendee]) -> None:
    columns = [
        Column(say("column_no"), 1, "R"),
        Column(say("column_name"), 7),
        Column(say("column_institution"), 6),
        Column(say("column_signature"), 5),
    ]
    known = [[str(n), each.name, each.institution, "\n"] for n, each in enumerate(attendees, 1)]
    empty = [[str(n), "\n", "", ""] for n in range(len(known) + 1, len(known) + 1 + _EMPTY_ROWS)]
    paper.table(columns, [*known, *empty], closing=SIGNING)
