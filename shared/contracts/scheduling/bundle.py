"""What a phone takes along of a session (API.md, "Scheduling": "all that a phone needs offline")."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.base import Command, Contract, flag, identifier, moment, one_of, text
from shared.contracts.scheduling.agenda import AgendaItem, DayRoles
from shared.contracts.scheduling.attendance import AttendanceCounts
from shared.contracts.scheduling.commitments import CommitmentView
from shared.contracts.scheduling.meetings import SessionId, SessionView
from shared.contracts.scheduling.minutes import MinutesView
from shared.contracts.words import ANSWERS, ATTENDANCE, MEMBER_ROLES


class BundledCodes(Contract):
    """The codes still to be shown, one each ``step_seconds`` from ``valid_from`` on, at most 600. The text of a QR code
    is ``qr_prefix`` and its token."""

    valid_from = moment(required=True)
    step_seconds = fields.Integer(required=True)
    qr_prefix = text(100, required=True)
    digits = fields.List(text(6), required=True)
    tokens = fields.List(text(30), required=True)


class BundledPerson(Contract):
    """A member or guest: ``role`` in the community (``null``: a guest), ``answer`` to the session, ``status`` of
    attendance. ``id`` is a person's, or a guest's of this session."""

    id = identifier(required=True)
    name = text(required=True, allow_none=True)
    role = one_of(*MEMBER_ROLES, required=True, allow_none=True)
    answer = one_of(*ANSWERS, required=True, allow_none=True)
    status = one_of(*ATTENDANCE, required=True, allow_none=True)


class SessionBundle(Contract):
    """All that a phone needs of a session without signal, as it was at ``made_at``, in at most 64 kB.

    ``agenda`` and ``roles`` are the saved ones, ``open_commitments`` those of earlier meetings, the first due first.
    ``minutes`` are those that ``GET /v1/sessions/{id}/minutes`` gives, whose ``version`` a save goes by. ``codes`` are
    for officers, else ``null``.

    ``complete`` is false where not everything fitted: of people those who were there come first, then those who
    answered; long ``minutes`` are ``null``.
    """

    made_at = moment(required=True)
    session = fields.Nested(SessionView, required=True)
    agenda = fields.List(fields.Nested(AgendaItem), required=True)
    roles = fields.Nested(DayRoles, required=True, allow_none=True)
    open_commitments = fields.List(fields.Nested(CommitmentView), required=True)
    minutes = fields.Nested(MinutesView, required=True, allow_none=True)
    codes = fields.Nested(BundledCodes, required=True, allow_none=True)
    counts = fields.Nested(AttendanceCounts, required=True)
    people = fields.List(fields.Nested(BundledPerson), required=True)
    complete = flag(required=True)


GET_BUNDLE = Command("scheduling.get_bundle", takes=SessionId, gives=SessionBundle, secret=True, repeatable=True)
