"""Days and hours as people in Indonesia read them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from shared import dates

START, END = datetime(2027, 1, 12, 6, tzinfo=UTC), datetime(2027, 1, 12, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("timezone", "said"),
    [
        ("Asia/Jakarta", "Selasa, 12 Januari 2027, 13.00-15.00 WIB"),
        ("Asia/Pontianak", "Selasa, 12 Januari 2027, 13.00-15.00 WIB"),
        ("Asia/Makassar", "Selasa, 12 Januari 2027, 14.00-16.00 WITA"),
        ("Asia/Jayapura", "Selasa, 12 Januari 2027, 15.00-17.00 WIT"),
    ],
)
def test_each_zone_has_its_own_hours(timezone, said):
    assert dates.span(START, END, timezone) == said


def test_a_meeting_past_midnight_names_both_days():
    late = datetime(2027, 1, 12, 18, tzinfo=UTC)
    assert dates.span(START, late, "Asia/Jakarta") == (
        "Selasa, 12 Januari 2027, 13.00 s.d. Rabu, 13 Januari 2027, 01.00 WIB"
    )


def test_in_english():
    assert dates.span(START, END, "Asia/Jakarta", "en") == "Tuesday, 12 January 2027, 13:00-15:00 WIB"


@pytest.mark.parametrize(("timezone", "hours"), [("Asia/Jakarta", 7), ("Asia/Makassar", 8), ("Asia/Jayapura", 9)])
def test_a_day_is_all_of_the_day_where_the_district_lives(timezone, hours):
    day = date(2027, 1, 12)
    first, last = dates.bounds(day, day, timezone)
    assert first == datetime(2027, 1, 12, tzinfo=UTC) - timedelta(hours=hours)
    assert last == first + timedelta(days=1) - timedelta(milliseconds=1)
    assert {dates.local_day(moment, timezone) for moment in (first, last)} == {day}


def test_a_moment_is_itself_and_nothing_stays_nothing():
    assert dates.bounds(START, END, "Asia/Jakarta") == (START, END)
    assert dates.bounds(None, None, "Asia/Jakarta") == (None, None)
