"""Assignment letters (*surat tugas*): a school sends its teachers to a session, on paper (API.md, "Scheduling")."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import (
    Audited,
    Command,
    Contract,
    Followed,
    LinkView,
    Query,
    district_id,
    flag,
    identifier,
    moment,
    note,
    npsn,
    one_of,
    page_of,
    text,
)
from shared.contracts.scheduling.meetings import SessionId
from shared.contracts.scheduling.papers import Printed
from shared.contracts.words import LETTER_STATUSES

MOST_NAMED = 50


class RequestLetter(SessionId):
    """Asks a school to send these of its teachers, who belong to the session's community. Officers ask for any of them,
    members for themselves. Nobody is named in two letters of one school to one session, unless the first was
    refused."""

    npsn = npsn(required=True)
    person_ids = fields.List(identifier(), required=True, validate=validate.Length(1, MOST_NAMED))


class LettersOfSession(Followed):
    """The letters asked for a session: all for the community's officers, those of their school for its leaders, those
    that name them for others."""

    session_id = identifier(required=True)


class LetterFilter(Followed):
    """For the leaders of schools, those that wait for them (or, by ``status``, those decided); with ``mine``, and for
    everybody else, those that name the caller, whatever became of them unless ``status`` says it."""

    status = one_of(*LETTER_STATUSES, load_default=None, allow_none=True)
    mine = flag(load_default=False)


class LetterId(Contract):
    """One letter."""

    letter_id = identifier(required=True)


class GrantLetter(LetterId):
    """The number under which the school files it, left empty to be written by hand, and who signs it."""

    number = text(100, load_default=None, allow_none=True)
    signatory = text(100, required=True)


class RefuseLetter(LetterId):
    """Why the school does not send them, shown to those who asked and to those named; under which number it answers and
    who signs that. Each where there is one."""

    reason = text(500, load_default=None, allow_none=True)
    number = text(100, load_default=None, allow_none=True)
    signatory = text(100, load_default=None, allow_none=True)


class PrintLinkedLetter(LetterId):
    """The same, for whoever holds a link."""

    district = district_id(required=True)
    token = text(required=True)


class LetterPerson(Contract):
    """Somebody whom a letter sends. ``name`` is ``null`` while it is not known here."""

    person_id = identifier(required=True)
    name = fields.String(required=True, allow_none=True)


class LetterView(Contract):
    """A letter: asked for (``requested``), ``granted`` or ``refused``. ``number`` and ``signatory`` are those of
    the school's answer, ``reason`` that of a refusal. A granted one can be printed."""

    id = identifier(required=True)
    session_id = identifier(required=True)
    community_id = identifier(required=True)
    title = text(required=True)
    starts_at = moment(required=True)
    ends_at = moment(required=True)
    timezone = fields.String(required=True)
    npsn = npsn(required=True)
    school = text(required=True)
    people = fields.List(fields.Nested(LetterPerson), required=True)
    status = one_of(*LETTER_STATUSES, required=True)
    number = text(100, required=True, allow_none=True)
    signatory = text(100, required=True, allow_none=True)
    reason = note(500, required=True, allow_none=True)
    requested_by = identifier(required=True)
    decided_by = identifier(required=True, allow_none=True)
    decided_at = moment(required=True, allow_none=True)
    version = fields.Integer(required=True)
    created_at = moment(required=True)
    updated_at = moment(required=True)


_OF_LETTER = Audited("letter")

REQUEST_LETTER = Command("scheduling.request_letter", takes=RequestLetter, gives=LetterView)
LIST_SESSION_LETTERS = Query("scheduling.list_session_letters", takes=LettersOfSession, gives=page_of(LetterView))
LIST_LETTERS = Query("scheduling.list_letters", takes=LetterFilter, gives=page_of(LetterView))
GET_LETTER = Query("scheduling.get_letter", takes=LetterId, gives=LetterView)
GRANT_LETTER = Command("scheduling.grant_letter", takes=GrantLetter, gives=LetterView, audited=_OF_LETTER)
REFUSE_LETTER = Command("scheduling.refuse_letter", takes=RefuseLetter, gives=LetterView, audited=_OF_LETTER)
PRINT_LETTER = Query("scheduling.print_letter", takes=LetterId, gives=Printed, streams=True, deadline=30.0)
LINK_LETTER = Command("scheduling.link_letter", takes=LetterId, gives=LinkView, secret=True)
PRINT_LINKED_LETTER = Query(
    "scheduling.print_linked_letter", takes=PrintLinkedLetter, gives=Printed, streams=True, public=True, deadline=30.0
)
