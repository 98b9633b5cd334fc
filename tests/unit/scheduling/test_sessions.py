"""When a session may be, which cycle it may serve, and what of a change people hear."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scheduling.domain import sessions
from shared import dates
from shared.contracts.scheduling import SessionFilter
from shared.errors import Conflict, Invalid

NOW = datetime(2026, 7, 27, 3, 0, tzinfo=UTC)
START = NOW + timedelta(days=3)
OURS, THEIRS = "community-1", "community-2"


def period(starts_at=START, ends_at=None, minutes=None):
    return sessions.period(starts_at, ends_at, minutes, sessions.USUAL, NOW)


def test_a_session_lasts_two_hours_unless_said_otherwise():
    assert period() == (START, START + timedelta(hours=2))
    assert period(minutes=45) == (START, START + timedelta(minutes=45))
    assert period(ends_at=START + timedelta(minutes=50)) == (START, START + timedelta(minutes=50))


@given(st.timedeltas(timedelta(days=-3), timedelta(days=3)))
def test_a_session_ends_after_it_starts_and_within_a_day(length):
    fits = sessions.SHORTEST <= length <= sessions.LONGEST
    try:
        assert period(ends_at=START + length) == (START, START + length)
        assert fits
    except Invalid as refused:
        assert "ends_at" in refused.fields
        assert not fits


def test_an_end_and_a_duration_at_once_are_refused():
    with pytest.raises(Invalid):
        period(ends_at=START + timedelta(hours=1), minutes=60)


@pytest.mark.parametrize("starts_at", [NOW - timedelta(days=400), NOW + timedelta(days=800)])
def test_a_session_in_another_age_is_refused(starts_at):
    with pytest.raises(Invalid) as refused:
        period(starts_at=starts_at)
    assert "starts_at" in refused.value.fields


def meeting(**changes):
    plain = {"starts_at": START, "ends_at": START, "timezone": "Asia/Jakarta", "place": "SMPN 1", "mode": "on_site"}
    return {**plain, "title": "Pecahan", "goal": "Murid paham pecahan", "capacity": None, **changes}


@pytest.mark.parametrize("change", [{"place": "SMPN 2"}, {"starts_at": NOW}, {"mode": "online"}, {"ends_at": NOW}])
def test_people_hear_of_another_time_place_or_way(change):
    assert sessions.moved(meeting(), meeting(**change))


@pytest.mark.parametrize("change", [{"title": "Pecahan lagi"}, {"goal": "Murid mahir"}, {"capacity": 30}])
def test_people_do_not_hear_of_other_words(change):
    assert not sessions.moved(meeting(), meeting(**change))


def test_a_meeting_serves_a_running_cycle_of_its_own_community():
    sessions.check_cycle({"community_id": OURS, "stage": "planning"}, [OURS], "planning")
    sessions.check_cycle(None, [OURS], None)


@pytest.mark.parametrize(
    ("cycle", "phase", "field", "key"),
    [
        ({"community_id": THEIRS, "stage": "planning"}, None, "cycle_id", "cycle_of_another_community"),
        ({"community_id": OURS, "stage": "closed"}, None, "cycle_id", "cycle_closed"),
        (None, "planning", "phase", "phase_without_cycle"),
    ],
)
def test_a_meeting_cannot_serve_any_other_cycle(cycle, phase, field, key):
    with pytest.raises(Invalid) as refused:
        sessions.check_cycle(cycle, [OURS], phase)
    assert refused.value.fields[field][0].key == f"scheduling.{key}"


def test_a_cancelled_session_stays_cancelled():
    sessions.check_scheduled("scheduled")
    with pytest.raises(Conflict):
        sessions.check_scheduled("cancelled")


YEAR_AGO, FURTHEST = NOW - timedelta(days=366), NOW + timedelta(days=800)


def test_the_districts_list_reaches_from_yesterday_three_months_ahead():
    assert sessions.stretch(None, None, NOW, whole=False) == (NOW - timedelta(days=1), NOW + timedelta(days=91))
    assert sessions.stretch(START, None, NOW, whole=False) == (START, START + timedelta(days=92))


def test_a_communitys_list_reaches_from_a_year_ago_as_far_as_a_session_can_be():
    assert sessions.stretch(None, None, NOW, whole=True) == (YEAR_AGO, FURTHEST)
    assert sessions.stretch(START, None, NOW, whole=True) == (START, FURTHEST)
    assert sessions.stretch(None, START, NOW, whole=True) == (YEAR_AGO, START)
    with pytest.raises(Invalid):
        period(starts_at=FURTHEST)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)))
def test_a_communitys_list_may_begin_at_any_time(start):
    first, last = sessions.stretch(start, None, NOW, whole=True)
    assert first == start <= last <= start + sessions.LONGEST_STRETCH


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("end", [START - timedelta(seconds=1), START + timedelta(days=1169)])
def test_a_list_that_runs_backwards_or_for_years_is_refused(end, whole):
    with pytest.raises(Invalid) as refused:
        sessions.stretch(START, end, NOW, whole=whole)
    assert "to" in refused.value.fields


@pytest.mark.parametrize("whole", [True, False])
def test_one_may_ask_for_all_of_the_days_that_a_list_reaches_over(whole):
    zone = "Asia/Jayapura"
    asked = dates.bounds(YEAR_AGO.date(), FURTHEST.date() + timedelta(days=1), zone)
    assert sessions.stretch(*asked, NOW, whole=whole) == asked


def test_the_contract_says_how_long_a_list_may_be():
    assert f"{sessions.LONGEST_STRETCH.days} days" in SessionFilter.__doc__
