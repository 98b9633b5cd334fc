"""A series meets at its local time, from its first fitting day, a year ahead."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scheduling.domain import zones
from services.scheduling.domain.changing import Change
from services.scheduling.domain.recurrence import parse
from services.scheduling.domain.series import (
    Pattern,
    begin,
    check_active,
    exhausted_before,
    horizon,
    next_roll,
    paused,
    resumed,
)
from shared.contracts.scheduling import ZONES
from shared.errors import Conflict, Invalid

NOW = datetime(2026, 7, 27, 3, 0, tzinfo=UTC)
TODAY = date(2026, 7, 27)
RULES = ("FREQ=WEEKLY;BYDAY=TU,TH", "FREQ=MONTHLY;BYDAY=-1FR", "FREQ=DAILY")
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))


def weekly(text="FREQ=WEEKLY", starts_on=date(2026, 8, 4), at=time(13), minutes=90, zone="Asia/Jakarta", now=NOW):
    return begin(Pattern(parse(text), starts_on, at, minutes, zone), now)


def test_every_zone_that_may_be_chosen_has_a_name_that_people_use():
    assert set(zones.LABELS) == set(ZONES)
    assert zones.label("Asia/Jayapura") == "WIT"


@given(st.sampled_from(ZONES), TIMES, st.sampled_from(RULES))
def test_people_of_the_zone_always_meet_at_the_same_time_of_day(zone, at, text):
    pattern = weekly(text, at=at, zone=zone)
    for occurrence in pattern.occurrences(date(2027, 2, 1)):
        local = occurrence.starts_at.astimezone(ZoneInfo(zone))
        assert (local.date(), local.time()) == (occurrence.on, at)
        assert occurrence.starts_at.utcoffset() == timedelta()
        assert occurrence.ends_at - occurrence.starts_at == timedelta(minutes=90)


def test_one_in_the_afternoon_in_makassar_is_five_in_the_morning_in_utc():
    occurrence = weekly(zone="Asia/Makassar").occurrences(date(2026, 8, 4))[0]
    assert occurrence.starts_at == datetime(2026, 8, 4, 5, 0, tzinfo=UTC)


def test_until_names_the_last_local_day_even_where_utc_is_still_a_day_behind():
    pattern = weekly("FREQ=WEEKLY;UNTIL=20260811", at=time(6), zone="Asia/Jayapura")
    last = pattern.occurrences(date(2027, 1, 1))[-1]
    assert (last.on, last.starts_at) == (date(2026, 8, 11), datetime(2026, 8, 10, 21, 0, tzinfo=UTC))


def test_a_series_begins_on_the_first_day_that_fits_its_rule():
    assert weekly("FREQ=WEEKLY;BYDAY=TU", starts_on=date(2026, 8, 1)).starts_on == date(2026, 8, 4)


@given(st.dates(TODAY, date(2027, 7, 1)), st.integers(0, 300))
def test_rolling_on_makes_what_is_missing_and_nothing_twice(done, further):
    pattern = weekly("FREQ=WEEKLY;BYDAY=TU,TH", starts_on=TODAY)
    through = done + timedelta(days=further)
    assert pattern.occurrences(done) + pattern.occurrences(through, beyond=done) == pattern.occurrences(through)


def test_an_endless_series_is_due_again_in_a_week():
    assert next_roll(weekly(), TODAY) == TODAY + timedelta(days=7)


@pytest.mark.parametrize("end", ["COUNT=12", "UNTIL=20261020"])
def test_a_series_that_ends_within_the_year_is_due_the_day_after_its_last(end):
    pattern = weekly(f"FREQ=WEEKLY;{end}")
    assert next_roll(pattern, TODAY) == date(2026, 10, 21)
    assert not exhausted_before(pattern, date(2026, 10, 20))
    assert exhausted_before(pattern, date(2026, 10, 21))


def test_a_series_is_not_over_while_days_of_a_pause_could_come_back():
    pattern = paused(weekly("FREQ=WEEKLY;COUNT=12"), date(2026, 8, 10), None, TODAY)
    assert next_roll(pattern, TODAY) == date(2026, 10, 21)


def test_a_series_that_ends_beyond_the_year_is_due_until_its_end_is_reached():
    pattern = weekly("FREQ=WEEKLY;COUNT=60")
    assert next_roll(pattern, TODAY) == TODAY + timedelta(days=7)
    assert next_roll(pattern, date(2027, 1, 1)) == date(2027, 9, 22)
    assert len(pattern.occurrences(horizon(date(2027, 1, 1)))) == 60


def test_a_year_from_the_29th_of_february_is_the_28th():
    assert horizon(date(2028, 2, 29)) == date(2029, 2, 28)
    assert horizon(TODAY) == date(2027, 7, 27)


@pytest.mark.parametrize(
    ("text", "starts_on", "field", "key"),
    [
        ("FREQ=DAILY;INTERVAL=7;BYDAY=MO", date(2026, 8, 4), "rrule", "rule_without_dates"),
        ("FREQ=WEEKLY;UNTIL=20260801", date(2026, 8, 4), "rrule", "rule_without_dates"),
        ("FREQ=DAILY", date(2026, 1, 1), "rrule", "rule_too_many_dates"),
        ("FREQ=WEEKLY", date(2020, 1, 1), "starts_on", "series_start_out_of_range"),
        ("FREQ=WEEKLY", date(9999, 12, 31), "starts_on", "series_start_out_of_range"),
    ],
)
def test_a_series_that_cannot_be_met_is_refused(text, starts_on, field, key):
    with pytest.raises(Invalid) as refused:
        weekly(text, starts_on=starts_on)
    assert refused.value.fields[field][0].key == f"scheduling.{key}"


def test_an_ended_series_cannot_be_ended_again():
    check_active("active")
    with pytest.raises(Conflict):
        check_active("ended")


def test_a_pattern_read_back_from_its_texts_is_the_same():
    made = weekly("FREQ=MONTHLY;BYDAY=2SA;COUNT=9")
    again = Pattern(parse(str(made.rule)), date.fromisoformat(made.starts_on.isoformat()), made.at, 90, made.zone)
    assert again == made


def test_a_series_rests_from_its_first_to_its_last_day_of_rest_and_goes_on():
    pattern = paused(weekly(), date(2026, 8, 11), date(2026, 8, 25), TODAY)
    assert [day.day for day in pattern.days(date(2026, 9, 8))] == [4, 1, 8]
    again = resumed(pattern, date(2026, 8, 14))
    assert [day.day for day in again.days(date(2026, 9, 1))] == [4, 18, 25, 1]
    assert Pattern.of(again.record()) == again


@pytest.mark.parametrize(
    ("since", "until"),
    [(TODAY - timedelta(days=1), None), (TODAY, TODAY - timedelta(days=1)), (TODAY, TODAY + timedelta(days=400))],
)
def test_a_pause_of_yesterday_or_without_days_or_of_years_is_refused(since, until):
    with pytest.raises(Invalid):
        paused(weekly(), since, until, TODAY)


def test_nobody_pauses_twice_nor_resumes_what_goes_on():
    with pytest.raises(Conflict):
        paused(paused(weekly(), TODAY, None, TODAY), TODAY, None, TODAY)
    with pytest.raises(Conflict):
        resumed(weekly(), TODAY)


@pytest.mark.parametrize(
    "text", ["FREQ=MONTHLY;BYDAY=2TU", "FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU"]
)
def test_days_that_no_rule_could_name_once_moved_need_a_rule(text):
    with pytest.raises(Invalid) as refused:
        Change(shift=1).applied(weekly(text), NOW)
    assert refused.value.fields["rrule"][0].key == "series.rule_to_be_given"


def test_a_series_of_many_years_can_still_be_changed():
    old = Pattern(parse("FREQ=DAILY"), date(2019, 1, 1), time(7), 60, "Asia/Jakarta", frozenset({date(2020, 1, 1)}))
    assert Change({"title": "Lain"}).applied(old, NOW) == old
    assert Change(minutes=90).applied(old, NOW).minutes == 90


def test_single_days_out_of_reach_are_refused():
    for days in ({"left_out": frozenset({date(2030, 1, 1)})}, {"added": frozenset({date(2020, 1, 1)})}):
        with pytest.raises(Invalid):
            Change(**days).applied(weekly(), NOW)


def test_a_series_does_not_begin_again_in_the_past():
    with pytest.raises(Invalid) as refused:
        Change(starts_on=TODAY - timedelta(days=1)).applied(weekly(), NOW)
    assert list(refused.value.fields) == ["starts_on"]
