"""Where somebody teaches, as dated facts: one primary school at a time."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.membership.domain import assignments, dated
from shared.errors import Conflict, Invalid

DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@st.composite
def facts(draw):
    since = draw(DAYS)
    until = draw(st.none() | st.integers(-1, 900).map(lambda days: since + timedelta(days=days)))
    return assignments.begun(
        "p",
        draw(st.sampled_from(["20306577", "20306578", "20306579"])),
        primary=draw(st.booleans()),
        duty=None,
        since=since.isoformat(),
        until=until and until.isoformat(),
    )


def days_of(fact, horizon=date(2033, 1, 1)):
    day, last = date.fromisoformat(fact["valid_from"]), date.fromisoformat(fact["valid_until"] or horizon.isoformat())
    return day.toordinal(), last.toordinal()


@given(facts(), facts())
def test_two_assignments_overlap_when_they_share_a_day(one, other):
    (a, b), (c, d) = days_of(one), days_of(other)
    assert dated.overlap(one, other) == (max(a, c) <= min(b, d))
    assert dated.overlap(one, other) == dated.overlap(other, one)


@given(facts(), facts())
def test_a_correction_adds_days_when_it_holds_on_one_that_was_not_said_before(before, after):
    (a, b), (c, d) = days_of(before), days_of(after)
    assert dated.adds_days(after, before) == bool(set(range(c, d + 1)) - set(range(a, b + 1)))


@given(facts(), DAYS)
def test_what_ends_earlier_or_is_worded_otherwise_draws_nobody(fact, day):
    assert not assignments.draws(fact, {**fact, "duty": "Wali Kelas"})
    assert dated.is_over(fact, day.isoformat()) or not assignments.draws(fact, dated.ended(fact, day.isoformat()))
    for primary in (True, False):
        assert assignments.draws({**fact, "primary": primary}, {**fact, "primary": not primary})


@given(st.lists(facts(), max_size=12), DAYS)
def test_nobody_ever_has_two_primary_schools_or_one_school_twice(wanted, day):
    held = []
    for fact in wanted:
        try:
            assignments.check_new(fact, held)
        except Conflict:
            continue
        held.append(fact)
    today = assignments.current(held, day.isoformat())
    assert sum(fact["primary"] for fact in today) <= 1
    assert len({fact["npsn"] for fact in today}) == len(today)


@given(facts(), DAYS)
def test_after_an_assignment_ended_the_next_may_begin_that_day(fact, day):
    ended = dated.ended(fact, day.isoformat())
    following = assignments.begun("p", fact["npsn"], primary=True, duty=None, since=day.isoformat())
    assignments.check_new(following, [ended])


def test_the_primary_school_comes_first():
    second = assignments.begun("p", "20306578", primary=False, duty=None, since="2020-01-01")
    first = assignments.begun("p", "20306577", primary=True, duty=None, since="2025-01-01")
    assert assignments.current([second, first], "2026-01-01") == [first, second]
    assert assignments.current([second, first], "2024-12-31") == [second]


def test_a_last_day_before_the_first_is_refused():
    dated.check_days("2026-01-01", "2026-01-01")
    with pytest.raises(Invalid) as refused:
        dated.check_days("2026-01-02", "2026-01-01")
    assert "until" in refused.value.fields


@pytest.mark.parametrize(("field", "days"), [("from", ("0001-01-01", None)), ("until", ("2026-01-01", "9999-12-31"))])
def test_a_day_that_nobody_means_is_refused(field, days):
    with pytest.raises(Invalid) as refused:
        dated.check_days(*days)
    assert list(refused.value.fields) == [field]


SCHOOLS = st.sampled_from(["20306577", "20306578", "20306579"])
WHEN = st.integers(-60, 60)


class Teacher(RuleBasedStateMachine):
    """One teacher's years: posts begin, end and are set right, transfers are entered late or ahead, and cancelled."""

    def __init__(self):
        super().__init__()
        self.today = date(2026, 7, 1)
        self.facts = {}
        self.kept = {}
        self.planned = None

    def day(self, days):
        return (self.today + timedelta(days=days)).isoformat()

    def held(self):
        return list(self.facts.values())

    def write(self, *facts):
        self.facts |= {fact["id"]: fact for fact in facts}

    def plan(self, day, begun_id, ended):
        before = {fact["id"]: self.facts[fact["id"]]["valid_until"] for fact in ended}
        self.planned = (begun_id, before, day) if day > self.today.isoformat() else None

    @rule(npsn=SCHOOLS, primary=st.booleans(), when=WHEN, lasts=st.none() | st.integers(0, 60))
    def a_post_begins(self, npsn, primary, when, lasts):
        until = None if lasts is None else self.day(when + lasts)
        fact = assignments.begun("p", npsn, primary=primary, duty=None, since=self.day(when), until=until)
        try:
            assignments.check_new(fact, self.held())
        except Conflict:
            return
        self.write(fact)

    @rule(npsn=SCHOOLS, when=WHEN)
    def she_moves(self, npsn, when):
        if self.planned:
            return
        day = self.day(when)
        try:
            move = assignments.moved(self.held(), "p", npsn, day=day, duty=None)
        except Conflict:
            return
        self.plan(day, move.begun["id"], move.ended)
        self.write(*move.ended, move.begun)
        assert assignments.primary_on(self.held(), day)["npsn"] == npsn
        before = assignments.primary_on(self.held(), dated.day_before(day))
        assert before is None or before["id"] != move.begun["id"]

    @rule(when=WHEN)
    def she_leaves(self, when):
        if self.planned:
            return
        ended = assignments.left(self.held(), self.day(when))
        self.plan(self.day(when), None, ended)
        self.write(*ended)
        assert not assignments.current(self.held(), self.day(when))
        assert not assignments.current(self.held(), self.day(when + 90))

    @rule()
    def the_plan_is_cancelled(self):
        if self.planned and self.planned[2] > self.today.isoformat():
            begun_id, before, day = self.planned
            try:
                undone = assignments.undone(self.held(), begun_id, before, day)
            except Conflict:
                return
            self.write(*undone)
            self.planned = None

    @rule(at=st.integers(0, 20), when=WHEN)
    def an_end_is_set_right(self, at, when):
        if not self.facts:
            return
        fact = self.held()[at % len(self.facts)]
        after = {**fact, "valid_until": self.day(when)}
        try:
            dated.check_days(after["valid_from"], after["valid_until"])
            assignments.check_new(after, [other for other in self.held() if other is not fact])
        except (Conflict, Invalid):
            return
        self.write(after)

    @rule(days=st.integers(1, 90))
    def days_pass(self, days):
        self.today += timedelta(days=days)
        if self.planned and self.planned[2] <= self.today.isoformat():
            self.planned = None

    @invariant()
    def no_two_primary_schools_share_a_day_and_no_school_counts_twice(self):
        held = self.held()
        for at, one in enumerate(held):
            for other in held[at + 1 :]:
                if one["npsn"] == other["npsn"] or (one["primary"] and other["primary"]):
                    assert not dated.overlap(one, other)

    @invariant()
    def history_never_shrinks(self):
        assert self.kept.keys() <= self.facts.keys()
        for id_, fact in self.kept.items():
            now = self.facts[id_]
            assert [now[name] for name in ("npsn", "valid_from")] == [fact[name] for name in ("npsn", "valid_from")]
        self.kept = dict(self.facts)


TestTeacher = Teacher.TestCase


def test_a_transfer_keeps_the_second_school_and_ends_the_first():
    first = assignments.begun("p", "20306577", primary=True, duty="Guru", since="2020-07-01")
    second = assignments.begun("p", "20306578", primary=False, duty=None, since="2024-07-01")
    move = assignments.moved([first, second], "p", "20306579", day="2026-07-01", duty="Guru")
    assert [(fact["id"], fact["valid_until"]) for fact in move.ended] == [(first["id"], "2026-06-30")]
    assert (move.begun["valid_from"], move.begun["valid_until"], move.begun["primary"]) == ("2026-07-01", None, True)


def test_a_second_school_that_becomes_the_first_begins_anew():
    first = assignments.begun("p", "20306577", primary=True, duty=None, since="2020-07-01")
    second = assignments.begun("p", "20306578", primary=False, duty=None, since="2024-07-01")
    move = assignments.moved([first, second], "p", "20306578", day="2026-07-01", duty=None)
    assert {fact["id"] for fact in move.ended} == {first["id"], second["id"]}


def test_nobody_moves_to_where_they_are_or_past_a_later_move():
    here = assignments.begun("p", "20306577", primary=True, duty=None, since="2020-07-01", until="2026-12-31")
    later = assignments.begun("p", "20306578", primary=True, duty=None, since="2027-01-01")
    with pytest.raises(Conflict):
        assignments.moved([here], "p", "20306577", day="2026-07-01", duty=None)
    with pytest.raises(Conflict):
        assignments.moved([here, later], "p", "20306579", day="2026-07-01", duty=None)


def test_what_was_set_right_after_it_was_planned_stays_so_when_the_plan_is_cancelled():
    first = assignments.begun("p", "20306577", primary=True, duty=None, since="2020-07-01")
    move = assignments.moved([first], "p", "20306578", day="2027-07-01", duty=None)
    earlier = {**first, "valid_until": "2026-12-31"}
    undone = assignments.undone([earlier, move.begun], move.begun["id"], {first["id"]: None}, "2027-07-01")
    assert [fact["id"] for fact in undone] == [move.begun["id"]]
    undone = assignments.undone([*move.ended, move.begun], move.begun["id"], {first["id"]: None}, "2027-07-01")
    assert [(fact["id"], fact["valid_until"]) for fact in undone] == [
        (move.begun["id"], "2027-06-30"),
        (first["id"], None),
    ]
