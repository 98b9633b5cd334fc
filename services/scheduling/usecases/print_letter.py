"""A granted assignment letter as PDF."""

from __future__ import annotations

from services.scheduling import paperwork
from services.scheduling.domain import letters
from services.scheduling.printing import letter as paper
from services.scheduling.printing.letter import Letter
from services.scheduling.usecases import paper_links
from services.scheduling.usecases.letters import visible
from shared import dates
from shared.messaging import Work, offload
from shared.mongo import Doc


def print_letter(work: Work, asked: Doc) -> tuple[Doc, bytes]:
    """For those whom the letter concerns. Raises :class:`Conflict` unless it was granted."""
    letter = visible(work, asked["letter_id"])
    work.allow()
    return _printed(work, letter)


def link_letter(work: Work, order: Doc) -> Doc:
    """An address that opens the letter for five minutes."""
    letter = visible(work, order["letter_id"])
    work.allow()
    letters.check_granted(letter["status"])
    return paper_links.link(work, _path(letter["id"]))


def print_linked_letter(work: Work, asked: Doc) -> tuple[Doc, bytes]:
    """The same, for whoever holds a link."""
    work.allow()
    paper_links.check(work, asked["token"], _path(asked["letter_id"]))
    return _printed(work, work.store.letters.require(asked["letter_id"], "papers.unknown_letter"))


def _path(letter_id: str) -> str:
    return f"/v1/assignment-letters/{letter_id}.pdf"


def _printed(work: Work, letter: Doc) -> tuple[Doc, bytes]:
    letters.check_granted(letter["status"])
    session = work.store.sessions.require(letter["session_id"])
    school = work.store.schools.require(letter["npsn"])
    people = work.store.people.get_many(letter["person_ids"])
    how = paperwork.printing(work)
    words = Letter(
        school=school,
        number=letter["number"],
        signatory=letter["signatory"] or "",
        decided_on=dates.plain(dates.local_day(letter["decided_at"], how.timezone)),
        people=[_named(people[each]) for each in letter["person_ids"] if each in people],
        meeting=paperwork.meeting(work, session),
    )
    return {"filename": f"surat-tugas-{letter['id'][-6:]}.pdf"}, offload(paper.drawn, words, how)


def _named(person: Doc) -> tuple[str, str]:
    return person["name"], ", ".join(person["subjects"])
