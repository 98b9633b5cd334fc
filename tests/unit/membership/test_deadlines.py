"""Officers are warned twice before a decree or a term ends, and never of what is over."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership.domain import deadlines
from services.membership.domain.deadlines import NEVER, NOTICES

DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))


def day(value):
    return value.isoformat()


@pytest.mark.parametrize(
    ("today", "first"),
    [
        ("2026-01-01", "2026-11-01"),
        ("2026-11-01", "2026-11-01"),
        ("2026-11-02", "2026-12-17"),
        ("2026-12-25", "2026-12-25"),
        ("2026-12-31", "2026-12-31"),
        ("2027-01-01", NEVER),
    ],
)
def test_the_first_warning_comes_sixty_days_before_or_at_once(today, first):
    assert deadlines.first_notice("2026-12-31", today) == first


@given(until=DAYS, began=st.integers(0, 400), away=st.integers(0, 5))
def test_each_notice_is_given_once_whenever_the_job_runs(until, began, away):
    """Told at most twice, never after the last day, and once at least if there was any day left."""
    today = until - timedelta(days=began)
    next_on, told = deadlines.first_notice(day(until), day(today)), []
    while next_on != NEVER:
        run = max(date.fromisoformat(next_on), today) + timedelta(days=away)
        if run > until:
            break
        told.append(run)
        next_on = deadlines.next_notice(day(until), day(run))
        assert next_on == NEVER or next_on > day(run)
    assert 0 <= len(told) <= len(NOTICES)
    assert told == sorted(set(told))
    assert told or began < away or away > min(NOTICES)


def test_days_left_are_counted_up_to_the_last_day():
    assert deadlines.days_left("2026-12-31", "2026-12-17") == 14
    assert deadlines.days_left("2026-12-31", "2027-01-01") == -1
