"""The district's timetable and holidays, and what dates clash with (API.md, "Scheduling")."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import (
    Audited,
    Command,
    Contract,
    Nothing,
    Query,
    Versioned,
    day,
    flag,
    identifier,
    moment,
    one_of,
    text,
)
from shared.contracts.scheduling.meetings import (
    ZONES,
    ChangeSession,
    ScheduleSession,
    SeriesView,
    SessionView,
    StartSeries,
    length_in_minutes,
    local_time,
)
from shared.contracts.scheduling.series import ChangeSeries
from shared.contracts.words import LEVELS

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class TimetableEntry(Contract):
    """A weekday on which schools free the teachers of a subject at a level; ``null`` stands for every one of them."""

    weekday = one_of(*WEEKDAYS, required=True)
    subject = text(100, load_default=None, allow_none=True)
    level = one_of(*LEVELS, load_default=None, allow_none=True)


class PutTimetable(Versioned):
    """The whole timetable, in the place of the one before (``If-Match: "0"`` for the first)."""

    items = fields.List(fields.Nested(TimetableEntry), required=True, validate=validate.Length(max=500))


class TimetableView(Contract):
    """The district's timetable; ``version`` is 0 until it has one."""

    items = fields.List(fields.Nested(TimetableEntry), required=True)
    version = fields.Integer(required=True)
    updated_at = moment(required=True, allow_none=True)


class OwnHoliday(Contract):
    """The days from ``on`` to ``until`` (that one day unless said), both included, on which schools are closed.

    As a ``school_day`` they are open though the nation celebrates. Where two speak of a day, the later one wins.
    """

    on = day(required=True)
    until = day(load_default=None, allow_none=True)
    name = text(required=True)
    school_day = flag(load_default=False)


class PutHolidays(Versioned):
    """All of the district's own days, in the place of those before (``If-Match: "0"`` for the first)."""

    items = fields.List(fields.Nested(OwnHoliday), required=True, validate=validate.Length(max=400))


class HolidayFilter(Contract):
    """The national holidays of a year: this one unless said."""

    year = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(1990, 2077))


class NationalHoliday(Contract):
    """A day that the nation celebrates."""

    on = day(required=True)
    name = text(required=True)


class HolidaysView(Contract):
    """The district's own days (``items``), which override the ``national`` ones of one year. National holidays that
    follow the moon are estimates until they are decreed: the district's own days put them right."""

    items = fields.List(fields.Nested(OwnHoliday), required=True)
    national = fields.List(fields.Nested(NationalHoliday), required=True)
    version = fields.Integer(required=True)
    updated_at = moment(required=True, allow_none=True)


class ClashView(Contract):
    """Why a date is not free. ``on`` is its local day.

    ``holiday``: of this ``name``. ``timetable``: the subject's ``weekdays`` are others. ``meeting``: at that time a
    session of this ``name`` is held, to which so many ``people`` of the community belong.
    """

    on = day(required=True)
    starts_at = moment(required=True)
    kind = one_of("holiday", "timetable", "meeting", required=True)
    name = text(required=True, allow_none=True)
    weekdays = fields.List(one_of(*WEEKDAYS), required=True)
    session_id = identifier(required=True, allow_none=True)
    community_id = identifier(required=True, allow_none=True)
    people = fields.Integer(required=True, allow_none=True)


class AlternativeView(Contract):
    """A date that clashes with nothing, in the place of that on the local day ``instead_of``."""

    instead_of = day(required=True)
    on = day(required=True)
    starts_at = moment(required=True)
    ends_at = moment(required=True)


class FreeDates(Contract):
    """What dates clash with, the soonest first and at most a hundred, and free ones in their place: for a single date
    the next three within three weeks, for those of a series the nearest within six days. A clash forbids nothing."""

    clashes = fields.List(fields.Nested(ClashView), required=True)
    alternatives = fields.List(fields.Nested(AlternativeView), required=True)


class PlannedSeries(SeriesView, FreeDates):
    """A series with what its coming dates clash with."""


class PlannedSession(SessionView, FreeDates):
    """A session with what its date clashes with; empty where it was not moved."""


class DatesAsked(Contract):
    """A date of a community that one thinks of, or with ``rrule`` those of a year: local ``starts_at`` in ``timezone``
    (the district's)."""

    community_id = identifier(required=True)
    starts_on = day(required=True)
    starts_at = local_time(required=True)
    duration_minutes = length_in_minutes(load_default=120)
    timezone = one_of(*ZONES, load_default=None, allow_none=True)
    rrule = text(load_default=None, allow_none=True)


GET_TIMETABLE = Query("scheduling.get_timetable", takes=Nothing, gives=TimetableView, scope="sessions:read")
PUT_TIMETABLE = Command(
    "scheduling.put_timetable", takes=PutTimetable, gives=TimetableView, audited=Audited("timetable")
)
GET_HOLIDAYS = Query("scheduling.get_holidays", takes=HolidayFilter, gives=HolidaysView, scope="sessions:read")
PUT_HOLIDAYS = Command("scheduling.put_holidays", takes=PutHolidays, gives=HolidaysView, audited=Audited("holidays"))
FIND_FREE_DATES = Query("scheduling.find_free_dates", takes=DatesAsked, gives=FreeDates)
START_SERIES = Command("scheduling.start_series", takes=StartSeries, gives=PlannedSeries)
CHANGE_SERIES = Command("scheduling.change_series", takes=ChangeSeries, gives=PlannedSeries)
SCHEDULE_SESSION = Command("scheduling.schedule_session", takes=ScheduleSession, gives=PlannedSession)
CHANGE_SESSION = Command("scheduling.change_session", takes=ChangeSession, gives=PlannedSession)
