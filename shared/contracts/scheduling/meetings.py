"""What scheduling answers to: series of meetings and single sessions (API.md, "Scheduling")."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from shared.contracts.base import (
    Audited,
    Command,
    Contract,
    Query,
    Versioned,
    day,
    flag,
    identifier,
    moment,
    moment_or_day,
    one_of,
    page_of,
    text,
)
from shared.contracts.external import RecordFilter, external_ids
from shared.contracts.words import ANSWER_STATES, ANSWERS, CYCLE_STAGES, MODES

ZONES = ("Asia/Jakarta", "Asia/Pontianak", "Asia/Makassar", "Asia/Jayapura")
LONGEST_MEETING = 24 * 60
LARGEST_CAPACITY = 10_000
MOST_SINGLE_DAYS = 200
SCOPES = ("this", "following", "all")


def length_in_minutes(**kwargs: Any) -> fields.Integer:
    return fields.Integer(strict=True, validate=validate.Range(5, LONGEST_MEETING), **kwargs)


def capacity(**kwargs: Any) -> fields.Integer:
    return fields.Integer(strict=True, allow_none=True, validate=validate.Range(1, LARGEST_CAPACITY), **kwargs)


def closing_minutes(**kwargs: Any) -> fields.Integer:
    """How long before a session its answers close: at most four weeks."""
    return fields.Integer(strict=True, allow_none=True, validate=validate.Range(0, 28 * 24 * 60), **kwargs)


def join_url(**kwargs: Any) -> fields.Url:
    return fields.Url(
        schemes={"http", "https"},
        allow_none=True,
        validate=validate.Length(max=500),
        error_messages={"invalid": "scheduling.not_a_url"},
        **kwargs,
    )


def local_time(**kwargs: Any) -> fields.String:
    return fields.String(
        validate=validate.Regexp(r"([01][0-9]|2[0-3]):[0-5][0-9]\Z", error="scheduling.not_a_time"), **kwargs
    )


def scope() -> fields.String:
    """Which sessions of a series are meant: this one, those from it on, or all that have not begun."""
    return one_of(*SCOPES, load_default=SCOPES[0])


def single_days(**kwargs: Any) -> fields.List[str]:
    """Local days that a series leaves out, or meets on besides."""
    return fields.List(day(), validate=validate.Length(max=MOST_SINGLE_DAYS), **kwargs)


class Meeting(Contract):
    """What every meeting states, be it single or one of a series. The ``goal`` is the pupils' (DESIGN 1).

    ``phase`` is the stage of the cycle that the meeting serves.
    ``timezone`` (IANA, one of Indonesia's) is by default the district's.
    """

    title = text(required=True)
    goal = text(500, required=True)
    timezone = one_of(*ZONES)
    place = text(load_default=None, allow_none=True)
    join_url = join_url(load_default=None)
    capacity = capacity(load_default=None)
    mode = one_of(*MODES, load_default="on_site")
    cycle_id = identifier(load_default=None, allow_none=True)
    phase = one_of(*CYCLE_STAGES[:-1], load_default=None, allow_none=True)
    external_ids = external_ids(load_default=list)


class StartSeries(Meeting):
    """A series: ``rrule`` (RFC 5545; ``UNTIL`` an inclusive local date) from ``starts_on``, at local ``starts_at``.

    It leaves out the local days ``exdates`` and meets on ``rdates`` too. Its sessions take answers until
    ``answers_close_minutes`` before they begin, where given.
    """

    community_id = identifier(required=True)
    rrule = text(required=True)
    starts_on = day(required=True)
    starts_at = local_time(required=True)
    duration_minutes = length_in_minutes(load_default=120)
    exdates = single_days(load_default=list)
    rdates = single_days(load_default=list)
    answers_close_minutes = closing_minutes(load_default=None)


class SeriesId(Contract):
    """One series."""

    series_id = identifier(required=True)


class EndSeries(SeriesId):
    """Ends a series: its coming sessions are cancelled, for ``reason``; past ones stay.

    ``scope``: this series alone; also those that were split off it later (``following``); or all that were one once.
    """

    scope = scope()
    reason = text(500, load_default=None, allow_none=True)


class SeriesFilter(RecordFilter):
    """The series of one community."""

    community_id = identifier(required=True)


class SeriesView(Contract):
    """A series. ``starts_at`` is local ``HH:MM`` in ``timezone``; ``zone`` is what people call it (WIB, WITA, WIT).

    ``starts_on`` is the first date that fits the rule; sessions exist up to ``scheduled_through`` (a local date).
    ``split_from`` is the series that this one continues. ``paused_from`` and ``paused_until`` (local days, included)
    tell of a pause that lasts or is planned; without an ``until`` it lasts until somebody resumes the series.
    ``revision`` counts its changes (SEQUENCE of RFC 5545). ``join_url`` is for members.
    """

    id = identifier(required=True)
    community_id = identifier(required=True)
    title = text(required=True)
    goal = text(500, required=True)
    rrule = text(250, required=True)
    starts_on = day(required=True)
    starts_at = text(5, required=True)
    duration_minutes = fields.Integer(required=True)
    timezone = fields.String(required=True)
    zone = text(10, required=True)
    place = text(required=True, allow_none=True)
    join_url = fields.String(required=True, allow_none=True)
    capacity = fields.Integer(required=True, allow_none=True)
    answers_close_minutes = fields.Integer(required=True, allow_none=True)
    mode = one_of(*MODES, required=True)
    cycle_id = identifier(required=True, allow_none=True)
    phase = one_of(*CYCLE_STAGES, required=True, allow_none=True)
    status = one_of("active", "paused", "ended", required=True)
    exdates = single_days(required=True)
    rdates = single_days(required=True)
    paused_from = day(required=True, allow_none=True)
    paused_until = day(required=True, allow_none=True)
    split_from = identifier(required=True, allow_none=True)
    revision = fields.Integer(required=True)
    scheduled_through = day(required=True)
    external_ids = external_ids()
    version = fields.Integer(required=True)
    created_at = moment(required=True)
    updated_at = moment(required=True)


class ScheduleSession(Meeting):
    """A single session. It lasts until ``ends_at``, or for ``duration_minutes`` (120 when neither is given).

    It takes answers until ``answers_until``, at the latest when it begins; without it, until it is over."""

    community_id = identifier(required=True)
    starts_at = moment(required=True)
    ends_at = moment()
    duration_minutes = length_in_minutes()
    answers_until = moment(load_default=None, allow_none=True)


class SessionId(Contract):
    """One session."""

    session_id = identifier(required=True)


class ChangeSession(Versioned):
    """Changes what is given and leaves the rest. A new ``starts_at`` alone keeps the duration, and ``answers_until``
    stays as long before it. More seats are taken by those on the waiting list at once.

    With ``scope`` ``following`` this session and those after it become a series of their own, with ``all`` the coming
    ones of its series change: another ``starts_at`` moves each by as many days, to the same local time; ``rrule`` gives
    another rule. What was set for one session alone stays. ``external_ids`` are this one's only.
    """

    session_id = identifier(required=True)
    scope = scope()
    rrule = text()
    title = text()
    goal = text(500)
    starts_at = moment()
    ends_at = moment()
    duration_minutes = length_in_minutes()
    answers_until = moment(allow_none=True)
    timezone = one_of(*ZONES)
    place = text(allow_none=True)
    join_url = join_url()
    capacity = capacity()
    mode = one_of(*MODES)
    cycle_id = identifier(allow_none=True)
    phase = one_of(*CYCLE_STAGES[:-1], allow_none=True)
    external_ids = external_ids()


class CancelSession(SessionId):
    """Calls a session off, or with ``scope`` those of its series that follow, or all that have not begun. The reason is
    shown to the members and stays in scheduling."""

    scope = scope()
    reason = text(500, required=True)


class DropSession(CancelSession):
    """The same; a reason need not be given."""

    reason = text(500, load_default=None, allow_none=True)


class SessionFilter(RecordFilter):
    """Sessions that start in ``from`` .. ``to``, both included, in order of their start.

    Each is a moment, or a day in the district's time zone, all of it. Of one ``community``, or with ``mine`` of the
    caller's communities, ``from`` is by default a year ago and ``to`` as far ahead as there are sessions; of the whole
    district a day ago, and 92 days after ``from``. At most 1168 days lie between them. With ``updated_since`` or
    ``external`` whenever they start, unless ``from`` or ``to`` says so.
    """

    community_id = identifier(load_default=None, allow_none=True, data_key="community")
    starts_from = moment_or_day(load_default=None, allow_none=True, data_key="from")
    starts_to = moment_or_day(load_default=None, allow_none=True, data_key="to")
    mine = flag(load_default=False)


class AnswerCounts(Contract):
    """How many gave each answer; ``yes`` are those who have a seat, ``waiting`` those who would like one."""

    yes = fields.Integer(required=True)
    no = fields.Integer(required=True)
    maybe = fields.Integer(required=True)
    waiting = fields.Integer(required=True)


class SessionView(Contract):
    """A session. Moments are UTC; ``zone`` is what people call ``timezone`` (WIB, WITA, WIT).

    ``join_url``, ``cancel_reason``, ``answers`` and what begins with ``my_`` are for members of the community, else
    ``null``. ``my_state`` and ``my_waiting_place``: see the answer itself.
    ``occurs_on`` (a local date) and ``original_starts_at`` are its place in its series, wherever it was moved
    (RECURRENCE-ID of RFC 5545); ``revision`` counts its changes (SEQUENCE).
    """

    id = identifier(required=True)
    community_id = identifier(required=True)
    series_id = identifier(required=True, allow_none=True)
    occurs_on = day(required=True, allow_none=True)
    original_starts_at = moment(required=True, allow_none=True)
    revision = fields.Integer(required=True)
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
    answers_until = moment(required=True, allow_none=True)
    my_answer = one_of(*ANSWERS, required=True, allow_none=True)
    my_state = one_of(*ANSWER_STATES, required=True, allow_none=True)
    my_waiting_place = fields.Integer(required=True, allow_none=True)
    answers = fields.Nested(AnswerCounts, required=True, allow_none=True)
    external_ids = external_ids()
    version = fields.Integer(required=True)
    created_at = moment(required=True)
    updated_at = moment(required=True)


END_SERIES = Command(
    "scheduling.end_series", takes=EndSeries, gives=SeriesView, audited=Audited("series", values=("scope",))
)
LIST_SERIES = Query("scheduling.list_series", takes=SeriesFilter, gives=page_of(SeriesView), scope="sessions:read")
GET_SERIES = Query("scheduling.get_series", takes=SeriesId, gives=SeriesView, scope="sessions:read")
LIST_SESSIONS = Query(
    "scheduling.list_sessions", takes=SessionFilter, gives=page_of(SessionView), scope="sessions:read"
)
GET_SESSION = Query("scheduling.get_session", takes=SessionId, gives=SessionView, scope="sessions:read")
_OF_SESSION = Audited("session", values=("scope",))
CANCEL_SESSION = Command("scheduling.cancel_session", takes=CancelSession, gives=SessionView, audited=_OF_SESSION)
DROP_SESSION = Command("scheduling.drop_session", takes=DropSession, gives=SessionView, audited=_OF_SESSION)
