"""Answers count against the seats, in whatever order they come; who waits for a seat moves up in turn."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from marshmallow import ValidationError

from services.scheduling.domain import answers
from services.scheduling.domain.answers import ANSWERS, MOST_WAITING, Tally
from shared.contracts import words
from shared.contracts.scheduling.meetings import closing_minutes
from shared.errors import Conflict, Invalid

NOW = datetime(2026, 7, 27, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
CAPACITIES = st.none() | st.integers(1, 6)


def test_the_answers_are_those_of_the_contract():
    assert set(ANSWERS) == set(words.ANSWERS)
    assert {answers.COMING, answers.WAITING} == set(words.ANSWER_STATES)


class Seats(RuleBasedStateMachine):
    """One session in which people answer, change their minds and leave, while officers change its seats. Beside it a
    plain list of what each person was told: who has a seat, and who asked for one when."""

    def __init__(self) -> None:
        super().__init__()
        self.tally = Tally(capacity=3)
        self.said: dict[str, str] = {}
        self.seated: list[str] = []
        self.asked: list[str] = []

    @rule(who=st.integers(1, 12).map(str), answer=st.sampled_from(ANSWERS))
    def answer(self, who, answer):
        before = self.said.get(who)
        self.tally, moved = self.tally.answered(who, before, answer)
        if answer != before:
            self.said[who] = answer
            self.seated = [other for other in self.seated if other != who]
            self.asked = [other for other in self.asked if other != who]
            if answer == "yes":
                self.asked.append(who)
            self.told(moved, beside=who)

    @rule(capacity=CAPACITIES)
    def resize(self, capacity):
        try:
            held = self.tally.holding(capacity)
        except Conflict:
            assert capacity < len(self.seated)
            return
        self.tally, moved = held.moved_up()
        self.told(moved)

    def told(self, moved, beside=None):
        """Those who moved up, and whoever took a free seat, leave the line from its front."""
        for who in moved:
            assert self.asked.pop(0) == who
            self.seated.append(who)
        if beside in self.asked and self.tally.state_of(beside, "yes") == answers.COMING:
            assert self.asked.pop(0) == beside
            self.seated.append(beside)

    @invariant()
    def seats_are_never_exceeded(self):
        assert self.tally.yes == len(self.seated)
        assert self.tally.capacity is None or self.tally.yes <= self.tally.capacity

    @invariant()
    def nobody_is_lost_and_the_order_is_kept(self):
        assert list(self.tally.line) == self.asked
        assert {who for who, said in self.said.items() if said == "yes"} == {*self.seated, *self.asked}
        for answer in ("no", "maybe"):
            assert getattr(self.tally, answer) == list(self.said.values()).count(answer)

    @precondition(lambda self: self.tally.line)
    @invariant()
    def nobody_waits_beside_a_free_seat(self):
        assert self.tally.yes == self.tally.capacity


TestSeats = Seats.TestCase
TestSeats.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)


def test_a_seat_given_up_goes_to_the_first_who_waits():
    full = Tally(yes=1, capacity=1, line=("budi", "citra"))
    assert full.answered("siti", "yes", "no") == (Tally(yes=1, no=1, capacity=1, line=("citra",)), ("budi",))


def test_who_stops_waiting_leaves_the_order_of_the_others():
    full = Tally(yes=1, capacity=1, line=("budi", "citra", "dewi"))
    after, moved = full.answered("citra", "yes", "maybe")
    assert (after.line, after.maybe, moved) == (("budi", "dewi"), 1, ())
    assert after.answered("citra", "maybe", "yes")[0].line == ("budi", "dewi", "citra")


def test_whoever_has_a_seat_or_waits_may_say_so_again():
    full = Tally(yes=1, capacity=1, line=("budi",))
    assert full.answered("budi", "yes", "yes") == (full, ())


def test_a_waiting_line_has_an_end():
    full = Tally(yes=1, capacity=1, line=tuple(map(str, range(MOST_WAITING))))
    with pytest.raises(Conflict):
        full.answered("siti", None, "yes")
    assert full.answered("siti", None, "maybe")[0].maybe == 1


def test_seats_cannot_be_taken_from_those_who_come():
    Tally(yes=3).holding(3)
    Tally(yes=3).holding(None)
    with pytest.raises(Conflict) as refused:
        Tally(yes=3).holding(2)
    assert refused.value.text.params == {"yes": 3}


def test_answers_are_taken_until_the_session_ends():
    answers.check_open("scheduled", NOW + timedelta(seconds=1), NOW)
    for status, ends_at in [("cancelled", NOW + HOUR), ("scheduled", NOW)]:
        with pytest.raises(Conflict):
            answers.check_open(status, ends_at, NOW)


def test_answers_are_taken_until_the_moment_that_officers_named():
    answers.check_in_time(None, NOW)
    answers.check_in_time(NOW, NOW)
    with pytest.raises(Conflict) as refused:
        answers.check_in_time(NOW - timedelta(seconds=1), NOW)
    assert refused.value.text.key == "answers.closed"


def test_the_last_moment_to_answer_is_the_beginning():
    assert answers.minutes_before(NOW, NOW) == 0
    assert answers.minutes_before(None, NOW) is None
    with pytest.raises(Invalid):
        answers.minutes_before(NOW + timedelta(seconds=1), NOW)


@given(st.integers(0, 40 * 24 * 3_600_000))
def test_the_last_moment_to_answer_moves_with_its_session_and_is_kept_to_the_millisecond(before):
    asked = NOW - timedelta(milliseconds=before)
    session = {"starts_at": NOW, "answers_close_minutes": answers.minutes_before(asked, NOW)}
    assert answers.until(session) == asked
    assert answers.until({**session, "starts_at": NOW + HOUR}) == asked + HOUR
    assert answers.until({"starts_at": NOW}) is None


def test_answers_to_a_series_close_whole_minutes_and_at_most_four_weeks_before_each_meeting():
    """As the contract of a series has it, also where one of its meetings says when."""
    assert answers.closing_of_series(90.5) == 90
    assert answers.closing_of_series(None) is None
    longest = answers.LONGEST_CLOSING // timedelta(minutes=1)
    assert closing_minutes().deserialize(answers.closing_of_series(longest)) == longest
    with pytest.raises(Invalid):
        answers.closing_of_series(longest + 1)
    with pytest.raises(ValidationError):
        closing_minutes().deserialize(longest + 1)
