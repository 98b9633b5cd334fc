"""The minutes of a session: its agenda, what was said and decided, and what the community undertook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.scheduling.printing.common import CLOSING, Meeting, Printing, begin, of_community, say
from shared.printing import Column, Paper, Picture, Signature


@dataclass(frozen=True)
class Item:
    """An item of the agenda; ``minutes`` as text, empty where it was given none."""

    title: str
    minutes: str
    owner: str


@dataclass(frozen=True)
class Commitment:
    """What was undertaken; ``due`` is ``12 Januari 2027``."""

    title: str
    goal: str
    due: str
    owners: str


@dataclass(frozen=True)
class Photo:
    """A photo: a file, and what it shows."""

    file_id: str
    caption: str


@dataclass(frozen=True)
class Minutes:
    """What stands in them. ``roles`` are words and names; ``approved`` says when and by whom, empty for a draft.

    ``cut`` tells that the sections were longer than a paper of this kind holds.
    """

    meeting: Meeting
    roles: Sequence[tuple[str, str]] = ()
    agenda: Sequence[Item] = ()
    sections: Sequence[tuple[str, str]] = ()
    decisions: Sequence[str] = ()
    done_differently: str = ""
    photos: Sequence[Photo] = ()
    commitments: Sequence[Commitment] = ()
    approved: str = ""
    note_taker: str = ""
    ketua: str = ""
    cut: bool = False
    written: bool = True


def drawn(minutes: Minutes, printing: Printing) -> bytes:
    """The minutes as PDF, with room for the note taker's and the ketua's signatures; a draft says that it is one."""
    paper = begin("minutes", minutes.meeting, printing)
    paper.letterhead(of_community(minutes.meeting, printing))
    paper.heading(say("minutes"), minutes.approved or say("minutes_draft"))
    paper.facts([*minutes.meeting.facts(), *minutes.roles])
    add_agenda(paper, minutes)
    add_minutes(paper, minutes)
    sign(paper, minutes, printing)
    return paper.as_bytes()


def add_agenda(paper: Paper, minutes: Minutes) -> None:
    """The items of the agenda, if there are any."""
    if not minutes.agenda:
        return
    paper.section(say("section_agenda"))
    columns = [
        Column(say("column_no"), 1, "R"),
        Column(say("column_item"), 9),
        Column(say("column_minutes"), 2, "C"),
        Column(say("column_owner"), 5),
    ]
    paper.table(columns, [[str(n), each.title, each.minutes, each.owner] for n, each in enumerate(minutes.agenda, 1)])


def add_minutes(paper: Paper, minutes: Minutes, pictures: Mapping[str, bytes] | None = None) -> None:
    """What was said, decided and undertaken; of what there is none nothing is said. Photos of which there are
    ``pictures`` (by file) are shown, the others named."""
    for title, words in minutes.sections:
        paper.section(title)
        if words.strip():
            paper.paragraph(words.strip())
    if minutes.cut:
        paper.paragraph(say("minutes_cut"))
    if minutes.decisions:
        paper.section(say("section_decisions"))
        paper.points(minutes.decisions)
    if minutes.done_differently:
        paper.section(say("section_differently"))
        paper.paragraph(minutes.done_differently)
    if minutes.commitments:
        paper.section(say("section_commitments"))
        _commitments(paper, minutes.commitments)
    if minutes.photos:
        _photos(paper, minutes.photos, pictures or {})


def _commitments(paper: Paper, commitments: Sequence[Commitment]) -> None:
    """A row each; where no goal was said of any, no column waits for one."""
    goals = any(each.goal for each in commitments)
    columns = [
        Column(say("column_no"), 1, "R"),
        Column(say("column_commitment"), 6),
        *([Column(say("column_goal"), 6)] if goals else []),
        Column(say("column_due"), 3, "C"),
        Column(say("column_owners"), 4),
    ]
    rows = [
        [str(n), each.title, *([each.goal] if goals else []), each.due, each.owners]
        for n, each in enumerate(commitments, 1)
    ]
    paper.table(columns, rows)


def _photos(paper: Paper, photos: Sequence[Photo], pictures: Mapping[str, bytes]) -> None:
    shown = [Picture(pictures[each.file_id], each.caption) for each in photos if each.file_id in pictures]
    named = [each.caption or say("photo") for each in photos if each.file_id not in pictures]
    paper.pictures(say("section_photos"), shown)
    if named:
        paper.section(say("section_photos_elsewhere"))
        paper.points(named)


def sign(paper: Paper, minutes: Minutes, printing: Printing) -> None:
    """Room for the note taker's signature and the ketua's, below a sentence that they sign."""
    paper.keep_together(CLOSING)
    paper.paragraph(say("signed_below"))
    dated = say("dated", place=printing.place, day=printing.today)
    paper.signatures(
        Signature(["", say("note_taker")], minutes.note_taker),
        Signature([dated, say("ketua_of", community=minutes.meeting.community)], minutes.ketua),
    )
