"""A person's first page and their record of a year, which the gateway puts together (API.md, "Accounts and clients";
docs/decisions/0183)."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.base import Contract, Query, day, one_of, text
from shared.contracts.content import PublishedWork, WaitingReviews
from shared.contracts.membership import WaitingRequests
from shared.contracts.record import RecordPeriod
from shared.contracts.scheduling import (
    AttendedSession,
    ComingCommitments,
    ComingSessions,
    CommunityRecord,
    EarnedCertificate,
    WaitingLetters,
)
from shared.contracts.words import SERVICES

LARGEST = 8192


class HomeView(Contract):
    """The next sessions with the reader's answers, what is to be done by when, how many notifications are unread, and
    the letters, requests and works that wait for the reader's decision. At most 8 kB: a few of each, long texts
    shortened.

    A part that could not be asked for in time is ``null``, and ``missing`` names its service.
    """

    sessions = fields.Nested(ComingSessions, required=True, allow_none=True)
    commitments = fields.Nested(ComingCommitments, required=True, allow_none=True)
    letters = fields.Nested(WaitingLetters, required=True, allow_none=True)
    unread = fields.Integer(required=True, allow_none=True)
    requests = fields.Nested(WaitingRequests, required=True, allow_none=True)
    reviews = fields.Nested(WaitingReviews, required=True, allow_none=True)
    missing = fields.List(one_of(*SERVICES), required=True)


class RecordView(Contract):
    """What the reader did in a ``period`` (``2026`` or ``2026/2027``), ``from`` the first ``until`` the last local day:
    the sessions attended, what they come to in each community, certificates, and resources published. Presence is no
    measure of anybody's worth, and there is no ranking to compare it with.

    A part that could not be asked for in time is ``null``, and ``missing`` names its service.
    """

    period = text(required=True)
    first = day(required=True, data_key="from")
    last = day(required=True, data_key="until")
    sessions = fields.List(fields.Nested(AttendedSession), required=True, allow_none=True)
    communities = fields.List(fields.Nested(CommunityRecord), required=True, allow_none=True)
    certificates = fields.List(fields.Nested(EarnedCertificate), required=True, allow_none=True)
    resources = fields.List(fields.Nested(PublishedWork), required=True, allow_none=True)
    missing = fields.List(one_of(*SERVICES), required=True)


GET_HOME = Query("gateway.get_home", gives=HomeView)
GET_RECORD = Query("gateway.get_record", takes=RecordPeriod, gives=RecordView)
