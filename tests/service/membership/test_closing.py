"""A community is archived, revived, or lives on in another one."""

from functools import partial

import pytest

from services.membership.usecases import closing
from shared.contracts import membership as m
from shared.contracts.events import membership as events
from shared.errors import Conflict, Forbidden, Invalid
from shared.ids import new_id
from tests.support.neighbours import at_once
from tests.support.patience import eventually


@pytest.fixture
def ketua(town):
    return town.teacher("Ibu Ketua")


@pytest.fixture
def community(town, ketua):
    return town.community(ketua)


def add(town, who, community, *people, role="member", **how):
    ids = [person["person"]["id"] for person in people]
    return town.ask(who, m.ADD_MEMBERS, community_id=community, person_ids=ids, role=role, **how)["items"]


def roles(town, community):
    page = town.ask(town.operator, m.LIST_MEMBERS, community_id=community)
    return {member["person_id"]: member["role"] for member in page["items"]}


def merge(town, who, double, into):
    found = town.ask(who, m.MERGE_COMMUNITY, community_id=double, into=into)
    eventually(lambda: town.store.merges.get(double) is None)
    return found


def test_what_was_archived_goes_on_as_it_was(town, ketua, community):
    key = {"community_id": community}
    assert town.ask(ketua, m.ARCHIVE_COMMUNITY, **key)["status"] == "archived"
    with pytest.raises(Forbidden):
        town.ask(town.teacher(), m.REVIVE_COMMUNITY, **key)
    revived = town.ask(ketua, m.REVIVE_COMMUNITY, **key)
    assert (revived["status"], revived["my_role"]) == ("active", "ketua")
    assert [each["status"] for each in town.emitted(events.COMMUNITY_CHANGED)] == ["active", "archived", "active"]


def test_a_community_without_officers_is_revived_with_a_new_ketua(town, ketua, community):
    key = {"community_id": community}
    town.ask(ketua, m.ARCHIVE_COMMUNITY, **key)
    guard = town.store.rosters.require(community)
    record = town.store.members.require(f"{community}/{ketua['person']['id']}")
    town.store.members.save({**record, "active": False})
    town.store.rosters.save({**guard, "members": 0, "officers": 0})
    with pytest.raises(Invalid):
        town.ask(town.operator, m.REVIVE_COMMUNITY, **key)
    deputy = town.teacher("Bu Baru")
    town.ask(town.operator, m.REVIVE_COMMUNITY, **key, ketua_id=deputy["person"]["id"])
    assert roles(town, community) == {deputy["person"]["id"]: "ketua"}


def test_a_double_lives_on_with_its_members_officers_and_terms(town, ketua, community):
    other, deputy, both, plain = [town.teacher(name) for name in ("Pak Kembar", "Bu Bendahara", "Ganda", "Siti")]
    double = town.community(other, name="MGMP I P A")
    term = {"valid_from": "2025-01-01", "valid_until": "2099-12-31"}
    add(town, other, double, deputy, role="bendahara", term=term)
    add(town, other, double, both, plain)
    add(town, ketua, community, both)
    into = merge(town, town.operator, double, community)
    assert into["id"] == community
    assert roles(town, double) == {}
    expected = {
        ketua["person"]["id"]: "ketua",
        other["person"]["id"]: "sekretaris",
        deputy["person"]["id"]: "bendahara",
        both["person"]["id"]: "member",
        plain["person"]["id"]: "member",
    }
    assert roles(town, community) == expected
    shown = town.ask(ketua, m.GET_COMMUNITY, community_id=community)
    assert shown["member_count"] == 5
    gone = town.ask(ketua, m.GET_COMMUNITY, community_id=double)
    assert (gone["status"], gone["merged_into"], gone["member_count"]) == ("archived", community, 0)
    members = town.ask(ketua, m.LIST_MEMBERS, community_id=community)["items"]
    assert [member["term"] for member in members if member["role"] == "bendahara"] == [term]
    left = town.emitted(events.MEMBER_LEFT)
    assert {each["reason"] for each in left} == {"merged"} and len(left) == 4
    joined = [each for each in town.emitted(events.MEMBER_JOINED) if each["community_id"] == community]
    assert [each.get("quiet", False) for each in joined].count(True) == 3


def test_who_belonged_to_a_double_on_a_day_is_still_told(town, ketua, community):
    other, siti = town.teacher("Pak Kembar"), town.teacher()
    double = town.community(other)
    [record] = add(town, other, double, siti)
    merge(town, town.operator, double, community)
    fact = town.store.memberships.require(town.store.members.require(f"{double}/{siti['person']['id']}")["fact_id"])
    town.store.memberships.save({**fact, "valid_from": "2024-01-01", "valid_until": "2024-12-31"})
    then = town.ask(ketua, m.LIST_MEMBERS, community_id=community, on="2024-06-01")["items"]
    assert [member["person_id"] for member in then] == [record["person_id"]]


def test_a_chain_of_doubles_points_at_the_one_that_is_left(town, ketua, community):
    first, second = town.community(ketua, name="A"), town.community(ketua, name="B")
    merge(town, town.operator, first, second)
    merge(town, town.operator, second, community)
    states = {each["community_id"]: each for each in town.emitted(events.COMMUNITY_CHANGED)}
    assert states[first]["merged_into"] == states[second]["merged_into"] == community
    assert set(states[community]["merged_from"]) == {first, second}
    assert roles(town, community) == {ketua["person"]["id"]: "ketua"}


def test_what_stood_below_a_double_forms_no_ring_with_what_it_became(town, ketua):
    """The district's MGMP, a sanggar below it, and below that the MGMP's double, which it becomes."""
    top = town.community(ketua, name="Atas")
    double = town.community(ketua, name="MGMP Kabupaten", parent_id=top)
    sanggar = town.community(ketua, name="Sanggar Timur", parent_id=double)
    other = town.community(ketua, name="Sanggar Barat", parent_id=double)
    into = town.community(ketua, name="MGMP Kab.", parent_id=sanggar)
    merge(town, town.operator, double, into)
    parents = {id_: doc["parent_id"] for id_, doc in town.store.communities.get_many([sanggar, other, into]).items()}
    assert parents == {sanggar: top, other: into, into: sanggar}


def test_all_that_stood_below_a_double_is_carried_over(town, ketua, community):
    double = town.community(ketua, name="MGMP I P A")
    plain = {**town.store.communities.require(double), "parent_id": double, "keys": [f"parent_id:{double}"]}
    below = [{**plain, "id": new_id(), "name": f"Sanggar {number}"} for number in range(210)]
    town.store.communities.insert_many(below)
    merge(town, town.operator, double, community)
    found = town.store.communities.get_many(each["id"] for each in below)
    assert {each["parent_id"] for each in found.values()} == {community}


def test_what_was_merged_stays_so_and_what_is_no_double_is_not_merged(town, ketua, community):
    double = town.community(ketua)
    merge(town, ketua, double, community)
    kombel = town.ask(town.operator, m.FOUND_COMMUNITY, name="Kombel", kind="kombel", npsn=town.school())["id"]
    refused = at_once(
        partial(town.ask, town.operator, m.REVIVE_COMMUNITY, community_id=double),
        partial(town.ask, town.operator, m.MERGE_COMMUNITY, community_id=double, into=community),
        partial(town.ask, town.operator, m.MERGE_COMMUNITY, community_id=community, into=double),
        partial(town.ask, town.operator, m.MERGE_COMMUNITY, community_id=kombel, into=community),
        partial(town.ask, town.operator, m.MERGE_COMMUNITY, community_id=community, into=community),
    )
    assert [type(outcome) for outcome in refused] == [Conflict] * 4 + [Invalid]


def test_officers_of_one_do_not_merge_the_other(town, ketua, community):
    other = town.teacher("Pak Kembar")
    double = town.community(other)
    for who in (ketua, other, town.teacher()):
        with pytest.raises(Forbidden):
            town.ask(who, m.MERGE_COMMUNITY, community_id=double, into=community)


def test_requests_and_invitations_of_a_double_lead_into_what_it_became(town, ketua, community):
    other, asker, invited = town.teacher("Pak Kembar"), town.teacher("Penanya"), town.teacher("Tamu")
    double = town.community(other, join_policy="approval")
    request = town.ask(asker, m.ASK_TO_JOIN, community_id=double)
    invitation = town.ask(other, m.INVITE, community_id=double)
    merge(town, town.operator, double, community)
    [waiting] = town.ask(ketua, m.LIST_JOIN_REQUESTS, community_id=community)["items"]
    assert waiting["id"] == request["id"]
    town.ask(ketua, m.APPROVE_JOIN_REQUEST, request_id=request["id"])
    town.ask(invited, m.ACCEPT_INVITATION, code=invitation["code"])
    assert {asker["person"]["id"], invited["person"]["id"]} < roles(town, community).keys()


def test_a_large_double_goes_over_in_pieces_each_member_once(town, ketua, community):
    double = town.community(town.teacher("Pak Kembar"))
    ids = [town.person(f"Guru {number}")["id"] for number in range(60)]
    town.ask(town.operator, m.ADD_MEMBERS, community_id=double, person_ids=ids)
    merge(town, town.operator, double, community)
    assert not closing.move_members(town.system)
    joined = [each["person_id"] for each in town.emitted(events.MEMBER_JOINED) if each["community_id"] == community]
    assert len(joined) == len(set(joined)) == 62
    assert town.ask(ketua, m.GET_COMMUNITY, community_id=community)["member_count"] == 62


@pytest.mark.parametrize("close", [m.ARCHIVE_COMMUNITY, m.MERGE_COMMUNITY], ids=["archive", "merge"])
def test_closing_a_community_meets_whoever_comes_in_at_its_guard(town, ketua, community, close):
    """Both write the roster, so of two at the same moment one is decided again."""
    before = town.store.rosters.require(community)["version"]
    how = {"into": town.community(ketua)} if close is m.MERGE_COMMUNITY else {}
    town.ask(town.operator, close, community_id=community, **how)
    assert town.store.rosters.require(community)["version"] > before


def test_a_community_that_is_revived_while_its_last_officer_leaves_the_district_has_one_or_stays_archived(town):
    """Reviving counts the officers, and leaving asks whether anybody need lead: both write the roster."""
    for number in range(3):
        ketua = town.teacher("Ibu Ketua")
        community = town.community(ketua, name=f"MGMP {number}")
        town.ask(ketua, m.ARCHIVE_COMMUNITY, community_id=community)
        before = town.store.rosters.require(community)["version"]
        order = {"kind": "out", "person_id": ketua["person"]["id"]}
        at_once(
            partial(town.ask, town.operator, m.REVIVE_COMMUNITY, community_id=community),
            partial(town.ask, town.operator, m.TRANSFER, **order),
        )
        roster = town.store.rosters.require(community)
        assert (roster["officers"], town.store.communities.require(community)["status"]) == (0, "archived")
        assert roster["version"] > before


def test_reviving_a_community_meets_whoever_goes_at_its_guard(town, ketua, community):
    town.ask(ketua, m.ARCHIVE_COMMUNITY, community_id=community)
    before = town.store.rosters.require(community)["version"]
    town.ask(ketua, m.REVIVE_COMMUNITY, community_id=community)
    assert town.store.rosters.require(community)["version"] > before


def test_the_last_officer_of_an_archived_community_may_leave_it(town, ketua, community):
    key = {"community_id": community, "person_id": ketua["person"]["id"]}
    with pytest.raises(Conflict):
        town.ask(ketua, m.REMOVE_MEMBER, **key)
    town.ask(ketua, m.ARCHIVE_COMMUNITY, community_id=community)
    assert not town.ask(ketua, m.REMOVE_MEMBER, **key)["active"]
    with pytest.raises(Invalid):
        town.ask(town.operator, m.REVIVE_COMMUNITY, community_id=community)


def test_whoever_joins_a_double_while_it_is_merged_is_not_left_behind(town, ketua, community):
    for number in range(3):
        other, siti = town.teacher("Pak Kembar"), town.teacher()
        double = town.community(other, name=f"Kembar {number}")
        outcomes = at_once(
            partial(town.ask, town.operator, m.MERGE_COMMUNITY, community_id=double, into=community),
            partial(town.ask, siti, m.ADD_MEMBERS, community_id=double, person_id=siti["person"]["id"]),
        )
        assert isinstance(outcomes[0], dict)
        eventually(lambda double=double: town.store.merges.get(double) is None)
        assert roles(town, double) == {}
        assert (siti["person"]["id"] in roles(town, community)) == isinstance(outcomes[1], dict)
