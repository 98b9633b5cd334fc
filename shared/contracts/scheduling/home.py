"""What a person's first page shows of meetings (API.md, "Accounts and clients"); long texts are shortened."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.base import Contract, Query, day, flag, identifier, moment, one_of, text
from shared.contracts.words import ANSWER_STATES, ANSWERS, MODES


class ComingSession(Contract):
    """One of the next sessions of the reader's communities, with the reader's own answer."""

    id = identifier(required=True)
    community_id = identifier(required=True)
    community = text(required=True, allow_none=True)
    title = text(required=True)
    starts_at = moment(required=True)
    ends_at = moment(required=True)
    zone = text(10, required=True)
    place = text(required=True, allow_none=True)
    mode = one_of(*MODES, required=True)
    answers_until = moment(required=True, allow_none=True)
    my_answer = one_of(*ANSWERS, required=True, allow_none=True)
    my_state = one_of(*ANSWER_STATES, required=True, allow_none=True)


class ComingSessions(Contract):
    """The next of them; ``more``: there are others."""

    items = fields.List(fields.Nested(ComingSession), required=True)
    more = flag(required=True)


class ComingCommitment(Contract):
    """What a community of the reader's undertook by ``due_on`` and has not settled: everybody, or the reader among
    others (``mine``)."""

    id = identifier(required=True)
    community_id = identifier(required=True)
    title = text(required=True)
    due_on = day(required=True)
    mine = flag(required=True)


class ComingCommitments(Contract):
    """Those due first; ``more``: there are others."""

    items = fields.List(fields.Nested(ComingCommitment), required=True)
    more = flag(required=True)


class WaitingLetter(Contract):
    """An assignment letter for a coming session that a school which the reader leads is asked for, for so many
    ``people``."""

    id = identifier(required=True)
    npsn = text(required=True)
    session_id = identifier(required=True)
    session = text(required=True)
    starts_at = moment(required=True)
    people = fields.Integer(required=True)
    asked_at = moment(required=True)


class WaitingLetters(Contract):
    """Those that wait the longest; ``more``: there are others."""

    items = fields.List(fields.Nested(WaitingLetter), required=True)
    more = flag(required=True)


class Coming(Contract):
    """What is ahead of the reader, and the letters that wait for their decision."""

    sessions = fields.Nested(ComingSessions, required=True)
    commitments = fields.Nested(ComingCommitments, required=True)
    letters = fields.Nested(WaitingLetters, required=True)


SHOW_COMING = Query("scheduling.show_coming", gives=Coming)
