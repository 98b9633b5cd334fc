"""Rules of who may do what."""

from dataclasses import dataclass, field

import pytest

from shared.contracts.base import Command
from shared.policy import (
    Policy,
    anyone,
    client,
    member,
    officer,
    operator,
    school_leader,
    signed_in,
    themselves,
    unbound_client,
)

ACT = Command("membership.act")


@dataclass
class Somebody:
    """A standing as rules see it."""

    person_id: str = "me"
    operator: bool = False
    roles: dict[str, str] = field(default_factory=dict)
    leads: set[tuple[str, str]] = field(default_factory=set)
    machine: bool = False
    bound: bool = False

    def member_of(self, community_id):
        return community_id in self.roles

    def officer_of(self, community_id):
        return self.roles.get(community_id) in ("ketua", "sekretaris", "bendahara")

    def holds(self, role, npsn=None):
        return (role, npsn) in self.leads


KETUA = Somebody(roles={"a": "ketua"})
MEMBER = Somebody(roles={"a": "member"})
OPERATOR = Somebody(operator=True)
CLIENT = Somebody(machine=True)
BOUND_CLIENT = Somebody(machine=True, bound=True)
PRINCIPAL = Somebody(leads={("principal", "20300001")})


@pytest.mark.parametrize(
    ("rule", "who", "about", "allowed"),
    [
        (anyone, None, {}, True),
        (signed_in, None, {}, False),
        (signed_in, MEMBER, {}, True),
        (signed_in, CLIENT, {}, False),
        (client, CLIENT, {}, True),
        (client, BOUND_CLIENT, {}, True),
        (client, MEMBER, {}, False),
        (unbound_client, CLIENT, {}, True),
        (unbound_client, BOUND_CLIENT, {}, False),
        (unbound_client, OPERATOR, {}, False),
        (operator, OPERATOR, {}, True),
        (operator, KETUA, {}, False),
        (themselves, MEMBER, {"person_id": "me"}, True),
        (themselves, MEMBER, {"person_id": "you"}, False),
        (themselves, MEMBER, {}, False),
        (member, MEMBER, {"community_id": "a"}, True),
        (member, MEMBER, {"community_id": "b"}, False),
        (member, MEMBER, {}, False),
        (officer, KETUA, {"community_id": "a"}, True),
        (officer, MEMBER, {"community_id": "a"}, False),
        (officer, KETUA, {"community_id": None}, False),
        (school_leader, PRINCIPAL, {"npsn": "20300001"}, True),
        (school_leader, PRINCIPAL, {"npsn": "20300002"}, False),
        (school_leader, PRINCIPAL, {}, False),
        (operator | officer, KETUA, {"community_id": "a"}, True),
        (operator | officer, MEMBER, {"community_id": "a"}, False),
        (operator & officer, OPERATOR, {"community_id": "a"}, False),
        (operator | (member & themselves), MEMBER, {"community_id": "a", "person_id": "me"}, True),
    ],
    ids=str,
)
def test_rules_allow_whom_they_name(rule, who, about, allowed):
    assert rule(who, about) is allowed


@pytest.mark.parametrize(
    "rule", [signed_in, client, unbound_client, operator, themselves, member, officer, school_leader], ids=str
)
def test_nobody_is_nobody(rule):
    assert not rule(None, {"community_id": "a", "person_id": "me", "npsn": "20300001"})


def test_an_operation_without_a_line_is_not_in_the_table():
    table = Policy({ACT: operator})
    assert ACT in table
    assert Command("membership.other") not in table
    with pytest.raises(KeyError):
        table.rule_for(Command("membership.other"))


def test_further_lines_win_and_change_no_table():
    table = Policy({ACT: operator})
    other = Command("membership.other")
    extended = table.including({ACT: signed_in, other: operator})
    assert extended.rule_for(ACT) is signed_in and other in extended
    assert table.rule_for(ACT) is operator and other not in table


def test_a_rule_knows_what_it_is_made_of():
    rule = operator | (member & themselves)
    assert rule.parts == (operator, member, themselves)
    assert rule.name == "operator or (member and themselves)"
    assert all(part.said for part in rule.parts)
