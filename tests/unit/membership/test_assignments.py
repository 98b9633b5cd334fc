"""Where somebody teaches, as dated facts: one primary school at a time."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership.domain import assignments
from shared.errors import Conflict, Invalid

DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@st.composite
def facts(draw):
    since = draw(DAYS)
    until = draw(st.none() | st.integers(-1, 900).map(lambda days: since + timedelta(days=days)))
    return assignments.begun(
        "p",
        draw(st.sampled_from(["20306577", "20306578", "20306579"])),
        primary=draw(st.booleans()),
        duty=None,
        since=since.isoformat(),
        until=until and until.isoformat(),
    )


def days_of(fact, horizon=date(2033, 1, 1)):
    day, last = date.fromisoformat(fact["valid_from"]), date.fromisoformat(fact["valid_until"] or horizon.isoformat())
    return day.toordinal(), last.toordinal()


@given(facts(), facts())
def test_two_assignments_overlap_when_they_share_a_day(one, other):
    (a, b), (c, d) = days_of(one), days_of(other)
    assert assignments.overlap(one, other) == (max(a, c) <= min(b, d))
    assert assignments.overlap(one, other) == assignments.overlap(other, one)


@given(st.lists(facts(), max_size=12), DAYS)
def test_nobody_ever_has_two_primary_schools_or_one_school_twice(wanted, day):
    held = []
    for fact in wanted:
        try:
            assignments.check_new(fact, held)
        except Conflict:
            continue
        held.append(fact)
    today = assignments.current(held, day.isoformat())
    assert sum(fact["primary"] for fact in today) <= 1
    assert len({fact["npsn"] for fact in today}) == len(today)


@given(facts(), DAYS)
def test_after_an_assignment_ended_the_next_may_begin_that_day(fact, day):
    ended = assignments.ended(fact, day.isoformat())
    following = assignments.begun("p", fact["npsn"], primary=True, duty=None, since=day.isoformat())
    assignments.check_new(following, [ended])


def test_the_primary_school_comes_first():
    second = assignments.begun("p", "20306578", primary=False, duty=None, since="2020-01-01")
    first = assignments.begun("p", "20306577", primary=True, duty=None, since="2025-01-01")
    assert assignments.current([second, first], "2026-01-01") == [first, second]
    assert assignments.current([second, first], "2024-12-31") == [second]


def test_a_last_day_before_the_first_is_refused():
    assignments.check_days("2026-01-01", "2026-01-01")
    with pytest.raises(Invalid) as refused:
        assignments.check_days("2026-01-02", "2026-01-01")
    assert "until" in refused.value.fields
