"""Communities: founded, joined, led, left."""

from functools import partial

import pytest

from shared.contracts import membership as m
from shared.contracts.events import membership as events
from shared.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from shared.ids import new_id
from tests.support.neighbours import at_once


def join(town, who, community, **how):
    return town.ask(who, m.ADD_MEMBERS, community_id=community, person_id=who["person"]["id"], **how)


def members(town, community):
    page = town.ask(town.operator, m.LIST_MEMBERS, community_id=community)
    return {member["person_id"]: member["role"] for member in page["items"]}


@pytest.fixture
def ketua(town):
    return town.teacher("Ibu Ketua")


@pytest.fixture
def community(town, ketua):
    return town.community(ketua)


def test_whoever_founds_a_community_leads_it_and_both_are_told(town):
    found = town.ask(town.operator, m.FOUND_COMMUNITY, name="MGMP IPA", kind="mgmp", level="SMP", subject="IPA")
    assert (found["member_count"], found["my_role"], found["status"]) == (1, "ketua", "active")
    [told] = town.emitted(events.COMMUNITY_CHANGED)
    assert told["founder_id"] == town.operator["person"]["id"]
    [joined] = town.emitted(events.MEMBER_JOINED)
    assert (joined["community_id"], joined["role"]) == (found["id"], "ketua")


def test_an_operator_may_name_who_shall_lead(town, ketua, community):
    assert members(town, community) == {ketua["person"]["id"]: "ketua"}
    with pytest.raises(Invalid):
        town.ask(town.operator, m.FOUND_COMMUNITY, name="X", kind="mgmp", ketua_id=new_id())


def test_only_leaders_of_a_school_found_its_kombel_and_only_operators_the_rest(town):
    here, there = town.school(), town.school("20306578")
    leader, teacher = town.with_role("principal", here), town.teacher("Guru")
    kombel = {"name": "Kombel", "kind": "kombel"}
    assert town.ask(leader, m.FOUND_COMMUNITY, **kombel, npsn=here)["npsn"] == here
    refused = at_once(
        partial(town.ask, leader, m.FOUND_COMMUNITY, **kombel, npsn=there),
        partial(town.ask, leader, m.FOUND_COMMUNITY, name="MGMP", kind="mgmp"),
        partial(town.ask, teacher, m.FOUND_COMMUNITY, **kombel, npsn=here),
    )
    assert [type(outcome) for outcome in refused] == [Forbidden] * 3
    with pytest.raises(Invalid):
        town.ask(town.operator, m.FOUND_COMMUNITY, **kombel)


def test_people_join_an_open_community_by_themselves_as_members(town, community):
    who = town.teacher()
    with pytest.raises(Forbidden):
        join(town, who, community, role="ketua")
    [item] = join(town, who, community)["items"]
    assert (item["outcome"], item["role"]) == ("joined", "member")
    assert join(town, who, community)["items"][0]["outcome"] == "already"
    assert town.ask(who, m.GET_COMMUNITY, community_id=community)["member_count"] == 2
    assert len(town.emitted(events.MEMBER_JOINED)) == 2


def test_nobody_joins_uninvited_where_officers_decide(town, ketua):
    community, who = town.community(ketua, join_policy="approval"), town.teacher()
    with pytest.raises(Forbidden) as refused:
        join(town, who, community)
    assert refused.value.text.key == "membership.join_not_open"
    town.ask(ketua, m.ADD_MEMBERS, community_id=community, person_id=who["person"]["id"])
    assert len(members(town, community)) == 2


def test_nobody_adds_others_but_officers(town, ketua, community):
    who, other = town.teacher(), town.person("Orang Lain")
    with pytest.raises(Forbidden):
        town.ask(who, m.ADD_MEMBERS, community_id=community, person_id=other["id"])
    town.ask(ketua, m.ADD_MEMBERS, community_id=community, person_id=other["id"], role="sekretaris")
    assert members(town, community)[other["id"]] == "sekretaris"


def test_two_hundred_are_added_at_once_and_each_is_told_of_once(town, ketua, community):
    ids = [town.person(f"Guru {number}")["id"] for number in range(40)]
    added = town.ask(ketua, m.ADD_MEMBERS, community_id=community, person_ids=[*ids, ids[0], ketua["person"]["id"]])
    assert [item["outcome"] for item in added["items"]] == ["joined"] * 40 + ["already"]
    again = town.ask(ketua, m.ADD_MEMBERS, community_id=community, person_ids=ids)
    assert {item["outcome"] for item in again["items"]} == {"already"}
    assert town.ask(ketua, m.GET_COMMUNITY, community_id=community)["member_count"] == 41
    told = [data["person_id"] for data in town.emitted(events.MEMBER_JOINED)]
    assert sorted(told) == sorted([*ids, ketua["person"]["id"]])


def test_an_unknown_person_keeps_the_whole_order_out(town, ketua, community):
    person = town.person()
    with pytest.raises(Invalid):
        town.ask(ketua, m.ADD_MEMBERS, community_id=community, person_ids=[person["id"], new_id()])
    assert len(members(town, community)) == 1


def test_many_join_at_once_and_are_counted_right(town, community):
    people = [town.teacher(f"Guru {number}") for number in range(8)]
    outcomes = at_once(*[partial(join, town, who, community) for who in people])
    assert all(isinstance(outcome, dict) for outcome in outcomes)
    assert town.ask(people[0], m.GET_COMMUNITY, community_id=community)["member_count"] == 9


def test_whoever_leaves_may_come_back_and_keeps_their_history(town, community):
    who = town.teacher()
    key = {"community_id": community, "person_id": who["person"]["id"]}
    join(town, who, community)
    gone = town.ask(who, m.REMOVE_MEMBER, **key)
    assert not gone["active"] and gone["left_at"] is not None
    assert who["person"]["id"] not in members(town, community)
    with pytest.raises(NotFound):
        town.ask(who, m.REMOVE_MEMBER, **key)
    join(town, who, community)
    facts = town.store.memberships.find({"person_id": who["person"]["id"]}, limit=9)
    assert [(fact["role"], fact["reason"]) for fact in facts] == [("member", "left"), ("member", None)]
    assert [(told["active"], told["reason"]) for told in town.emitted(events.MEMBER_LEFT)] == [(False, "left")]


def test_who_belonged_on_a_day_and_as_what_can_be_asked_for_ever(town, ketua, community):
    """Siti joins in January, is let go in March, comes back in July as sekretaris; the ketua led all the time."""
    siti = town.teacher()
    how = {"community_id": community, "person_id": siti["person"]["id"]}
    town.ask(ketua, m.ADD_MEMBERS, **how)
    town.ask(ketua, m.REMOVE_MEMBER, **how)
    town.ask(ketua, m.ADD_MEMBERS, **how, role="sekretaris")
    led, first, second = town.store.memberships.find({"community_id": community}, limit=9)
    for fact, since, until in ((led, "01-01", None), (first, "01-10", "03-09"), (second, "07-01", None)):
        dates = {"valid_from": f"2026-{since}", "valid_until": until and f"2026-{until}"}
        town.store.memberships.update(fact["id"], set=dates)

    def there(day):
        items = town.ask(ketua, m.LIST_MEMBERS, community_id=community, on=day)["items"]
        return [(item["role"], item["reason"]) for item in items]

    assert there("2025-12-31") == []
    assert there("2026-01-10") == there("2026-03-09") == [("ketua", None), ("member", "removed")]
    assert there("2026-03-10") == there("2026-06-30") == [("ketua", None)]
    assert there("2026-07-01") == [("ketua", None), ("sekretaris", None)]
    with pytest.raises(Forbidden):
        town.ask(town.teacher("Orang Luar"), m.LIST_MEMBERS, community_id=community, on="2026-07-01")

    def belonged(who, **asked):
        items = town.ask(who, m.LIST_MEMBERSHIPS, person_id=siti["person"]["id"], **asked)["items"]
        return [(item["community"], item["role"], item["valid_until"], item["reason"]) for item in items]

    past, present = ("MGMP IPA", "member", "2026-03-09", "removed"), ("MGMP IPA", "sekretaris", None, None)
    assert belonged(siti) == belonged(town.operator) == [past, present]
    first = town.ask(siti, m.LIST_MEMBERSHIPS, person_id=siti["person"]["id"], limit=1)
    assert len(first["items"]) == 1 and belonged(siti, limit=1, after=first["next"]) == [present]
    assert (belonged(siti, on="2026-02-01"), belonged(siti, on="2026-05-01")) == ([past], [])
    with pytest.raises(Forbidden):
        belonged(ketua)


def test_the_last_officer_may_neither_leave_nor_step_down(town, ketua, community):
    key = {"community_id": community, "person_id": ketua["person"]["id"]}
    with pytest.raises(Conflict) as refused:
        town.ask(ketua, m.REMOVE_MEMBER, **key)
    assert refused.value.text.key == "membership.last_officer"
    version = town.store.members.require(f"{community}/{key['person_id']}")["version"]
    with pytest.raises(Conflict):
        town.ask(ketua, m.CHANGE_MEMBER, **key, role="member", version=version)


def test_of_two_last_officers_who_leave_at_once_one_stays(town, ketua, community):
    for _ in range(3):
        deputy = town.teacher("Pak Sekretaris")
        added = {"person_id": deputy["person"]["id"], "role": "sekretaris"}
        town.ask(town.operator, m.ADD_MEMBERS, community_id=community, **added)
        officers = [ketua, deputy]
        outcomes = at_once(
            *[
                partial(town.ask, who, m.REMOVE_MEMBER, community_id=community, person_id=who["person"]["id"])
                for who in officers
            ]
        )
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "dict"]
        assert len(members(town, community)) == 1
        ketua = officers[0] if isinstance(outcomes[0], Conflict) else officers[1]


def test_roles_in_a_community_are_given_by_its_officers(town, ketua, community):
    who = town.teacher()
    member = join(town, who, community)["items"][0]
    key = {"community_id": community, "person_id": who["person"]["id"], "version": member["version"]}
    with pytest.raises(Forbidden):
        town.ask(who, m.CHANGE_MEMBER, **key, role="ketua")
    changed = town.ask(ketua, m.CHANGE_MEMBER, **key, role="bendahara")
    with pytest.raises(Stale):
        town.ask(ketua, m.CHANGE_MEMBER, **key, role="member")
    assert changed["role"] == "bendahara"
    assert [told["role"] for told in town.emitted(events.MEMBER_ROLE_CHANGED)] == ["bendahara"]


def test_contacts_are_for_officers(town, ketua, community):
    who = town.teacher(phone="087396239763")
    join(town, who, community)

    def phone(reader):
        items = town.ask(reader, m.LIST_MEMBERS, community_id=community)["items"]
        return next(item["phone"] for item in items if item["person_id"] == who["person"]["id"])

    other = town.teacher("Budi")
    join(town, other, community)
    assert (phone(ketua), phone(who), phone(other)) == ("+6287396239763", "+6287396239763", None)
    with pytest.raises(Forbidden):
        town.ask(town.teacher("Orang Luar"), m.LIST_MEMBERS, community_id=community)


def test_an_archived_community_stays_readable_and_changes_no_more(town, ketua, community):
    before = town.ask(ketua, m.GET_COMMUNITY, community_id=community)
    assert town.ask(ketua, m.ARCHIVE_COMMUNITY, community_id=community)["status"] == "archived"
    refused = at_once(
        partial(join, town, town.teacher(), community),
        partial(town.ask, ketua, m.ADD_MEMBERS, community_id=community, person_id=town.person("Budi")["id"]),
    )
    assert [type(outcome) for outcome in refused] == [Conflict] * 2
    with pytest.raises(Stale):
        town.ask(ketua, m.CHANGE_COMMUNITY, community_id=community, version=before["version"], name="Lain")
    assert town.ask(ketua, m.GET_COMMUNITY, community_id=community)["name"] == before["name"]


def test_officers_change_what_their_community_is_about(town, ketua, community):
    before = town.ask(ketua, m.GET_COMMUNITY, community_id=community)
    how = {"community_id": community, "version": before["version"]}
    after = town.ask(ketua, m.CHANGE_COMMUNITY, **how, name="MGMP IPA Wonosobo", subdistricts=["Kepil"])
    assert (after["name"], after["subdistricts"], after["kind"]) == ("MGMP IPA Wonosobo", ["Kepil"], "mgmp")
    with pytest.raises(Forbidden):
        town.ask(town.teacher(), m.CHANGE_COMMUNITY, **how, name="Lain")


def test_communities_are_found_by_what_they_are(town, ketua, community):
    kombel = town.ask(town.operator, m.FOUND_COMMUNITY, name="Kombel Kepil", kind="kombel", npsn=town.school())["id"]

    def found(**asked):
        return [each["id"] for each in town.ask(ketua, m.LIST_COMMUNITIES, **asked)["items"]]

    assert found() == [community, kombel]
    assert found(kind="mgmp") == found(subject="ipa") == found(q="mgmp", level="SMP") == [community]
    assert found(school="20306577") == found(q="kepil") == [kombel]
    assert found(subdistrict="Kepil") == []


def test_another_districts_communities_do_not_exist(town, elsewhere, ketua, community):
    stranger = elsewhere.operator
    own = {"community_id": community}
    person = {"person_id": ketua["person"]["id"]}
    orders = [
        partial(elsewhere.ask, stranger, m.GET_COMMUNITY, **own),
        partial(elsewhere.ask, stranger, m.LIST_MEMBERS, **own),
        partial(elsewhere.ask, stranger, m.ADD_MEMBERS, **own, person_id=stranger["person"]["id"]),
        partial(elsewhere.ask, stranger, m.REMOVE_MEMBER, **own, **person),
        partial(elsewhere.ask, stranger, m.CHANGE_MEMBER, **own, **person, role="member", version=1),
        partial(elsewhere.ask, stranger, m.CHANGE_COMMUNITY, **own, version=1, name="X"),
        partial(elsewhere.ask, stranger, m.ARCHIVE_COMMUNITY, **own),
    ]
    assert [type(outcome) for outcome in at_once(*orders)] == [NotFound] * len(orders)
    assert elsewhere.ask(stranger, m.LIST_COMMUNITIES)["items"] == []


def test_the_same_order_with_its_key_joins_once(town, community):
    who, key = town.teacher(), new_id()
    first, second = join(town, who, community, key=key), join(town, who, community, key=key)
    assert first == second
    assert first["items"][0]["outcome"] == "joined"
