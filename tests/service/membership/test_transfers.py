"""Mutasi: a teacher changes school, and what belongs to the school ends while all else goes on."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from services.membership import turning
from shared.contracts import membership as m
from shared.contracts.events import membership as events
from shared.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from shared.ids import new_id
from tests.support.neighbours import at_once
from tests.support.patience import eventually

OLD, NEW, OTHER = "20306577", "20306578", "20306579"
# The time zones in which it is a day first, and last.
EAST, WEST = "Pacific/Kiritimati", "Etc/GMT+12"


def today(zone=timedelta(hours=7)):
    return (datetime.now(UTC) + zone).date()


@pytest.fixture
def schools(town):
    for npsn in (OLD, NEW, OTHER):
        town.school(npsn)


@pytest.fixture
def siti(town, schools):
    return town.teacher("Siti Aminah", npsn=OLD, duty="Guru Mapel")


def transfer(town, who, kind="within", to=NEW, on=None, by=None, **how):
    order = {"kind": kind, "to_npsn": to, "effective_on": on and str(on), **how}
    return town.ask(by or town.operator, m.TRANSFER, person_id=who["person"]["id"], **order)


def facts(town, who, **asked):
    items = town.ask(town.operator, m.LIST_ASSIGNMENTS, person_id=who["person"]["id"], **asked)["items"]
    return [(fact["npsn"], fact["valid_from"], fact["valid_until"]) for fact in items]


def school(town, who, **asked):
    return town.ask(town.operator, m.GET_PERSON, person_id=who["person"]["id"], **asked)["npsn"]


def mine(town, who):
    return [(each["name"], each["role"]) for each in town.ask(who, m.GET_ME)["communities"]]


def member(town, community, who, role="member"):
    town.ask(town.operator, m.ADD_MEMBERS, community_id=community, person_id=who["person"]["id"], role=role)


def move_the_day(town, zone):
    """Let it be another day for the district, with an operator who holds office on it too."""
    for grant in town.store.roles.find({"person_id": town.operator["person"]["id"]}, limit=9):
        town.store.roles.update(grant["id"], set={"valid_from": "2020-01-01"})
    version = town.ask(town.operator, m.GET_DISTRICT)["version"]
    town.ask(town.operator, m.CHANGE_DISTRICT, version=version, timezone=zone)


def test_a_teacher_who_moves_school_keeps_her_mgmp_and_her_history_and_leaves_the_kombel(town, siti):
    ketua = town.teacher("Ibu Ketua", npsn=OLD)
    mgmp = town.community(ketua)
    kombel = town.community(ketua, name="Kombel Kepil", kind="kombel", subject=None, npsn=OLD)
    for community in (mgmp, kombel):
        member(town, community, siti)
    moved = transfer(town, siti)
    assert (moved["from_npsn"], moved["to_npsn"], moved["status"]) == (OLD, NEW, "done")
    assert facts(town, siti) == [
        (OLD, str(today()), str(today() - timedelta(days=1))),
        (NEW, str(today()), None),
    ]
    assert school(town, siti) == NEW
    assert mine(town, siti) == [("MGMP IPA", "member")]
    [left] = town.emitted(events.MEMBER_LEFT)
    assert (left["community_id"], left["reason"]) == (kombel, "transferred")
    assert [told["npsn"] for told in town.emitted(events.ASSIGNMENT_CHANGED)[-2:]] == [NEW, OLD]
    assert town.ask(town.operator, m.LIST_PEOPLE, school=NEW)["items"][0]["id"] == siti["person"]["id"]
    assert len(town.store.superseded.find({"fact_id": facts_ids(town, siti)[0]}, limit=9)) == 1


def facts_ids(town, who):
    return [fact["id"] for fact in town.ask(town.operator, m.LIST_ASSIGNMENTS, person_id=who["person"]["id"])["items"]]


def test_a_transfer_entered_late_counts_from_its_day_and_can_be_asked_for(town, siti):
    town.store.assignments.update(facts_ids(town, siti)[0], set={"valid_from": "2024-07-01"})
    town.ask(town.operator, m.ASSIGN, person_id=siti["person"]["id"], npsn=OTHER, valid_from="2025-01-01")
    transfer(town, siti, on="2026-07-01")
    assert facts(town, siti) == [
        (OLD, "2024-07-01", "2026-06-30"),
        (OTHER, "2025-01-01", None),
        (NEW, "2026-07-01", None),
    ]
    assert facts(town, siti, on="2026-06-30") == facts(town, siti)[:2]
    assert facts(town, siti, on="2026-07-01") == facts(town, siti)[1:]
    assert (school(town, siti, on="2026-06-30"), school(town, siti, on="2026-07-01")) == (OLD, NEW)
    assert school(town, siti, on="2024-06-30") is None
    with pytest.raises(Forbidden):
        town.ask(town.teacher("Budi"), m.GET_PERSON, person_id=siti["person"]["id"], on="2026-06-30")


def test_a_planned_transfer_takes_effect_on_its_day_as_the_district_counts_it(town, schools):
    move_the_day(town, WEST)
    siti = town.teacher(npsn=OLD)
    ketua = town.teacher("Ibu Ketua", npsn=OLD)
    kombel = town.community(ketua, name="Kombel Kepil", kind="kombel", subject=None, npsn=OLD)
    member(town, kombel, siti)
    tomorrow = today(timedelta(hours=-12)) + timedelta(days=1)
    assert transfer(town, siti, on=tomorrow)["status"] == "planned"
    assert facts(town, siti)[-1] == (NEW, str(tomorrow), None)
    assert school(town, siti) == OLD
    assert mine(town, siti) == [("Kombel Kepil", "member")]
    move_the_day(town, EAST)
    eventually(lambda: school(town, siti) == NEW, 30)
    assert mine(town, siti) == []
    [planned] = town.ask(town.operator, m.LIST_TRANSFERS, person_id=siti["person"]["id"])["items"]
    assert planned["status"] == "done"
    [fact] = town.store.memberships.find({"person_id": siti["person"]["id"]}, limit=9)
    assert (fact["valid_until"], fact["reason"]) == (str(tomorrow - timedelta(days=1)), "transferred")


def test_the_turn_of_a_day_happens_once_however_many_try(town, siti):
    """Several replicas and restarts: each finds the same note, one of them does what it says."""
    transfer(town, siti, on=today() + timedelta(days=1))
    before = len(town.emitted(events.PERSON_CHANGED))
    person, [turn] = siti["person"]["id"], town.store.turns.find({"due_on": {"$gt": "", "$lte": "9999"}}, limit=9)
    yesterday = str(today() - timedelta(days=1))
    for fact_id, dates in zip(
        facts_ids(town, siti),
        ({"valid_from": "2024-07-01", "valid_until": yesterday}, {"valid_from": str(today())}),
        strict=True,
    ):
        town.store.assignments.update(fact_id, set=dates)
    [planned] = town.store.transfers.find({"person_id": person}, limit=9)
    town.store.transfers.update(planned["id"], set={"effective_on": str(today())})
    town.store.turns.update(turn["id"], set={"due_on": str(today())})
    at_once(*[partial(turning.run_once, town.system)] * 4)
    assert school(town, siti) == NEW
    assert len(town.emitted(events.PERSON_CHANGED)) == before + 1
    assert town.store.turns.find({"due_on": {"$gt": "", "$lte": "9999"}}, limit=9) == []


def test_a_planned_transfer_is_cancelled_as_if_it_never_was(town, siti):
    planned = transfer(town, siti, on=today() + timedelta(days=30))
    with pytest.raises(Conflict) as refused:
        transfer(town, siti, to=OTHER)
    assert refused.value.text.key == "membership.transfer_planned"
    key = {"person_id": siti["person"]["id"], "transfer_id": planned["id"]}
    assert town.ask(town.operator, m.CANCEL_TRANSFER, **key)["status"] == "cancelled"
    assert facts(town, siti, on=str(today() + timedelta(days=40))) == [(OLD, str(today()), None)]
    with pytest.raises(Conflict):
        town.ask(town.operator, m.CANCEL_TRANSFER, **key)
    assert transfer(town, siti, to=OTHER)["status"] == "done"


def test_whoever_leaves_the_district_stays_on_record_and_may_come_back(town, siti):
    mgmp = town.community(town.teacher("Ibu Ketua"))
    member(town, mgmp, siti)
    town.ask(town.operator, m.GRANT_ROLE, person_id=siti["person"]["id"], role="supervisor")
    assert transfer(town, siti, "out", None)["from_npsn"] == OLD
    gone = town.ask(town.operator, m.GET_PERSON, person_id=siti["person"]["id"])
    assert (gone["name"], gone["status"], gone["npsn"]) == ("Siti Aminah", "ended", None)
    refused = at_once(
        partial(town.ask, siti, m.GET_ME),
        partial(transfer, town, siti),
        partial(member, town, mgmp, siti),
        partial(town.ask, town.operator, m.ASSIGN, person_id=siti["person"]["id"], npsn=NEW),
    )
    assert all(isinstance(outcome, Refusal) for outcome in refused)
    assert [told["reason"] for told in town.emitted(events.MEMBER_LEFT)] == ["departed"]
    roles = town.ask(town.operator, m.LIST_ROLES, person_id=siti["person"]["id"])["items"]
    assert all(role["valid_until"] < str(today()) for role in roles)

    transfer(town, siti, "in", NEW)
    back = town.ask(town.operator, m.GET_PERSON, person_id=siti["person"]["id"])
    assert (back["status"], back["npsn"]) == ("active", NEW)
    assert town.ask(None, m.LOG_IN, login=back["username"], password="kopi hangat di dieng")["access_token"]
    assert [fact["npsn"] for fact in town.store.assignments.find({"person_id": back["id"]}, limit=9)] == [OLD, NEW]
    assert not town.store.members.require(f"{mgmp}/{back['id']}")["active"]


def test_nobody_who_left_comes_back_by_a_side_door(town, schools):
    """Only a transfer into the district brings them back; what they were before may still be set right."""
    gone, going = town.teacher("Siti Aminah", npsn=OLD), town.teacher("Budi Santoso", npsn=OLD)
    for who in (gone, going):
        town.store.assignments.update(facts_ids(town, who)[0], set={"valid_from": "2025-07-01"})
    transfer(town, gone, "out", None)
    transfer(town, going, "out", None, on=today() + timedelta(days=30))
    leader = town.with_role("school_operator", OLD)

    def correct(who, **how):
        [fact] = town.ask(town.operator, m.LIST_ASSIGNMENTS, person_id=who["person"]["id"])["items"]
        key = {"person_id": who["person"]["id"], "assignment_id": fact["id"], "version": fact["version"]}
        return town.ask(leader, m.CORRECT_ASSIGNMENT, **key, **how)

    refused = at_once(
        partial(town.ask, town.operator, m.DISABLE_PERSON, person_id=gone["person"]["id"]),
        *[partial(correct, who, valid_until=None) for who in (gone, going)],
        partial(town.ask, leader, m.ASSIGN, person_id=gone["person"]["id"], npsn=OLD),
        partial(town.ask, town.operator, m.ASSIGN, person_id=going["person"]["id"], npsn=NEW),
    )
    assert [type(outcome) for outcome in refused] == [Conflict] * 5
    town.ask(town.operator, m.ENABLE_PERSON, person_id=gone["person"]["id"])
    assert town.ask(town.operator, m.GET_PERSON, person_id=gone["person"]["id"])["status"] == "ended"
    assert correct(gone, valid_from="2024-07-01")["valid_from"] == "2024-07-01"
    until = str(today() + timedelta(days=9))
    assert (
        town.ask(town.operator, m.ASSIGN, person_id=going["person"]["id"], npsn=NEW, valid_until=until)["valid_until"]
        == until
    )


def test_whoever_had_left_before_it_was_entered_belonged_on_no_day_after(town, siti):
    """In August it is known that she left on the first of June: that she took a role in July never was."""
    mgmp = town.community(town.teacher("Ibu Ketua"))
    member(town, mgmp, siti)
    [record] = [
        each
        for each in town.ask(town.operator, m.LIST_MEMBERS, community_id=mgmp)["items"]
        if each["person_id"] == siti["person"]["id"]
    ]
    key = {"community_id": mgmp, "person_id": record["person_id"]}
    town.ask(town.operator, m.CHANGE_MEMBER, **key, version=record["version"], role="sekretaris")
    first, second = town.store.memberships.find({"person_id": record["person_id"]}, limit=9, sort="n")
    town.store.memberships.update(first["id"], set={"valid_from": "2024-07-01", "valid_until": "2026-06-30"})
    town.store.memberships.update(second["id"], set={"valid_from": "2026-07-01"})
    town.store.members.update(f"{mgmp}/{record['person_id']}", set={"valid_from": "2026-07-01"})
    transfer(town, siti, "out", None, on="2026-06-01")
    facts_ = town.ask(town.operator, m.LIST_MEMBERSHIPS, person_id=record["person_id"])["items"]
    assert [(fact["valid_from"], fact["valid_until"], fact["reason"]) for fact in facts_] == [
        ("2024-07-01", "2026-05-31", "departed"),
        ("2026-07-01", "2026-05-31", "departed"),
    ]
    for day, there in (("2026-05-31", True), ("2026-06-15", False), ("2026-07-15", False)):
        page = town.ask(town.operator, m.LIST_MEMBERS, community_id=mgmp, on=day)
        assert (record["person_id"] in {each["person_id"] for each in page["items"]}) == there


def test_whoever_belonged_to_hundreds_of_communities_leaves_those_of_today(town, siti):
    """What one belonged to once is no reason to be overlooked in a place where one still is."""
    person, ketua = siti["person"]["id"], town.teacher("Ibu Ketua")
    plain = {"person_id": person, "active": False, "role": "member", "left_at": None, "reason": "left"}
    past = [{**plain, "community_id": id_, "id": f"{id_}/{person}"} for id_ in (new_id() for _ in range(250))]
    town.store.members.insert_many(past)
    mgmp = town.community(ketua)
    member(town, mgmp, siti)
    assert mine(town, siti) == [("MGMP IPA", "member")]
    transfer(town, siti, "out", None)
    assert not town.store.members.require(f"{mgmp}/{person}")["active"]


def test_whoever_is_taken_in_while_they_leave_the_district_leaves_that_too(town, siti):
    """Who joins reads the person, and who departs the memberships: neither sees the other. A look at the next turn of
    the day sees both."""
    person = siti["person"]["id"]
    town.community(siti)
    transfer(town, siti, "out", None)
    [look] = town.store.turns.find({"due_on": {"$gt": str(today()), "$lte": "9999"}}, limit=9)
    assert look["person_id"] == person
    town.store.people.update(person, set={"status": "active"})
    mgmp = town.community(town.teacher("Ibu Ketua"))
    member(town, mgmp, siti)
    town.store.people.update(person, set={"status": "ended"})
    town.store.turns.update(look["id"], set={"due_on": str(today())})
    turning.run_once(town.system)
    assert not town.store.members.require(f"{mgmp}/{person}")["active"]
    assert town.store.rosters.require(mgmp)["members"] == 1
    assert town.store.turns.find({"due_on": {"$gt": "", "$lte": "9999"}}, limit=9) == []


def test_a_principal_who_moves_leads_no_school_until_appointed(town, schools):
    head = town.teacher("Pak Kepala", npsn=OLD, duty="Kepala Sekolah")
    transfer(town, head)
    assert town.ask(head, m.GET_ME)["roles"] == []
    transfer(town, head, to=OTHER, duty="Kepala Sekolah")
    assert [role["scope_id"] for role in town.ask(head, m.GET_ME)["roles"]] == [OTHER]


def test_a_principals_term_that_is_dated_ends_by_itself(town, schools):
    """The role follows the assignment's dates, ahead of the day too; whoever reads it compares the dates."""
    head = town.teacher("Pak Kepala", npsn=OLD, duty="Kepala Sekolah")
    transfer(town, head, on=today() + timedelta(days=10))
    [role] = town.ask(town.operator, m.LIST_ROLES, person_id=head["person"]["id"])["items"]
    assert role["valid_until"] == str(today() + timedelta(days=9))
    assert town.emitted(events.ROLE_CHANGED)[-1]["until"] == role["valid_until"]
    assert [each["role"] for each in town.ask(head, m.GET_ME)["roles"]] == ["principal"]


def test_an_assignment_is_ended_and_set_right_by_the_schools_own_operator(town, siti):
    leader, stranger = town.with_role("school_operator", OLD), town.with_role("school_operator", NEW)
    [fact] = town.ask(leader, m.LIST_ASSIGNMENTS, person_id=siti["person"]["id"])["items"]
    how = {"person_id": siti["person"]["id"], "assignment_id": fact["id"], "version": fact["version"]}
    with pytest.raises(Forbidden):
        town.ask(stranger, m.CORRECT_ASSIGNMENT, **how, duty="Wali Kelas")
    right = town.ask(leader, m.CORRECT_ASSIGNMENT, **how, duty="Kepala Sekolah", valid_from="2025-07-01")
    assert [role["valid_from"] for role in town.ask(siti, m.GET_ME)["roles"]] == ["2025-07-01"]
    how["version"] = right["version"]
    with pytest.raises(Invalid):
        town.ask(leader, m.CORRECT_ASSIGNMENT, **how, valid_until="2025-06-30")
    town.ask(leader, m.CORRECT_ASSIGNMENT, **how, valid_until=str(today() - timedelta(days=1)))
    assert (school(town, siti), town.ask(siti, m.GET_ME)["roles"]) == (None, [])
    said = [each["said"]["duty"] for each in town.store.superseded.find({"fact_id": fact["id"]}, limit=9)]
    assert said == ["Guru Mapel", "Kepala Sekolah"]


def test_a_school_neither_keeps_nor_takes_back_whoever_moves_away(town, schools):
    """Before the day of the move and after it: the old school sets right what it likes, but not that she still teaches
    there; nor does the new one have her sooner."""
    going, gone = town.teacher("Siti Aminah", npsn=OLD), town.teacher("Budi Santoso", npsn=OLD)
    transfer(town, going, on=today() + timedelta(days=30))
    transfer(town, gone)
    old, new = town.with_role("school_operator", OLD), town.with_role("school_operator", NEW)

    def correct(by, who, at=0, **how):
        fact = town.ask(town.operator, m.LIST_ASSIGNMENTS, person_id=who["person"]["id"])["items"][at]
        key = {"person_id": who["person"]["id"], "assignment_id": fact["id"], "version": fact["version"]}
        return town.ask(by, m.CORRECT_ASSIGNMENT, **key, **how)

    stays = {"primary": False, "valid_until": None}
    for who in (going, gone):
        before = facts(town, who)
        refused = at_once(
            partial(correct, old, who, **stays),
            partial(correct, old, who, primary=False),
            partial(town.ask, old, m.ASSIGN, person_id=who["person"]["id"], npsn=OLD, valid_from="2099-01-01"),
        )
        assert [type(outcome) for outcome in refused] == [Forbidden] * 3
        assert facts(town, who) == before
    with pytest.raises(Forbidden):
        correct(new, going, 1, primary=False, valid_from=str(today()))
    assert correct(old, going, duty="Wali Kelas")["duty"] == "Wali Kelas"
    assert correct(old, going, valid_until=str(today() + timedelta(days=9)))["valid_until"]
    assert correct(town.operator, gone, **stays)["valid_until"] is None


def test_an_assignment_that_never_was_is_taken_back_and_stays_on_record(town, siti):
    wrong = town.ask(town.operator, m.ASSIGN, person_id=siti["person"]["id"], npsn=NEW)
    key = {"person_id": siti["person"]["id"], "assignment_id": wrong["id"]}
    town.ask(town.operator, m.TAKE_BACK_ASSIGNMENT, **key)
    town.ask(town.operator, m.TAKE_BACK_ASSIGNMENT, **key)
    assert len(facts(town, siti)) == 2
    assert town.ask(town.operator, m.LIST_PEOPLE, school=NEW)["items"] == []
    with pytest.raises(NotFound):
        town.ask(town.operator, m.TAKE_BACK_ASSIGNMENT, person_id=town.person("Budi")["id"], assignment_id=wrong["id"])


def test_when_the_last_officer_is_transferred_the_longest_member_takes_over(town, siti):
    kombel = town.community(siti, name="Kombel", kind="kombel", subject=None, npsn=OLD)
    waiting = town.person("Belum Aktif", npsn=OLD)
    town.ask(town.operator, m.ADD_MEMBERS, community_id=kombel, person_id=waiting["id"])
    guest, budi = town.teacher("Narasumber"), town.teacher("Budi", npsn=OLD)
    member(town, kombel, guest, "guest")
    member(town, kombel, budi)
    transfer(town, siti)
    page = town.ask(town.operator, m.LIST_MEMBERS, community_id=kombel)
    assert {item["name"]: item["role"] for item in page["items"]} == {
        "Belum Aktif": "member",
        "Narasumber": "guest",
        "Budi": "ketua",
    }
    [told] = town.emitted(events.MEMBER_ROLE_CHANGED)
    assert (told["person_id"], told["role"]) == (budi["person"]["id"], "ketua")


def test_a_community_that_nobody_is_left_to_lead_is_archived(town, siti):
    kombel = town.community(siti, name="Kombel", kind="kombel", subject=None, npsn=OLD)
    transfer(town, siti)
    found = town.ask(town.operator, m.GET_COMMUNITY, community_id=kombel)
    assert (found["status"], found["member_count"]) == ("archived", 0)


def test_two_last_officers_who_are_transferred_at_once_leave_one_in_charge(town, siti):
    budi, heir = town.teacher("Budi", npsn=OLD), town.teacher("Pewaris", npsn=OLD)
    kombel = town.community(siti, name="Kombel", kind="kombel", subject=None, npsn=OLD)
    member(town, kombel, budi, "sekretaris")
    member(town, kombel, heir)
    outcomes = at_once(partial(transfer, town, siti), partial(transfer, town, budi))
    assert all(isinstance(outcome, dict) for outcome in outcomes)
    [left] = town.ask(town.operator, m.LIST_MEMBERS, community_id=kombel)["items"]
    assert (left["name"], left["role"]) == ("Pewaris", "ketua")


def test_transfers_are_the_operators_and_say_what_is_wrong_with_them(town, siti):
    leader = town.with_role("principal", OLD)
    refused = [
        (partial(transfer, town, siti, by=leader), Forbidden),
        (partial(transfer, town, siti, to=OLD), Conflict),
        (partial(transfer, town, siti, "in"), Conflict),
        (partial(transfer, town, siti, to="99999999"), Invalid),
        (partial(transfer, town, siti, on=date(1900, 1, 1)), Invalid),
        (partial(transfer, town, town.operator, "out", None), Conflict),
        (partial(town.ask, town.operator, m.TRANSFER, person_id=new_id(), kind="within", to_npsn=NEW), NotFound),
        (partial(town.ask, town.teacher("Budi"), m.LIST_TRANSFERS, person_id=siti["person"]["id"]), Forbidden),
    ]
    outcomes = at_once(*[order for order, _ in refused])
    assert [type(outcome) for outcome in outcomes] == [kind for _, kind in refused]
    assert facts(town, siti) == [(OLD, str(today()), None)]
    assert town.ask(leader, m.LIST_TRANSFERS, person_id=siti["person"]["id"])["items"] == []


def test_who_taught_where_on_a_day_can_be_asked_for_ever(town, siti):
    """Siti taught at the old school until June, and at a second one from March on; Budi came to the old one in July."""
    person = siti["person"]["id"]
    town.store.assignments.update(facts_ids(town, siti)[0], set={"valid_from": "2024-07-01"})
    town.ask(town.operator, m.ASSIGN, person_id=person, npsn=OTHER, valid_from="2026-03-01", valid_until="2026-08-31")
    transfer(town, siti, on="2026-07-01")
    budi = town.person("Budi Santoso", subjects=["IPA"])
    town.ask(town.operator, m.ASSIGN, person_id=budi["id"], npsn=OLD, primary=True, valid_from="2026-07-01")

    def there(school, day, who=town.operator, **asked):
        items = town.ask(who, m.LIST_PEOPLE, school=school, on=day, **asked)["items"]
        return [(item["name"], item["npsn"]) for item in items]

    assert there(OLD, "2026-06-30") == there(OTHER, "2026-03-01") == [("Siti Aminah", OLD)]
    assert there(OLD, "2026-07-01") == [("Budi Santoso", OLD)]
    assert there(OTHER, "2026-07-01") == there(NEW, "2026-07-01") == [("Siti Aminah", NEW)]
    assert there(OTHER, "2026-02-28") == there(OLD, "2024-06-30") == []
    assert there(OLD, "2026-07-01", q="siti") == there(OLD, "2026-06-30", subject="ipa") == []
    assert there(OLD, "2026-07-01", q="santoso", subject="ipa") == [("Budi Santoso", OLD)]
    everybody = town.ask(town.operator, m.LIST_PEOPLE, on="2025-01-01")["items"]
    assert {item["name"]: item["npsn"] for item in everybody} == {
        "Operator Dinas": None,
        "Siti Aminah": OLD,
        "Budi Santoso": None,
    }
    leader = town.with_role("principal", OLD)
    assert there(OLD, "2026-06-30", leader) == [("Siti Aminah", OLD)]
    refused = at_once(
        partial(there, OTHER, "2026-06-30", leader),
        partial(town.ask, leader, m.LIST_PEOPLE, on="2026-06-30"),
        partial(town.ask, siti, m.LIST_PEOPLE, q="budi", on="2026-06-30"),
        partial(town.ask, town.operator, m.LIST_PEOPLE, on="2026-06-30", external="dapodik:1"),
    )
    assert [type(outcome) for outcome in refused] == [Forbidden] * 3 + [Invalid]


def test_the_people_of_a_day_come_page_by_page(town, schools):
    names = [f"Guru {number:02}" for number in range(12)]
    for name in names:
        town.person(name, npsn=OLD)
        town.person(f"Lain {name}", npsn=NEW)
    found, after = [], None
    while True:
        page = town.ask(town.operator, m.LIST_PEOPLE, school=OLD, on=str(today()), limit=5, after=after)
        found += [item["name"] for item in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert found == names


def test_the_card_of_an_old_school_does_not_open_the_account_of_another_schools_principal(town, schools):
    risen, stayed = (town.person(name, npsn=OLD, duty="Guru Mapel") for name in ("Siti Aminah", "Budi"))
    codes = {
        who["id"]: town.ask(town.operator, m.ISSUE_ACTIVATION, person_id=who["id"])["code"] for who in (risen, stayed)
    }
    for who, duty in ((risen, "Kepala Sekolah"), (stayed, "Guru Mapel")):
        transfer(town, {"person": who}, duty=duty)
    with pytest.raises(Invalid):
        town.activate(codes[risen["id"]])
    assert town.activate(codes[stayed["id"]])["person"]["id"] == stayed["id"]


def test_a_post_that_is_over_and_called_otherwise_makes_nobody_principal_for_longer(town, schools, siti):
    person_id = siti["person"]["id"]
    order = {"person_id": person_id, "npsn": OTHER, "primary": False, "duty": "Kepala Sekolah"}
    post = town.ask(town.operator, m.ASSIGN, **order, valid_from="2020-01-01", valid_until="2022-06-30")
    changed = {"assignment_id": post["id"], "version": post["version"], "duty": "Guru Mapel"}
    town.ask(town.operator, m.CORRECT_ASSIGNMENT, person_id=person_id, **changed)
    [role] = town.ask(town.operator, m.LIST_ROLES, person_id=person_id)["items"]
    assert (role["valid_from"], role["valid_until"]) == ("2020-01-01", "2022-06-30")


def test_a_school_does_not_make_itself_the_own_school_of_a_teacher_whom_it_shares(town, schools):
    guest = town.person("Siti Aminah")
    posts = {
        npsn: town.ask(town.operator, m.ASSIGN, person_id=guest["id"], npsn=npsn, primary=False, duty="Guru Mapel")
        for npsn in (OLD, NEW)
    }
    leader = town.with_role("school_operator", OLD, "Pak Operator")
    changed = {"assignment_id": posts[OLD]["id"], "version": posts[OLD]["version"], "primary": True}
    with pytest.raises(Forbidden):
        town.ask(leader, m.CORRECT_ASSIGNMENT, person_id=guest["id"], **changed)
    assert town.ask(town.operator, m.CORRECT_ASSIGNMENT, person_id=guest["id"], **changed)["primary"]
