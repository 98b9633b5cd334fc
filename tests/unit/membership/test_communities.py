"""No community is ever left without an officer, and what was stays on record."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.membership.domain import communities
from services.membership.domain.communities import OFFICERS, Roster
from shared.contracts.words import MEMBER_ROLES, OFFICER_ROLES
from shared.errors import Conflict, Invalid

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
PEOPLE = st.sampled_from("abcde")
ROLES = st.sampled_from(MEMBER_ROLES)


def test_officers_are_those_whom_the_contracts_call_so():
    assert OFFICERS == OFFICER_ROLES


class Community(RuleBasedStateMachine):
    """People come, go and take roles in any order."""

    def __init__(self):
        super().__init__()
        self.now = NOW
        self.records = {"a": communities.join(None, "c", "a", "ketua", NOW)}
        self.roster = Roster(members=1, officers=1)
        self.past = {}

    def present(self, person):
        return person in self.records and self.records[person]["active"]

    @rule(person=PEOPLE, role=ROLES)
    def somebody_joins(self, person, role):
        if not self.present(person):
            self.roster = self.roster.joined(role)
            self.records[person] = communities.join(self.records.get(person), "c", person, role, self.now)

    @rule(person=PEOPLE)
    def somebody_leaves(self, person):
        if self.present(person):
            last = self.officers() == [person]
            try:
                self.roster = self.roster.left(self.records[person]["role"])
            except Conflict:
                assert last
            else:
                assert not last
                self.records[person] = communities.leave(self.records[person], self.now)

    @rule(person=PEOPLE, role=ROLES)
    def somebody_takes_a_role(self, person, role):
        if self.present(person):
            try:
                self.roster = self.roster.changed(self.records[person]["role"], role)
            except Conflict:
                assert self.officers() == [person]
            else:
                self.records[person] = communities.take_role(self.records[person], role, self.now)

    @rule()
    def a_day_passes(self):
        self.now += timedelta(days=1)

    def officers(self):
        return [person for person in self.records if self.present(person) and self.records[person]["role"] in OFFICERS]

    @invariant()
    def there_is_an_officer(self):
        assert self.officers()

    @invariant()
    def the_roster_counts_right(self):
        present = [person for person in self.records if self.present(person)]
        assert self.roster == Roster(members=len(present), officers=len(self.officers()))

    @invariant()
    def history_only_grows(self):
        for person, record in self.records.items():
            before = self.past.get(person, [])
            assert record["history"][: len(before)] == before
            assert all(time["from"] <= time["until"] for time in record["history"])
        self.past = {person: list(record["history"]) for person, record in self.records.items()}


TestCommunity = Community.TestCase


def test_whoever_comes_back_keeps_the_time_before():
    record = communities.join(None, "c", "a", "member", NOW)
    gone = communities.leave(record, NOW + timedelta(days=30))
    back = communities.join(gone, "c", "a", "sekretaris", NOW + timedelta(days=60))
    assert back["history"] == [{"role": "member", "from": NOW, "until": NOW + timedelta(days=30)}]
    assert back["active"] and back["left_at"] is None


def community(**changes):
    base = {"name": "MGMP IPA", "kind": "mgmp", "level": "SMP", "subject": "IPA", "npsn": None, "subdistricts": []}
    return {**base, **changes}


@pytest.mark.parametrize(
    ("kind", "npsn", "fits"),
    [("kombel", None, False), ("mgmp", "20306577", False), ("kombel", "20306577", True), ("mgmp", None, True)],
)
def test_a_kombel_has_a_school_and_the_others_have_none(kind, npsn, fits):
    if fits:
        communities.check_shape(community(kind=kind, npsn=npsn))
    else:
        with pytest.raises(Invalid):
            communities.check_shape(community(kind=kind, npsn=npsn))


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "kind": st.just("mgmp"),
            "level": st.just("SMP"),
            "subject": st.just("ipa"),
            "subdistrict": st.just("Kepil"),
            "q": st.just("mgmp"),
        },
    )
)
def test_a_community_is_found_by_any_of_its_marks_together(where):
    found = community(subdistricts=["Kepil"])
    found["keys"] = communities.keys(found)
    wanted = communities.found_by(where)
    assert wanted.where["keys"] in found["keys"]
    assert wanted.keep(found)
