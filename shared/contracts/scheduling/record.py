"""What somebody attended in a year (API.md, "Accounts and clients")."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.base import Contract, Query, day, flag, identifier, moment, one_of, text
from shared.contracts.content import PublishedWork
from shared.contracts.record import RecordPeriod
from shared.contracts.scheduling.papers import Printed
from shared.contracts.words import CERTIFICATE_STATUSES


class AttendedSession(Contract):
    """A session at which the reader was present for so many ``minutes``; they count for JP once its minutes (notulen)
    are approved."""

    id = identifier(required=True)
    community_id = identifier(required=True)
    title = text(required=True)
    starts_at = moment(required=True)
    ends_at = moment(required=True)
    minutes = fields.Integer(required=True)
    counts = flag(required=True)


class SemesterRecord(Contract):
    """The JP of one community in one semester: the whole ones in the minutes that count."""

    semester = text(required=True)
    minutes = fields.Integer(required=True)
    jp = fields.Integer(required=True)


class CommunityRecord(Contract):
    """What the reader attended of one community: how many sessions, so many minutes in all, and the JP."""

    community_id = identifier(required=True)
    community = text(required=True, allow_none=True)
    sessions = fields.Integer(required=True)
    minutes = fields.Integer(required=True)
    semesters = fields.List(fields.Nested(SemesterRecord), required=True)
    jp = fields.Integer(required=True)


class EarnedCertificate(Contract):
    """A certificate of the reader's that was issued in the period; ``status`` says whether it counts."""

    number = text(40, required=True)
    status = one_of(*CERTIFICATE_STATUSES, required=True)
    community_id = identifier(required=True)
    community_name = text(required=True)
    semester = text(required=True)
    jp = fields.Integer(required=True)
    issued_on = day(required=True)


class AttendanceRecord(Contract):
    """The sessions in their order, what they come to in each community, and the certificates of it."""

    sessions = fields.List(fields.Nested(AttendedSession), required=True)
    communities = fields.List(fields.Nested(CommunityRecord), required=True)
    certificates = fields.List(fields.Nested(EarnedCertificate), required=True)


class RecordToPrint(RecordPeriod):
    """A record on paper: the period, and the works published in it, which the gateway asks content for."""

    resources = fields.List(fields.Nested(PublishedWork), required=True)


SHOW_ATTENDED = Query("scheduling.show_attended", takes=RecordPeriod, gives=AttendanceRecord)
PRINT_RECORD = Query("scheduling.print_record", takes=RecordToPrint, gives=Printed, streams=True, deadline=30.0)
