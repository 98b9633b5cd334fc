"""Recurrence rules, against python-dateutil as an independent oracle."""

import datetime as standard
from datetime import date, datetime, time, timedelta
from itertools import takewhile
from types import SimpleNamespace

import dateutil.rrule
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scheduling.domain.recurrence import WEEKDAYS, parse
from shared.errors import Invalid

DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))
PLACED = st.builds("{}{}".format, st.sampled_from([1, 2, 3, 4, 5, -1, -2]), st.sampled_from(WEEKDAYS))
MONTH_DAYS = st.integers(1, 31) | st.integers(-31, -1)


@pytest.fixture(autouse=True, scope="module")
def impatient_oracle():
    """The oracle looks for a rule's next day up to the last year there is; here that is 2036."""
    names = {name: getattr(standard, name) for name in standard.__all__}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dateutil.rrule, "datetime", SimpleNamespace(**{**names, "MAXYEAR": 2036}))
        yield


def days(text, start, through):
    return [day.isoformat() for day in parse(text).dates(start, through)]


def joined(values):
    return st.lists(values, min_size=1, max_size=4, unique=True).map(lambda found: ",".join(map(str, found)))


@st.composite
def rules(draw):
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]))
    parts = [f"FREQ={frequency}", f"INTERVAL={draw(st.integers(1, 6))}"]
    if frequency == "WEEKLY":
        parts += draw(st.just([]) | joined(st.sampled_from(WEEKDAYS)).map(lambda days: [f"BYDAY={days}"]))
        parts += draw(st.just([]) | st.sampled_from(WEEKDAYS).map(lambda day: [f"WKST={day}"]))
    if frequency == "MONTHLY":
        by_day = draw(
            st.just([]) | (joined(st.sampled_from(WEEKDAYS)) | joined(PLACED)).map(lambda names: [f"BYDAY={names}"])
        )
        by_number = draw(st.just([]) | joined(MONTH_DAYS).map(lambda days: [f"BYMONTHDAY={days}"]))
        parts += by_day + by_number
        if by_day or by_number:
            parts += draw(st.just([]) | joined(st.sampled_from([1, 2, -1])).map(lambda places: [f"BYSETPOS={places}"]))
    end = draw(st.sampled_from(["", "COUNT", "UNTIL"]))
    if end == "COUNT":
        parts.append(f"COUNT={draw(st.integers(1, 60))}")
    if end == "UNTIL":
        parts.append(f"UNTIL={draw(DAYS):%Y%m%d}")
    return ";".join(parts)


@given(rules(), DAYS, st.integers(0, 800))
def test_a_rule_gives_the_days_that_the_standard_says(text, start, length):
    through = start + timedelta(days=length)
    oracle = dateutil.rrule.rrulestr(text, dtstart=datetime.combine(start, time()))
    expected = [moment.date() for moment in takewhile(lambda moment: moment.date() <= through, oracle)]
    assert list(parse(text).dates(start, through)) == expected


@given(rules(), DAYS)
def test_beginning_at_the_first_matching_day_changes_nothing(text, start):
    rule, through = parse(text), start + timedelta(days=500)
    found = list(rule.dates(start, through))
    if found:
        assert list(rule.dates(found[0], through)) == found


@given(rules())
def test_the_canonical_text_states_the_same_rule(text):
    assert parse(str(parse(text))) == parse(text)


@given(rules(), DAYS, st.integers(0, 500), st.integers(0, 500))
def test_a_longer_look_only_adds_days(text, start, near, far):
    rule = parse(text)
    short = list(rule.dates(start, start + timedelta(days=near)))
    long = list(rule.dates(start, start + timedelta(days=near + far)))
    assert long[: len(short)] == short


def test_until_is_the_last_day_included():
    found = days("FREQ=WEEKLY;BYDAY=TU;UNTIL=20260818", date(2026, 8, 4), date(2027, 8, 4))
    assert found == ["2026-08-04", "2026-08-11", "2026-08-18"]


def test_count_is_a_number_of_meetings_not_of_weeks():
    found = days("FREQ=WEEKLY;BYDAY=TU,TH;COUNT=3", date(2026, 8, 4), date(2027, 8, 4))
    assert found == ["2026-08-04", "2026-08-06", "2026-08-11"]


def test_the_third_saturday_of_every_other_month():
    found = days("RRULE:freq=monthly;interval=2;byday=3SA", date(2026, 1, 1), date(2026, 6, 30))
    assert found == ["2026-01-17", "2026-03-21", "2026-05-16"]


def test_the_31st_is_left_out_in_months_that_have_none():
    found = days("FREQ=MONTHLY", date(2026, 1, 31), date(2026, 6, 30))
    assert found == ["2026-01-31", "2026-03-31", "2026-05-31"]


def test_a_rule_that_never_matches_ends_with_the_window():
    assert days("FREQ=DAILY;INTERVAL=7;BYDAY=MO", date(2026, 8, 4), date(2036, 8, 4)) == []


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("FREQ=SECONDLY", "rule_too_fine"),
        ("FREQ=HOURLY;COUNT=3", "rule_too_fine"),
        ("FREQ=YEARLY", "rule_frequency"),
        ("INTERVAL=2", "rule_frequency"),
        ("", "rule_part_unknown"),
        ("FREQ=WEEKLY;BYHOUR=3", "rule_part_unknown"),
        ("FREQ=WEEKLY;FREQ=DAILY", "rule_part_wrong"),
        ("FREQ=WEEKLY;INTERVAL=0", "rule_part_wrong"),
        ("FREQ=WEEKLY;INTERVAL=-1", "rule_part_wrong"),
        ("FREQ=WEEKLY;INTERVAL=99999999999999", "rule_part_wrong"),
        ("FREQ=WEEKLY;INTERVAL=53", "rule_number_too_large"),
        ("FREQ=WEEKLY;COUNT=100000", "rule_number_too_large"),
        ("FREQ=WEEKLY;COUNT=٣", "rule_part_wrong"),
        ("FREQ=WEEKLY;BYDAY=XX", "rule_part_wrong"),
        ("FREQ=WEEKLY;BYDAY=2TU", "rule_monthly_only"),
        ("FREQ=WEEKLY;BYMONTHDAY=3", "rule_monthly_only"),
        ("FREQ=MONTHLY;BYDAY=6TU", "rule_part_wrong"),
        ("FREQ=MONTHLY;BYDAY=TU,1SA", "rule_part_wrong"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "rule_part_wrong"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "rule_part_wrong"),
        ("FREQ=MONTHLY;BYSETPOS=1", "rule_part_wrong"),
        ("FREQ=WEEKLY;COUNT=3;UNTIL=20261231", "rule_count_and_until"),
        ("FREQ=WEEKLY;UNTIL=20260230", "rule_until_form"),
        ("FREQ=WEEKLY;UNTIL=20261231T000000Z", "rule_until_form"),
        ("FREQ=WEEKLY;UNTIL=2026-12-31", "rule_until_form"),
        ("FREQ=WEEKLY;UNTIL=99991231", "rule_until_far"),
        ("FREQ=WEEKLY;UNTIL=00010101", "rule_until_far"),
    ],
)
def test_what_nobody_can_meet_by_is_refused_with_its_reason(text, key):
    with pytest.raises(Invalid) as refused:
        parse(text)
    assert [found.key for found in refused.value.fields["rrule"]] == [f"scheduling.{key}"]


@given(st.text(max_size=60))
def test_any_text_is_a_rule_or_a_clear_refusal(text):
    try:
        parse(text)
    except Invalid as refused:
        assert refused.fields["rrule"]
