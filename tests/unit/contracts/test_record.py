"""A year is a calendar year or a school year, in the time zone of the district."""

from datetime import UTC, date, datetime

import pytest
from marshmallow import ValidationError

from shared.contracts.base import read
from shared.contracts.record import Period, RecordPeriod, period_of


def test_both_years_are_known_by_name():
    assert period_of(read(RecordPeriod, {"year": "2026"})) == Period("2026", date(2026, 1, 1), date(2026, 12, 31))
    school_year = period_of(read(RecordPeriod, {"school_year": "2026/2027"}))
    assert school_year == Period("2026/2027", date(2026, 7, 1), date(2027, 6, 30))


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"year": "2026", "school_year": "2026/2027"},
        {"year": "1999"},
        {"year": "2026.5"},
        *({"school_year": wrong} for wrong in ("2026/2028", "2026", "2026-2027", "0000/0001", "2099/2000", "")),
    ],
)
def test_anything_else_is_refused(asked):
    with pytest.raises(ValidationError):
        read(RecordPeriod, asked)


def test_a_year_begins_at_the_districts_midnight():
    first, after = period_of({"year": 2026, "school_year": None}).moments("Asia/Jayapura")
    assert (first, after) == (datetime(2025, 12, 31, 15, tzinfo=UTC), datetime(2026, 12, 31, 15, tzinfo=UTC))
