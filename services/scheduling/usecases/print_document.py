"""The papers of a session as PDF, for the members of its community."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import accumulate
from typing import Any, NamedTuple

from services.scheduling import paperwork
from services.scheduling.printing import attendance_list, invitation, minutes, report
from services.scheduling.usecases import paper_links
from shared.messaging import Work, offload
from shared.mongo import Doc


class _Paper(NamedTuple):
    """What a paper says and how it is drawn; ``filename`` without its ending."""

    filename: str
    words: Callable[[Work, Doc], Any]
    drawn: Callable[..., bytes]


_PAPERS = {
    "invitation": _Paper("undangan", paperwork.invitation, invitation.drawn),
    "attendance": _Paper("daftar-hadir", paperwork.attendance_list, attendance_list.drawn),
    "minutes": _Paper("notulen", paperwork.minutes, minutes.drawn),
    "report": _Paper("laporan-kegiatan", paperwork.report, report.drawn),
}


def print_document(work: Work, asked: Doc) -> tuple[Doc, bytes]:
    """The paper that was asked for."""
    session = work.store.sessions.require(asked["session_id"], "scheduling.unknown_session")
    work.allow(community_id=session["community_id"])
    return _printed(work, session, asked["document"], pictures=_pictures(work.body, asked["pictures"]))


def link_document(work: Work, order: Doc) -> Doc:
    """An address that opens it for five minutes."""
    session = work.store.sessions.require(order["session_id"], "scheduling.unknown_session")
    work.allow(community_id=session["community_id"])
    return paper_links.link(work, _path(session["id"], order["document"]))


def print_linked_document(work: Work, asked: Doc) -> tuple[Doc, bytes]:
    """The same, for whoever holds a link."""
    work.allow()
    paper_links.check(work, asked["token"], _path(asked["session_id"], asked["document"]))
    session = work.store.sessions.require(asked["session_id"], "scheduling.unknown_session")
    return _printed(work, session, asked["document"])


def _pictures(body: bytes, pictures: list[Doc]) -> dict[str, bytes]:
    """The pictures that follow one another in these bytes, by the file that each is of."""
    ends = accumulate(each["size"] for each in pictures)
    return {each["file_id"]: body[end - each["size"] : end] for each, end in zip(pictures, ends, strict=True)}


def _path(session_id: str, document: str) -> str:
    return f"/v1/sessions/{session_id}/documents/{document}.pdf"


def _printed(work: Work, session: Doc, document: str, **beside: Any) -> tuple[Doc, bytes]:
    paper = _PAPERS[document]
    words = paper.words(work, session)
    if isinstance(words, report.Report):
        words = replace(words, **beside)
    body = offload(paper.drawn, words, paperwork.printing(work))
    return {"filename": f"{paper.filename}-{session['id'][-6:]}.pdf"}, body
