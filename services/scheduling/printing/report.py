"""The report of a session, put together of all that is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.scheduling.printing.attendance_list import AttendanceList, add_recorded
from services.scheduling.printing.common import CLOSING, Printing, begin, of_community, say
from services.scheduling.printing.minutes import Minutes, add_agenda, add_minutes, sign


@dataclass(frozen=True)
class Report:
    """What stands in it; ``pictures`` are small ones of its photos (JPEG), by their file."""

    minutes: Minutes
    attendance: AttendanceList
    pictures: Mapping[str, bytes] = field(default_factory=dict)


def drawn(report: Report, printing: Printing) -> bytes:
    """The report as PDF: the meeting and its goal, agenda, minutes, follow-ups, photos, who was there."""
    minutes, attendance = report.minutes, report.attendance
    paper = begin("report", minutes.meeting, printing)
    paper.letterhead(of_community(minutes.meeting, printing))
    paper.heading(say("report"), minutes.meeting.title)
    paper.section(say("section_meeting"))
    paper.facts([*minutes.meeting.facts(), *minutes.roles])
    add_agenda(paper, minutes)
    paper.section(say("section_minutes"))
    paper.paragraph(_state(minutes))
    add_minutes(paper, minutes, report.pictures)
    paper.section(say("attendance"))
    if any(each.status for each in attendance.attendees):
        add_recorded(paper, attendance, closing=CLOSING)
    else:
        paper.paragraph(say("attendance_none"))
    sign(paper, minutes, printing)
    return paper.as_bytes()


def _state(minutes: Minutes) -> str:
    if not minutes.written:
        return say("minutes_none")
    return minutes.approved or say("minutes_draft")
