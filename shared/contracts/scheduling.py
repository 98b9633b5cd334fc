"""What scheduling answers to: series, sessions and answers (API.md, "Scheduling")."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from shared.contracts.base import (
    Command,
    Contract,
    PageRequest,
    Query,
    Versioned,
    day,
    identifier,
    moment,
    note,
    one_of,
    page_of,
    text,
)
from shared.contracts.words import ANSWERS, CYCLE_STAGES, MODES

ZONES = ("Asia/Jakarta", "Asia/Pontianak", "Asia/Makassar", "Asia/Jayapura")
LONGEST_MEETING = 24 * 60
LARGEST_CAPACITY = 10_000


def _minutes(**kwargs: Any) -> fields.Integer:
    return fields.Integer(strict=True, validate=validate.Range(5, LONGEST_MEETING), **kwargs)


def _capacity(**kwargs: Any) -> fields.Integer:
    return fields.Integer(strict=True, allow_none=True, validate=validate.Range(1, LARGEST_CAPACITY), **kwargs)


def _join_url(**kwargs: Any) -> fields.Url:
    return fields.Url(
        schemes={"http", "https"},
        allow_none=True,
        validate=validate.Length(max=500),
        error_messages={"invalid": "scheduling.not_a_url"},
        **kwargs,
    )


def _local_time(**kwargs: Any) -> fields.String:
    return fields.String(
        validate=validate.Regexp(r"([01][0-9]|2[0-3]):[0-5][0-9]\Z", error="scheduling.not_a_time"), **kwargs
    )


class Meeting(Contract):
    """What every meeting states, be it single or one of a series. The ``goal`` is the pupils' (DESIGN 1).

    ``phase`` is the stage of the cycle that the meeting serves.
    ``timezone`` (IANA, one of Indonesia's) is by default the district's.
    """

    title = text(required=True)
    goal = text(500, required=True)
    timezone = one_of(*ZONES)
    place = text(load_default=None, allow_none=True)
    join_url = _join_url(load_default=None)
    capacity = _capacity(load_default=None)
    mode = one_of(*MODES, load_default="on_site")
    cycle_id = identifier(load_default=None, allow_none=True)
    phase = one_of(*CYCLE_STAGES[:-1], load_default=None, allow_none=True)


class StartSeries(Meeting):
    """A series: ``rrule`` (RFC 5545; ``UNTIL`` an inclusive local date) from ``starts_on``, at local ``starts_at``."""

    community_id = identifier(required=True)
    rrule = text(required=True)
    starts_on = day(required=True)
    starts_at = _local_time(required=True)
    duration_minutes = _minutes(load_default=120)


class SeriesId(Contract):
    """One series."""

    series_id = identifier(required=True)


class EndSeries(SeriesId):
    """Ends a series: its coming sessions are cancelled, for ``reason``; past ones stay."""

    reason = text(500, load_default=None, allow_none=True)


class SeriesFilter(PageRequest):
    """The series of one community."""

    community_id = identifier(required=True)


class SeriesView(Contract):
    """A series. ``starts_at`` is local ``HH:MM`` in ``timezone``; ``zone`` is what people call it (WIB, WITA, WIT).

    ``starts_on`` is the first date that fits the rule; sessions exist up to ``scheduled_through`` (a local date).
    ``join_url`` is for members.
    """

    id = identifier(required=True)
    community_id = identifier(required=True)
    title = text(required=True)
    goal = text(500, required=True)
    rrule = text(required=True)
    starts_on = day(required=True)
    starts_at = text(5, required=True)
    duration_minutes = fields.Integer(required=True)
    timezone = fields.String(required=True)
    zone = text(10, required=True)
    place = text(required=True, allow_none=True)
    join_url = fields.String(required=True, allow_none=True)
    capacity = fields.Integer(required=True, allow_none=True)
    mode = one_of(*MODES, required=True)
    cycle_id = identifier(required=True, allow_none=True)
    phase = one_of(*CYCLE_STAGES, required=True, allow_none=True)
    status = one_of("active", "ended", required=True)
    scheduled_through = day(required=True)
    version = fields.Integer(required=True)
    created_at = moment(required=True)
    updated_at = moment(required=True)


class ScheduleSession(Meeting):
    """A single session. It lasts until ``ends_at``, or for ``duration_minutes`` (120 when neither is given)."""

    community_id = identifier(required=True)
    starts_at = moment(required=True)
    ends_at = moment()
    duration_minutes = _minutes()


class SessionId(Contract):
    """One session."""

    session_id = identifier(required=True)


class ChangeSession(Versioned):
    """Changes what is given and leaves the rest. A new ``starts_at`` alone keeps the duration."""

    session_id = identifier(required=True)
    title = text()
    goal = text(500)
    starts_at = moment()
    ends_at = moment()
    duration_minutes = _minutes()
    timezone = one_of(*ZONES)
    place = text(allow_none=True)
    join_url = _join_url()
    capacity = _capacity()
    mode = one_of(*MODES)
    cycle_id = identifier(allow_none=True)
    phase = one_of(*CYCLE_STAGES[:-1], allow_none=True)


class CancelSession(SessionId):
    """Calls a session off. The reason is shown to the members and stays in scheduling."""

    reason = text(500, required=True)


class SessionFilter(PageRequest):
    """Sessions that start in ``from`` .. ``to``, in order of their start.

    ``from`` is by default a day ago, ``to`` 92 days after ``from``; at most 400 days lie between them.
    ``mine``: those of the caller's communities.
    """

    community_id = identifier(load_default=None, allow_none=True, data_key="community")
    starts_from = moment(load_default=None, allow_none=True, data_key="from")
    starts_to = moment(load_default=None, allow_none=True, data_key="to")
    mine = fields.Boolean(load_default=False)


class AnswerCounts(Contract):
    """How many gave each answer."""

    yes = fields.Integer(required=True)
    no = fields.Integer(required=True)
    maybe = fields.Integer(required=True)


class SessionView(Contract):
    """A session. Moments are UTC; ``zone`` is what people call ``timezone`` (WIB, WITA, WIT).

    ``join_url``, ``cancel_reason``, ``answers`` and ``my_answer`` are for members of the community, else ``null``.
    """

    id = identifier(required=True)
    community_id = identifier(required=True)
    series_id = identifier(required=True, allow_none=True)
    cycle_id = identifier(required=True, allow_none=True)
    phase = one_of(*CYCLE_STAGES, required=True, allow_none=True)
    title = text(required=True)
    goal = text(500, required=True)
    starts_at = moment(required=True)
    ends_at = moment(required=True)
    timezone = fields.String(required=True)
    zone = text(10, required=True)
    place = text(required=True, allow_none=True)
    join_url = fields.String(required=True, allow_none=True)
    capacity = fields.Integer(required=True, allow_none=True)
    mode = one_of(*MODES, required=True)
    status = one_of("scheduled", "cancelled", required=True)
    cancel_reason = text(500, required=True, allow_none=True)
    my_answer = one_of(*ANSWERS, required=True, allow_none=True)
    answers = fields.Nested(AnswerCounts, required=True, allow_none=True)
    version = fields.Integer(required=True)
    created_at = moment(required=True)
    updated_at = moment(required=True)


class AnswerSession(SessionId):
    """The caller's own answer; a later one takes the place of an earlier one."""

    answer = one_of(*ANSWERS, required=True)
    reason = note(500, load_default=None, allow_none=True)


class RsvpFilter(PageRequest):
    """The answers to one session, in the order of each person's first answer."""

    session_id = identifier(required=True)


class AnswerView(Contract):
    """One person's answer. ``reason`` is for the person and the community's officers, else ``null``."""

    session_id = identifier(required=True)
    person_id = identifier(required=True)
    answer = one_of(*ANSWERS, required=True)
    reason = note(500, required=True, allow_none=True)
    answered_at = moment(required=True)


class RsvpView(AnswerView):
    """One person's answer in a list, with the person's name (``null`` while it is not known here)."""

    name = text(required=True, allow_none=True)


START_SERIES = Command("scheduling.start_series", takes=StartSeries, gives=SeriesView)
END_SERIES = Command("scheduling.end_series", takes=EndSeries, gives=SeriesView)
LIST_SERIES = Query("scheduling.list_series", takes=SeriesFilter, gives=page_of(SeriesView), scope="sessions:read")
GET_SERIES = Query("scheduling.get_series", takes=SeriesId, gives=SeriesView, scope="sessions:read")
SCHEDULE_SESSION = Command("scheduling.schedule_session", takes=ScheduleSession, gives=SessionView)
LIST_SESSIONS = Query(
    "scheduling.list_sessions", takes=SessionFilter, gives=page_of(SessionView), scope="sessions:read"
)
GET_SESSION = Query("scheduling.get_session", takes=SessionId, gives=SessionView, scope="sessions:read")
CHANGE_SESSION = Command("scheduling.change_session", takes=ChangeSession, gives=SessionView)
CANCEL_SESSION = Command("scheduling.cancel_session", takes=CancelSession, gives=SessionView)
ANSWER_SESSION = Command("scheduling.answer_session", takes=AnswerSession, gives=AnswerView)
LIST_RSVPS = Query("scheduling.list_rsvps", takes=RsvpFilter, gives=page_of(RsvpView), scope="sessions:read")
