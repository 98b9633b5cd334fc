"""No community is ever left without an officer, nobody belongs twice on a day, and what was stays on record."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.membership.domain import dated, memberships
from services.membership.domain.memberships import OFFICERS, Roster
from shared.contracts.words import MEMBER_ROLES, OFFICER_ROLES
from shared.errors import Conflict

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
PEOPLE = st.sampled_from("abcde")
ROLES = st.sampled_from(MEMBER_ROLES)


def test_officers_are_those_whom_the_contracts_call_so():
    assert OFFICERS == OFFICER_ROLES


def test_what_one_was_before_ends_no_later_than_one_did():
    facts = [
        {"id": "a", "valid_from": "2024-07-01", "valid_until": "2025-06-30", "reason": "left"},
        {"id": "b", "valid_from": "2025-07-01", "valid_until": "2026-06-30", "reason": "role"},
        {"id": "c", "valid_from": "2026-06-10", "valid_until": "2026-06-09", "reason": "role"},
    ]
    [cut] = memberships.cut_short(facts, "departed", "2026-06-01")
    assert cut == {**facts[1], "valid_until": "2026-05-31", "reason": "departed"}


class Community(RuleBasedStateMachine):
    """People come, go and take roles in any order, and some are taken away by what happens elsewhere."""

    def __init__(self):
        super().__init__()
        self.day = TODAY
        self.records = {}
        self.facts = {}
        self.kept = {}
        self.closed = False
        self.roster = Roster()
        self.joins("a", "ketua")

    # what the unit of work does with what the domain decides

    @property
    def today(self):
        return self.day.isoformat()

    def write(self, person, change):
        self.records[person] = change.record
        for fact in (change.ended, change.begun):
            if fact is not None:
                self.facts[fact["id"]] = fact

    def fact(self, person):
        return self.facts[self.records[person]["fact_id"]]

    def present(self):
        return [person for person, record in self.records.items() if record["active"]]

    def officers(self):
        return [person for person in self.present() if self.records[person]["role"] in OFFICERS]

    def joins(self, person, role):
        self.roster = self.roster.joined(role)
        record = self.records.get(person)
        self.write(person, memberships.join(record, "c", person, role, now=NOW, today=self.today))

    def takes(self, person, role):
        self.roster = self.roster.changed(self.records[person]["role"], role)
        self.write(person, memberships.take_role(self.records[person], self.fact(person), role, today=self.today))

    def goes(self, person, reason, roster, day):
        self.roster = roster
        self.write(person, memberships.leave(self.records[person], self.fact(person), reason, now=NOW, day=day))

    # what people do

    @rule(person=PEOPLE, role=ROLES)
    def somebody_joins(self, person, role):
        if person not in self.present() and not self.closed:
            self.joins(person, role)

    @rule(person=PEOPLE)
    def somebody_leaves(self, person):
        if person in self.present() and not self.closed:
            last = self.officers() == [person]
            try:
                roster = self.roster.left(self.records[person]["role"])
            except Conflict:
                assert last
            else:
                assert not last
                self.goes(person, "left", roster, self.today)

    @rule(person=PEOPLE, role=ROLES)
    def somebody_takes_a_role(self, person, role):
        if person in self.present() and not self.closed and self.records[person]["role"] != role:
            try:
                self.takes(person, role)
            except Conflict:
                assert self.officers() == [person]

    @rule(person=PEOPLE, days_ago=st.integers(0, 40))
    def somebody_is_transferred(self, person, days_ago):
        if person not in self.present():
            return
        if self.roster.needs_successor(self.records[person]["role"]) and not self.closed:
            others = [other for other in self.present() if self.records[other]["role"] == "member" and other != person]
            if others:
                self.takes(others[0], "ketua")
            else:
                self.closed = True
        day = (self.day - timedelta(days=days_ago)).isoformat()
        self.goes(person, "transferred", self.roster.closed(self.records[person]["role"]), day)

    @rule(days=st.integers(1, 30))
    def days_pass(self, days):
        self.day += timedelta(days=days)

    # what always holds

    @invariant()
    def there_is_an_officer(self):
        assert self.closed or self.officers()

    @invariant()
    def the_roster_counts_right(self):
        assert self.roster == Roster(members=len(self.present()), officers=len(self.officers()))

    @invariant()
    def the_facts_of_today_are_who_is_present(self):
        now = {(fact["person_id"], fact["role"]) for fact in self.facts.values() if dated.holds(fact, self.today)}
        assert now == {(person, self.records[person]["role"]) for person in self.present()}

    @invariant()
    def nobody_belongs_twice_on_a_day(self):
        facts = list(self.facts.values())
        for at, one in enumerate(facts):
            for other in facts[at + 1 :]:
                assert one["person_id"] != other["person_id"] or not dated.overlap(one, other)

    @invariant()
    def history_never_shrinks_and_what_ended_stays_as_it_ended(self):
        assert self.kept.keys() <= self.facts.keys()
        for id_, fact in self.kept.items():
            now = self.facts[id_]
            lasting = ("person_id", "role", "valid_from", "joined_at")
            assert [now[name] for name in lasting] == [fact[name] for name in lasting]
            if fact["valid_until"] is not None:
                assert now == fact
        self.kept = dict(self.facts)


TestCommunity = Community.TestCase


def test_whoever_comes_back_keeps_the_time_before():
    there = memberships.join(None, "c", "a", "member", now=NOW, today="2026-01-10")
    gone = memberships.leave(there.record, there.begun, "left", now=NOW, day="2026-03-01")
    back = memberships.join(gone.record, "c", "a", "sekretaris", now=NOW, today="2026-07-01")
    assert (gone.ended["valid_from"], gone.ended["valid_until"]) == ("2026-01-10", "2026-02-28")
    assert back.begun["id"] != gone.ended["id"]
    assert back.record["active"] and back.record["reason"] is None and back.record["valid_until"] is None
