"""A session's reminders: each once, in time or not at all, however often it is moved."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.scheduling.domain.reminders import GRACES, LEADS, Turn, in_time, next_turn
from shared.contracts.words import REMINDERS

START = datetime(2026, 8, 3, 6, tzinfo=UTC)
WEEK, DAY, HOUR = LEADS["7d"], LEADS["1d"], LEADS["1h"]


def walked(starts_at, after):
    """The turns of a session that nobody touches, as the job takes them."""
    turns, given_before = [], {}
    while (turn := next_turn(starts_at, after, given_before)).lead:
        turns.append(turn)
        given_before[turn.lead] = after = turn.due_at
    return turns


def test_the_reminders_are_those_of_the_contract():
    assert tuple(LEADS) == tuple(GRACES) == REMINDERS


def test_a_session_is_reminded_of_a_week_a_day_and_an_hour_before():
    turns = walked(START, START - timedelta(days=30))
    assert turns == [Turn(START - WEEK, "7d"), Turn(START - DAY, "1d"), Turn(START - HOUR, "1h")]


def test_what_is_set_at_short_notice_brings_no_burst_of_reminders_that_are_past():
    assert [turn.lead for turn in walked(START, START - timedelta(hours=30))] == ["1d", "1h"]
    assert [turn.lead for turn in walked(START, START - DAY)] == ["1h"]
    assert walked(START, START - timedelta(minutes=30)) == []


def test_when_nothing_is_left_the_last_turn_is_the_beginning():
    assert next_turn(START, START - HOUR, {}) == Turn(START, None)


def test_a_session_moved_by_an_hour_is_not_reminded_of_twice():
    given_before = {"7d": START - WEEK, "1d": START - DAY}
    now = START - DAY + timedelta(minutes=20)
    assert next_turn(START + HOUR, now, given_before) == Turn(START, "1h")


def test_a_session_postponed_by_weeks_is_reminded_of_anew():
    given_before = {"7d": START - WEEK, "1d": START - DAY, "1h": START - HOUR}
    moved = START + timedelta(days=21)
    now = START - timedelta(minutes=30)
    assert next_turn(moved, now, given_before) == Turn(moved - WEEK, "7d")


def test_late_reminders_are_given_while_they_help():
    due_at = START - HOUR
    assert in_time("1h", due_at, due_at + timedelta(minutes=20))
    assert not in_time("1h", due_at, due_at + timedelta(minutes=21))
    assert in_time("7d", due_at, due_at + timedelta(hours=23))


def test_after_a_long_silence_at_most_one_reminder_is_still_in_time():
    turns = walked(START, START - timedelta(days=30))
    for minutes in range(0, 8 * 24 * 60, 7):
        now = START - timedelta(minutes=minutes)
        late = [turn for turn in turns if turn.due_at <= now and in_time(turn.lead, turn.due_at, now)]
        assert len(late) <= 1


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(-60, 20_000), st.integers(1, 3000), st.booleans()),
        max_size=25,
    ),
    st.integers(0, 20_000),
)
def test_however_a_session_is_moved_no_reminder_comes_twice_for_one_time_and_the_order_is_kept(steps, first):
    """Clocks jump by up to an hour back, the session is moved now and then, the job runs or misses turns."""
    now, starts_at, given_before, told = START, START + timedelta(minutes=first), {}, []
    turn = next_turn(starts_at, now, given_before)
    for minutes_on, moved_to, moves in steps:
        now += timedelta(minutes=minutes_on)
        if moves:
            starts_at = now + timedelta(minutes=moved_to)
            turn = next_turn(starts_at, now, given_before)
        elif turn.lead and turn.due_at <= now < starts_at:
            if in_time(turn.lead, turn.due_at, now):
                told.append((turn.lead, starts_at))
                assert turn.due_at - given_before.get(turn.lead, START - timedelta(days=999)) >= LEADS[turn.lead]
                given_before = {**given_before, turn.lead: turn.due_at}
            turn = next_turn(starts_at, turn.due_at, given_before)
    assert len(told) == len(set(told))
