"""An assignment letter, on the letterhead of the school that sends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.scheduling.printing.common import CLOSING, Meeting, Printing, begin, say
from shared.printing import Column, Letterhead, Signature


@dataclass(frozen=True)
class Letter:
    """What stands in it. ``number`` is ``None`` where it is to be written by hand; ``decided_on`` dates the
    letter; ``people`` are names and subjects."""

    school: Mapping[str, Any]
    number: str | None
    signatory: str
    decided_on: str
    people: Sequence[tuple[str, str]]
    meeting: Meeting


def drawn(letter: Letter, printing: Printing) -> bytes:
    """The letter as PDF, with room for a signature by hand and the school's stamp."""
    school = letter.school
    paper = begin("letter", letter.meeting, printing)
    below = say("letterhead_school", subdistrict=school["subdistrict"], npsn=school["npsn"])
    paper.letterhead(Letterhead(printing.district, school["name"], below))
    paper.heading(say("letter"), say("number", number=letter.number or "." * 40))
    paper.paragraph(say("letter_sends", school=school["name"]))
    columns = [Column(say("column_no"), 1, "R"), Column(say("column_name"), 9), Column(say("column_subjects"), 6)]
    paper.table(columns, [[str(n), *each] for n, each in enumerate(letter.people, 1)])
    paper.paragraph(say("letter_to", community=letter.meeting.community))
    paper.facts(letter.meeting.facts())
    paper.keep_together(CLOSING)
    paper.paragraph(say("letter_duty"))
    dated = say("dated", place=school["subdistrict"], day=letter.decided_on)
    paper.signatures(Signature([dated, say("head_of", school=school["name"])], letter.signatory, say("stamp")))
    return paper.as_bytes()
