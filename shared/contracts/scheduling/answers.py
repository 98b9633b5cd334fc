"""Whether people come to a session (API.md, "Scheduling")."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.base import Command, Contract, Followed, Query, identifier, moment, note, one_of, page_of, text
from shared.contracts.scheduling.meetings import SessionId
from shared.contracts.words import ANSWER_STATES, ANSWERS


class AnswerSession(SessionId):
    """The caller's own answer, until ``answers_until``; a later one takes the place of an earlier one. Where no seat is
    free a ``yes`` is put on the waiting list, and moves up by itself."""

    answer = one_of(*ANSWERS, required=True)
    reason = note(500, load_default=None, allow_none=True)


class RsvpFilter(Followed):
    """The answers to one session, in the order of each person's first answer."""

    session_id = identifier(required=True)


class AnswerView(Contract):
    """One person's answer. ``reason`` is for the person and the community's officers, else ``null``.

    ``state`` is what a ``yes`` has come to: ``coming`` has a seat, ``waiting`` is on the waiting list, there at
    ``waiting_place`` (1 is next)."""

    session_id = identifier(required=True)
    person_id = identifier(required=True)
    answer = one_of(*ANSWERS, required=True)
    state = one_of(*ANSWER_STATES, required=True, allow_none=True)
    waiting_place = fields.Integer(required=True, allow_none=True)
    reason = note(500, required=True, allow_none=True)
    answered_at = moment(required=True)
    updated_at = moment()


class RsvpView(AnswerView):
    """One person's answer in a list, with the person's name (``null`` while it is not known here)."""

    name = text(required=True, allow_none=True)


ANSWER_SESSION = Command("scheduling.answer_session", takes=AnswerSession, gives=AnswerView)
LIST_RSVPS = Query("scheduling.list_rsvps", takes=RsvpFilter, gives=page_of(RsvpView))
