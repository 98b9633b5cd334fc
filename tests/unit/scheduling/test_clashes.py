"""A date that is not free is flagged with its reason, and with free dates near it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scheduling import national
from services.scheduling.domain.clashes import Busy, Slot, Surroundings, looked_at
from services.scheduling.domain.school_calendar import OwnDays, SchoolCalendar, weekdays_of
from shared.errors import Invalid

NATIONAL = {date(2026, 8, 17): "Hari Kemerdekaan"}
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def slot(day, hour=6, hours=2):
    at = datetime(2026, 8, day, hour, tzinfo=UTC)
    return Slot(at.date(), at, at + timedelta(hours=hours))


def busy(day, hour, hours=2):
    at = datetime(2026, 8, day, hour, tzinfo=UTC)
    return Busy("s", "c", "MGMP IPA", at, at + timedelta(hours=hours), 3)


def around(*meetings, own=(), weekdays=()):
    return Surroundings(SchoolCalendar(NATIONAL, own), weekdays).knowing(meetings)


def test_a_national_holiday_a_wrong_weekday_and_the_same_people_are_three_clashes():
    found, _ = looked_at([slot(17)], around(busy(17, 7), weekdays=(1,)), LONG_AGO)
    assert [(clash.kind, clash.name, clash.weekdays) for clash in found] == [
        ("holiday", "Hari Kemerdekaan", ()),
        ("timetable", None, ("TU",)),
        ("meeting", None, ()),
    ]


def test_the_next_three_free_dates_are_offered_for_a_single_one():
    _, instead = looked_at([slot(17)], around(busy(19, 5), weekdays=(1, 2)), LONG_AGO)
    assert [each.slot.on.day for each in instead] == [18, 25, 26]
    assert instead[0].slot.starts_at == slot(18).starts_at


def test_a_date_of_a_series_gets_the_nearest_free_one_that_is_no_date_of_it():
    found, instead = looked_at([slot(10), slot(17), slot(18), slot(24)], around(), LONG_AGO)
    assert [clash.slot.on.day for clash in found] == [17]
    assert [(each.instead_of.day, each.slot.on.day) for each in instead] == [(17, 16)]


def test_nothing_is_offered_that_has_passed():
    now = datetime(2026, 8, 19, tzinfo=UTC)
    _, instead = looked_at([slot(17), slot(30)], around(), now)
    assert [each.slot.on.day for each in instead] == [19]


@given(st.integers(0, 47), st.integers(1, 24), st.integers(0, 47), st.integers(1, 24))
def test_two_meetings_clash_when_they_overlap_and_not_when_they_touch(begins, lasts, other, long):
    start = datetime(2026, 8, 3, tzinfo=UTC)
    ours = Slot(start.date(), start + timedelta(hours=begins), start + timedelta(hours=begins + lasts))
    begun = start + timedelta(hours=other)
    theirs = Busy("s", "c", "x", begun, begun + timedelta(hours=long), 1)
    assert around(theirs).free(ours) == (begins + lasts <= other or other + long <= begins)


def own(first, last=None, school_day=False, name="Cuti"):
    return OwnDays.of(
        {"on": f"2026-08-{first}", "until": last and f"2026-08-{last}", "name": name, "school_day": school_day}
    )


def test_the_districts_own_days_win_over_the_nations_and_the_later_over_the_former():
    calendar = SchoolCalendar(NATIONAL, [own(10, 20), own(17, school_day=True), own(20, name="Hari Jadi")])
    named = [calendar.holiday(date(2026, 8, day)) for day in (9, 10, 17, 20)]
    assert named == [None, "Cuti", None, "Hari Jadi"]


@pytest.mark.parametrize(
    "record", [{"on": "2026-08-05", "until": "2026-08-04"}, {"on": "2026-01-01", "until": "2026-12-31"}]
)
def test_a_holiday_that_ends_before_it_begins_or_never_is_refused(record):
    with pytest.raises(Invalid):
        OwnDays.of({"name": "Libur", **record})


TIMETABLE = [
    {"weekday": "TU", "subject": "Matematika", "level": "SMP"},
    {"weekday": "WE", "subject": "Matematika", "level": "SMA"},
    {"weekday": "TH", "subject": "IPA", "level": None},
    {"weekday": "SA", "subject": None, "level": "SD"},
]


@pytest.mark.parametrize(
    ("subject", "level", "weekdays"),
    [
        ("matematika", "SMP", (1,)),
        ("Matematika", "SMA", (2,)),
        ("IPA", "SMP", (3,)),
        ("IPA", "SD", (3,)),
        ("Matematika", "SD", (5,)),
        (None, "SD", (5,)),
        ("IPS", "SMP", ()),
        (None, None, ()),
    ],
)
def test_the_timetable_speaks_of_a_subject_or_of_all_of_a_level(subject, level, weekdays):
    assert weekdays_of(TIMETABLE, subject, level) == weekdays


def test_the_nations_holidays_are_known_in_both_languages():
    assert national.holidays_of([2026], "id")[date(2026, 8, 17)] == "Hari Kemerdekaan Republik Indonesia"
    assert national.holidays_of([2026], "en")[date(2026, 8, 17)] == "Independence Day"
    assert {day.year for day in national.holidays_of([2026, 2027, 3000], "id")} == {2026, 2027}
