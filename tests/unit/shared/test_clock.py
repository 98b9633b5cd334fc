"""The one clock."""

from datetime import UTC, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared import clock


def test_now_is_utc_to_the_millisecond_as_the_database_keeps_it():
    now = clock.now()
    assert now.tzinfo is UTC
    assert now.microsecond % 1000 == 0
    assert abs(clock.ms(now) - clock.now_ms()) < 1000


@given(st.integers(0, 1 << 42))
def test_milliseconds_and_moments_are_the_same_to_the_last_one(number):
    """By way of a float six in a thousand moments come out a millisecond early: a page lost what began at one."""
    assert clock.ms(clock.from_ms(number)) == number


@given(st.integers(0, 1 << 53))
def test_versions_grow_whatever_was_before(previous):
    assert clock.next_version(previous) > previous


def test_a_restored_backup_goes_on_beyond_what_it_had_given_out():
    """Its counter stands where the backup was taken; the versions given out since were milliseconds of that time."""
    given_out_after_the_backup = clock.ms(clock.now() - timedelta(seconds=1))
    assert clock.next_version(5) > given_out_after_the_backup
