"""A record of learning on paper: what one person attended and gave in a year, for whoever reviews their work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.scheduling.printing.common import CLOSING, Printing, begin_with, say
from shared.printing import Column, Letterhead, Paper, Signature

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Record:
    """What stands in it. Rows are cells in the order of the table's columns, without a number in front; ``left_out``
    are further sessions, for which a paper of this kind has no room."""

    holder: str
    school: str
    period: str
    days: str
    communities: Rows
    sessions: Rows
    certificates: Rows
    works: Rows
    left_out: int = 0


def drawn(record: Record, printing: Printing) -> bytes:
    """The record as PDF; tables without rows are left out."""
    paper = begin_with(f"{say('record')} {record.period} - {record.holder}", printing)
    paper.letterhead(Letterhead(printing.district, say("letterhead_community")))
    paper.heading(say("record"), record.days)
    paper.facts([(say("column_name"), record.holder), (say("record_school"), record.school or say("record_no_school"))])
    _table(
        paper, "record_communities", record.communities, ("community", 8), ("meetings", 3), ("minutes", 3), ("jp", 2)
    )
    _table(paper, "record_sessions", record.sessions, ("day", 4), ("meeting", 7), ("community", 6), ("present", 3))
    if record.left_out:
        paper.paragraph(say("record_left_out", count=str(record.left_out)))
    _table(paper, "record_works", record.works, ("day", 4), ("work", 8), ("community", 6))
    _table(
        paper, "record_certificates", record.certificates, ("number", 7), ("community", 6), ("semester", 4), ("jp", 2)
    )
    paper.paragraph(say("record_rule" if record.sessions else "record_nothing"))
    paper.keep_together(CLOSING)
    dated = say("dated", place=printing.place, day=printing.today)
    paper.signatures(
        Signature([say("record_seen"), say("record_principal")]),
        Signature([dated, say("record_of")], record.holder),
    )
    return paper.as_bytes()


def _table(paper: Paper, title: str, rows: Rows, *columns: tuple[str, float]) -> None:
    if rows:
        paper.section(say(title))
        shown = [Column(say(f"record_column_{name}"), share) for name, share in columns]
        paper.table([Column(say("column_no"), 1, "R"), *shown], [[str(n), *row] for n, row in enumerate(rows, 1)])
