"""Schools, people, where they teach and what they may do."""

from functools import partial

import pytest

from shared.contracts import membership as m
from shared.contracts.events import membership as events
from shared.errors import Conflict, Forbidden, Invalid, NotFound, Refusal, Stale
from shared.ids import new_id
from tests.support.neighbours import at_once
from tests.support.patience import eventually


def test_the_operator_sets_the_district_right_and_only_they(town):
    district = town.ask(town.teacher(), m.GET_DISTRICT)
    changed = town.ask(town.operator, m.CHANGE_DISTRICT, version=district["version"], timezone="Asia/Makassar")
    assert (changed["name"], changed["timezone"]) == ("Kabupaten Uji", "Asia/Makassar")
    with pytest.raises(Stale):
        town.ask(town.operator, m.CHANGE_DISTRICT, version=district["version"], name="Lain")
    with pytest.raises(Invalid):
        town.ask(town.operator, m.CHANGE_DISTRICT, version=changed["version"], timezone="Mars/Olympus")
    with pytest.raises(Forbidden):
        town.ask(town.teacher("Budi"), m.CHANGE_DISTRICT, version=changed["version"], name="Lain")
    assert town.emitted(events.DISTRICT_CHANGED)[-1]["timezone"] == "Asia/Makassar"


def test_a_school_is_there_once_and_is_found_by_name_level_and_subdistrict(town):
    town.school()
    town.school("20306578", name="SD NEGERI 3 KERTEK", level="SD", subdistrict="Kertek")
    with pytest.raises(Conflict):
        town.school()

    def found(**asked):
        return [school["npsn"] for school in town.ask(town.operator, m.LIST_SCHOOLS, **asked)["items"]]

    assert found() == ["20306577", "20306578"]
    assert found(q="kert") == found(level="SD") == found(subdistrict="kertek") == ["20306578"]
    assert found(q="kert", level="SMP") == []
    assert found(q="SD") == found(q="sd", level="SD") == found(q="3 ke") == ["20306578"]
    assert found(q="sd ke", level="SMP") == []
    assert [told["npsn"] for told in town.emitted(events.SCHOOL_CHANGED)] == ["20306577", "20306578"]


def test_a_list_is_paged_and_each_is_on_one_page(town):
    names = [f"Guru {number:03}" for number in range(45)]
    for name in names:
        town.person(name)
    found, after = [], None
    while True:
        page = town.ask(town.operator, m.LIST_PEOPLE, q="guru", limit=20, after=after)
        found += [person["name"] for person in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert found == names


def test_a_new_teacher_has_a_school_a_username_and_no_account(town):
    npsn = town.school()
    person = town.person("Hj. Siti Aminah, S.Pd.", npsn=npsn, duty="Guru Mapel", subjects=["IPA"])
    assert person["status"] == "invited"
    assert person["npsn"] == npsn
    assert person["username"].startswith("siti.")
    [fact] = town.ask(town.operator, m.LIST_ASSIGNMENTS, person_id=person["id"])["items"]
    assert (fact["npsn"], fact["school"], fact["primary"], fact["valid_until"]) == (npsn, "SMP N 1 Kepil", True, None)
    assert town.emitted(events.ASSIGNMENT_CHANGED)[0]["from"] == fact["valid_from"]
    assert town.ask(town.operator, m.LIST_PEOPLE, school=npsn)["items"][0]["id"] == person["id"]
    assert town.ask(town.operator, m.LIST_PEOPLE, subject="ipa", q="aminah")["items"][0]["id"] == person["id"]


def test_personal_data_are_not_kept_in_the_log(town):
    town.person("Siti Aminah", phone="087396239763", email="siti@guru.example")
    assert town.emitted(events.PERSON_CHANGED) == [None] * len(town.emitted(events.PERSON_CHANGED))


def test_two_people_cannot_have_one_nuptk_even_at_once(town):
    outcomes = at_once(*[partial(town.person, nuptk="4487734264833898")] * 4)
    assert [type(outcome) for outcome in outcomes].count(Conflict) == 3
    assert town.ask(town.operator, m.LIST_PEOPLE, q="siti")["next"] is None


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"nuptk": "123"}, "nuptk"),
        ({"nip": "123"}, "nip"),
        ({"phone": "rumah"}, "phone"),
        ({"name": "=1+1"}, "name"),
        ({"npsn": "99999999"}, "npsn"),
    ],
)
def test_what_is_wrong_about_a_person_is_told_by_field(town, said, field):
    with pytest.raises(Invalid) as refused:
        town.person(**{"name": "Siti", **said})
    assert list(refused.value.fields) == [field]


def test_people_see_of_each_other_what_they_need(town):
    npsn = town.school()
    siti = town.teacher("Siti Aminah", npsn=npsn, nip="198201202005012523", phone="087396239763")
    colleague, leader = town.teacher("Budi Santoso", npsn=npsn), town.with_role("school_operator", npsn)

    def seen(who):
        person = town.ask(who, m.GET_PERSON, person_id=siti["person"]["id"])
        return person["name"], person["phone"], person["nip"]

    masked = "*" * 14 + "2523"
    assert seen(siti) == seen(town.operator) == ("Siti Aminah", "+6287396239763", "198201202005012523")
    assert seen(leader) == ("Siti Aminah", "+6287396239763", masked)
    assert seen(colleague) == ("Siti Aminah", None, None)
    community = town.community(colleague)
    town.ask(siti, m.ADD_MEMBERS, community_id=community, person_id=siti["person"]["id"])
    assert seen(colleague) == ("Siti Aminah", "+6287396239763", None)


def test_colleagues_are_looked_up_by_name_and_listed_by_staff_only(town):
    who = town.teacher()
    assert town.ask(who, m.LIST_PEOPLE, q="siti")["items"][0]["phone"] is None
    with pytest.raises(Forbidden):
        town.ask(who, m.LIST_PEOPLE)


def test_contacts_are_set_right_by_their_owner(town):
    who = town.teacher(phone="087396239763")
    version = town.ask(who, m.GET_ME)["version"]
    changed = town.ask(who, m.CHANGE_ME, version=version, phone="0812 3456 7890", email=None)
    assert changed["phone"] == "+6281234567890"
    with pytest.raises(Stale):
        town.ask(who, m.CHANGE_ME, version=version, phone=None)
    with pytest.raises(Invalid):
        town.ask(who, m.CHANGE_ME, version=changed["version"], phone="rumah")


def test_my_page_tells_where_i_teach_what_i_belong_to_and_what_i_may_do(town):
    npsn = town.school()
    who = town.with_role("school_operator", npsn, npsn=npsn)
    community = town.community(who)
    me = town.ask(who, m.GET_ME)
    assert me["district"]["name"] == "Kabupaten Uji"
    assert [(fact["npsn"], fact["primary"]) for fact in me["assignments"]] == [(npsn, True)]
    assert [(each["id"], each["role"]) for each in me["communities"]] == [(community, "ketua")]
    assert [(role["role"], role["scope_id"]) for role in me["roles"]] == [("school_operator", npsn)]


def test_a_second_school_is_fine_and_a_second_primary_one_is_not(town):
    town.school()
    town.school("20306578")
    person = town.person(npsn="20306577")
    town.ask(town.operator, m.ASSIGN, person_id=person["id"], npsn="20306578")
    assert town.ask(town.operator, m.LIST_PEOPLE, school="20306578")["items"][0]["npsn"] == "20306577"
    with pytest.raises(Conflict):
        town.ask(town.operator, m.ASSIGN, person_id=person["id"], npsn="20306578", primary=True)


def test_of_two_primary_schools_at_once_one_is_refused(town):
    npsns = [town.school(f"2030657{number}") for number in range(4)]
    person = town.person()
    orders = [partial(town.ask, town.operator, m.ASSIGN, person_id=person["id"], npsn=n, primary=True) for n in npsns]
    outcomes = at_once(*orders)
    assert sum(isinstance(outcome, dict) for outcome in outcomes) == 1
    assert sum(fact["primary"] for fact in town.store.assignments.find({"person_id": person["id"]}, limit=9)) == 1


def test_the_principal_of_a_school_comes_with_the_duty(town):
    npsn = town.school()
    head = town.teacher("Pak Kepala", npsn=npsn, duty="Kepala Sekolah")
    assert [(r["role"], r["scope_id"]) for r in town.ask(head, m.GET_ME)["roles"]] == [("principal", npsn)]
    assert town.ask(head, m.FOUND_COMMUNITY, name="Kombel Kepil", kind="kombel", npsn=npsn)["my_role"] == "ketua"


def test_a_role_counts_until_it_is_revoked(town):
    npsn = town.school()
    who = town.with_role("school_operator", npsn)
    person_id = who["person"]["id"]
    assert town.ask(who, m.ADD_PERSON, name="Guru Baru", npsn=npsn)
    with pytest.raises(Conflict):
        town.ask(town.operator, m.GRANT_ROLE, person_id=person_id, role="school_operator", scope_id=npsn)
    [grant] = town.ask(town.operator, m.LIST_ROLES, person_id=person_id)["items"]
    town.ask(town.operator, m.REVOKE_ROLE, person_id=person_id, grant_id=grant["id"])

    def refused():
        return isinstance(at_once(partial(town.ask, who, m.ADD_PERSON, name="Guru Lain", npsn=npsn))[0], Forbidden)

    eventually(refused, 3)
    assert town.ask(town.operator, m.LIST_ROLES, person_id=person_id)["items"], "that it was held stays on record"
    assert len(town.emitted(events.ROLE_CHANGED)) == 3


def test_of_one_role_granted_twice_at_once_one_stands(town):
    who = town.teacher()["person"]["id"]
    outcomes = at_once(*[partial(town.ask, town.operator, m.GRANT_ROLE, person_id=who, role="supervisor")] * 4)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict"] * 3 + ["dict"]
    [grant] = town.ask(town.operator, m.LIST_ROLES, person_id=who)["items"]
    town.ask(town.operator, m.REVOKE_ROLE, person_id=who, grant_id=grant["id"])
    assert all(role["valid_until"] for role in town.ask(town.operator, m.LIST_ROLES, person_id=who)["items"])


@pytest.mark.parametrize("how", ["revoked", "transferred"])
def test_two_operators_who_put_each_other_out_at_once_leave_one_in_office(town, how):
    one, other = town.operator, town.with_role("district_operator", None, "Operator Kedua")

    def put_out(by, who):
        person_id = who["person"]["id"]
        if how == "transferred":
            return partial(town.ask, by, m.TRANSFER, person_id=person_id, kind="out")
        [grant] = town.store.roles.find({"person_id": person_id}, limit=9)
        return partial(town.ask, by, m.REVOKE_ROLE, person_id=person_id, grant_id=grant["id"])

    outcomes = at_once(put_out(one, other), put_out(other, one))
    assert [isinstance(outcome, dict) for outcome in outcomes].count(True) == 1
    grants = [*town.store.roles.find({"person_id": one["person"]["id"]}, limit=9)]
    grants += town.store.roles.find({"person_id": other["person"]["id"]}, limit=9)
    assert [grant["valid_until"] for grant in grants].count(None) == 1


@pytest.mark.parametrize(
    ("role", "scope"),
    [("principal", None), ("school_operator", None), ("district_operator", "20306577"), ("supervisor", "99999999")],
)
def test_a_role_has_the_scope_that_belongs_to_it(town, role, scope):
    town.school()
    with pytest.raises(Invalid) as refused:
        town.with_role(role, scope)
    assert set(refused.value.fields) <= {"scope", "npsn"}


def test_nobody_takes_over_an_account_above_their_own(town):
    npsn = town.school()
    leader = town.with_role("school_operator", npsn, npsn=npsn)
    boss = town.with_role("district_operator", None, "Operator Kedua", npsn=npsn)
    for operation in (m.ISSUE_ACTIVATION, m.DISABLE_PERSON):
        with pytest.raises(Forbidden):
            town.ask(leader, operation, person_id=boss["person"]["id"])
    assert town.ask(leader, m.ISSUE_ACTIVATION, person_id=town.person("Guru", npsn=npsn)["id"])["code"]


def test_leaders_of_one_school_have_no_say_in_another(town):
    here, there = town.school(), town.school("20306578")
    leader, person = town.with_role("school_operator", here), town.person("Guru Sana", npsn=there)
    school = {"npsn": "20306579", "name": "SD N 1", "level": "SD", "status": "Negeri", "subdistrict": "Kepil"}
    orders = [
        partial(town.ask, leader, m.ADD_PERSON, name="Guru", npsn=there),
        partial(town.ask, leader, m.ISSUE_ACTIVATION, person_id=person["id"]),
        partial(town.ask, leader, m.CHANGE_PERSON, person_id=person["id"], version=person["version"], name="Lain"),
        partial(town.ask, leader, m.ASSIGN, person_id=person["id"], npsn=there),
        partial(town.ask, leader, m.LIST_ASSIGNMENTS, person_id=person["id"]),
        partial(town.ask, leader, m.CREATE_SCHOOL, **school),
        partial(town.ask, leader, m.START_IMPORT, kind="schools", file_name="x", sha256="0" * 64, size=1, chunks=1),
    ]
    assert [type(outcome) for outcome in at_once(*orders)] == [Forbidden] * len(orders)


def test_another_districts_people_and_schools_do_not_exist(town, elsewhere):
    person, npsn = town.person(), town.school()
    stranger = elsewhere.operator
    orders = [
        partial(elsewhere.ask, stranger, m.GET_PERSON, person_id=person["id"]),
        partial(elsewhere.ask, stranger, m.GET_SCHOOL, npsn=npsn),
        partial(elsewhere.ask, stranger, m.CHANGE_PERSON, person_id=person["id"], version=1, name="Lain"),
        partial(elsewhere.ask, stranger, m.ISSUE_ACTIVATION, person_id=person["id"]),
        partial(elsewhere.ask, stranger, m.DISABLE_PERSON, person_id=person["id"]),
        partial(elsewhere.ask, stranger, m.GRANT_ROLE, person_id=person["id"], role="supervisor"),
        partial(elsewhere.ask, stranger, m.LIST_ASSIGNMENTS, person_id=person["id"]),
        partial(elsewhere.ask, stranger, m.LIST_ROLES, person_id=person["id"]),
        partial(elsewhere.ask, stranger, m.GET_IMPORT, import_id=new_id()),
    ]
    assert [type(outcome) for outcome in at_once(*orders)] == [NotFound] * len(orders)
    assert elsewhere.ask(stranger, m.LIST_PEOPLE, q="siti")["items"] == []
    assert elsewhere.ask(stranger, m.LIST_SCHOOLS)["items"] == []


def test_a_token_of_one_district_is_nobody_in_another(town, elsewhere):
    outcome = at_once(partial(elsewhere.ask, town.operator, m.LIST_PEOPLE))[0]
    assert not isinstance(outcome, Refusal), "the district is the token's, not the asker's choice"
    assert {person["name"] for person in outcome["items"]} == {"Operator Dinas"}
    assert outcome["items"][0]["id"] == town.operator["person"]["id"]


def test_another_systems_number_finds_people_for_those_only_who_may_know_it(town):
    own, other = town.school(), town.school("20306578")
    siti = town.person("Siti Aminah", npsn=own, external_ids=[{"system": "simpeg", "id": "198004052005012003"}])
    asked = {"external": "simpeg:198004052005012003"}
    for who in (town.operator, town.with_role("principal", own, "Bu Kepala")):
        assert [each["id"] for each in town.ask(who, m.LIST_PEOPLE, **asked)["items"]] == [siti["id"]]
    assert town.ask(town.with_role("principal", other, "Pak Kepala"), m.LIST_PEOPLE, **asked)["items"] == []
    assert town.ask(town.teacher("Budi"), m.LIST_PEOPLE, q="siti", **asked)["items"] == []
