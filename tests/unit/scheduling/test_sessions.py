"""When a session may be, which cycle it may serve, and what of a change people hear."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scheduling.domain import sessions
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


def test_a_list_reaches_from_yesterday_three_months_ahead():
    assert sessions.stretch(None, None, NOW) == (NOW - timedelta(days=1), NOW + timedelta(days=91))
    assert sessions.stretch(START, None, NOW) == (START, START + timedelta(days=92))


@pytest.mark.parametrize("end", [START - timedelta(seconds=1), START + timedelta(days=401)])
def test_a_list_that_runs_backwards_or_for_years_is_refused(end):
    with pytest.raises(Invalid) as refused:
        sessions.stretch(START, end, NOW)
    assert "to" in refused.value.fields
