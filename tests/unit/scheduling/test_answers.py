"""Answers count against the seats, in whatever order they come."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scheduling.domain import answers
from services.scheduling.domain.answers import ANSWERS, Tally
from shared.contracts import words
from shared.errors import Conflict

NOW = datetime(2026, 7, 27, 3, 0, tzinfo=UTC)


def test_the_answers_are_those_of_the_contract():
    assert set(ANSWERS) == set(words.ANSWERS)


@given(st.lists(st.tuples(st.integers(1, 12), st.sampled_from(ANSWERS))), st.none() | st.integers(1, 6))
def test_seats_are_never_exceeded_and_the_tally_is_what_people_said(said, capacity):
    tally, given_by = Tally(), {}
    for person, answer in said:
        try:
            tally = tally.counting(given_by.get(person), answer, capacity)
        except Conflict:
            assert answer == "yes"
            assert given_by.get(person) != "yes"
            assert tally.yes == capacity
            continue
        given_by[person] = answer
        assert capacity is None or tally.yes <= capacity
    counted = Counter(given_by.values())
    assert (tally.yes, tally.no, tally.maybe) == (counted["yes"], counted["no"], counted["maybe"])


def test_a_seat_given_up_is_free_for_the_next():
    full = Tally(yes=1)
    with pytest.raises(Conflict):
        full.counting(None, "yes", 1)
    assert full.counting("yes", "no", 1).counting(None, "yes", 1) == Tally(yes=1, no=1)


def test_whoever_has_a_seat_may_say_so_again():
    assert Tally(yes=1).counting("yes", "yes", 1) == Tally(yes=1)


def test_seats_cannot_be_taken_from_those_who_come():
    Tally(yes=3).check_seats(3)
    Tally(yes=3).check_seats(None)
    with pytest.raises(Conflict) as refused:
        Tally(yes=3).check_seats(2)
    assert refused.value.text.params == {"yes": 3}


def test_answers_are_taken_until_the_session_ends():
    answers.check_open("scheduled", NOW + timedelta(seconds=1), NOW)
    for status, ends_at in [("cancelled", NOW + timedelta(hours=1)), ("scheduled", NOW)]:
        with pytest.raises(Conflict):
            answers.check_open(status, ends_at, NOW)
