"""What an import tells is held back while more of it comes, and for four minutes at most."""

from __future__ import annotations

import pytest

from shared.messaging.lanes import Lull


class Stopwatch:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def stopwatch() -> Stopwatch:
    return Stopwatch()


def test_what_has_just_come_waits_and_goes_after_three_quiet_seconds(stopwatch: Stopwatch) -> None:
    lull = Lull(stopwatch)
    assert not lull.over("1")
    stopwatch.seconds += 2.9
    assert not lull.over("1")
    stopwatch.seconds += 0.2
    assert lull.over("1")


def test_more_of_it_prolongs_the_wait_but_for_no_more_than_four_minutes(stopwatch: Stopwatch) -> None:
    lull = Lull(stopwatch)
    began = stopwatch.seconds
    newest = 0
    while not lull.over(str(newest)):
        stopwatch.seconds += 1
        newest += 1
    assert stopwatch.seconds - began == 240


def test_nothing_is_never_due_and_begins_the_four_minutes_anew(stopwatch: Stopwatch) -> None:
    lull = Lull(stopwatch)
    lull.over("1")
    stopwatch.seconds += 300
    assert not lull.over(None)
    assert not lull.over("2")
    stopwatch.seconds += 1
    assert not lull.over("3")
