"""Codes change every half minute, count around the moment they were shown, and cannot be guessed."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scheduling.domain import checkin
from services.scheduling.domain.attendance import Meeting
from services.scheduling.domain.checkin import Codes, Verdict
from shared.errors import Conflict, Invalid
from shared.ids import new_id

STARTS = datetime(2026, 7, 27, 3, 0, tzinfo=UTC)
MEETING = Meeting(STARTS, STARTS + timedelta(minutes=90))
SESSION, SECRET = new_id(), bytes(range(32))
CODES = Codes(SESSION, SECRET, MEETING)
SHOWN = list(CODES)


def test_the_codes_fill_the_window_from_half_an_hour_before_to_the_end():
    assert SHOWN[0].valid_from == STARTS - timedelta(minutes=30)
    assert SHOWN[-1].valid_from <= MEETING.ends_at < SHOWN[-1].valid_until
    assert all(one.valid_until == other.valid_from for one, other in pairwise(SHOWN))
    assert len({code.qr for code in SHOWN}) == len(SHOWN) == 241
    assert list(Codes(SESSION, SECRET, MEETING)) == SHOWN


@given(st.sampled_from(SHOWN), st.integers(-300, 300), st.booleans())
def test_a_code_counts_for_two_minutes_around_the_time_it_is_shown(code, seconds, typed):
    scanned_at = code.valid_from + timedelta(seconds=seconds)
    within = code.valid_from - checkin.SKEW <= scanned_at < code.valid_until + checkin.SKEW
    verdict = CODES.judge(f" {code.code[:3]} {code.code[3:]}" if typed else code.qr, scanned_at)
    if within:
        assert verdict is Verdict.RIGHT
    elif not typed:
        assert verdict is Verdict.EXPIRED


def test_six_digits_of_another_time_are_as_wrong_as_any():
    late = SHOWN[100].valid_from + timedelta(minutes=20)
    assert CODES.judge(SHOWN[100].code, late) is Verdict.WRONG


def test_a_code_of_another_session_or_secret_is_told_apart():
    elsewhere = next(iter(Codes(new_id(), SECRET, MEETING)))
    assert CODES.judge(elsewhere.qr, elsewhere.valid_from) is Verdict.ELSEWHERE
    forged = next(iter(Codes(SESSION, bytes(32), MEETING)))
    assert CODES.judge(forged.qr, forged.valid_from) is Verdict.WRONG
    assert CODES.judge(forged.code, forged.valid_from) is Verdict.WRONG


@pytest.mark.parametrize(
    "said", ["", "12345", "1234567", "abcdef", "sanggar:", "https://example.org", "٣" * 6, "²" * 6]
)
def test_what_is_no_code_is_told_as_such(said):
    assert CODES.judge(said, STARTS) is Verdict.NONE


def at(minutes):
    return STARTS + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("scanned", "now", "refused"),
    [
        (-30, -30, None),
        (-32, -32, None),
        (-33, -33, "checkin_not_open"),
        (90, 91, None),
        (92, 92, None),
        (93, 93, "checkin_over"),
        (10, 90 + 72 * 60, None),
        (10, 91 + 72 * 60, "checkin_too_late"),
        (12, 10, None),
        (13, 10, "scanned_in_the_future"),
    ],
)
def test_check_in_is_within_the_window_and_sent_within_three_days(scanned, now, refused):
    try:
        checkin.check_time(MEETING, at(scanned), at(now))
        outcome = None
    except Conflict as conflict:
        outcome = conflict.text.key
    except Invalid as invalid:
        [[outcome]] = [[text.key for text in texts] for texts in invalid.fields.values()]
    assert outcome == (refused and f"attendance.{refused}")


def test_what_was_kept_on_the_phone_is_offline():
    assert not checkin.is_offline(at(0), at(2))
    assert checkin.is_offline(at(0), at(3))


def test_wrong_codes_slow_down_and_end():
    waits = [checkin.pause(guesses, STARTS, STARTS) for guesses in range(21)]
    assert waits[:5] == [timedelta()] * 5
    assert waits[5:8] == [timedelta(seconds=seconds) for seconds in (30, 60, 120)]
    assert max(wait for wait in waits if wait is not None) == timedelta(minutes=10)
    assert waits[20] is None
    assert checkin.pause(6, STARTS, at(2)) == timedelta()


def test_whoever_guesses_is_right_less_than_once_in_five_thousand_times():
    steps = 2 * checkin.SKEW // checkin.STEP + 1
    assert checkin.MOST_GUESSES * steps / 1_000_000 < 1 / 5_000
