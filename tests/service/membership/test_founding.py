"""Communities begin: by whom, for which authority, proposed by anybody; and what ends in them is told beforehand."""

from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from services.membership.usecases import warnings
from shared.contracts import membership as m
from shared.contracts.events import membership as events
from shared.errors import Conflict, Forbidden, Invalid, NotFound
from shared.ids import new_id
from tests.support.neighbours import at_once
from tests.support.patience import eventually

SMA = {"name": "MGMP Fisika SMA", "kind": "mgmp", "level": "SMA", "subject": "Fisika"}
DECREE = {"number": "421/77/2026", "until": None}


def in_days(days):
    return (datetime.now(UTC).astimezone(ZoneInfo("Asia/Jakarta")).date() + timedelta(days=days)).isoformat()


@pytest.fixture
def ketua(town):
    return town.teacher("Ibu Ketua")


def test_a_kabupatens_operator_founds_an_sma_community_and_its_decree_is_written_later(town, ketua):
    community = town.community(ketua, **SMA)
    found = town.ask(ketua, m.GET_COMMUNITY, community_id=community)
    assert (found["jurisdiction"], found["decree"], found["my_role"]) == ("province", None, "ketua")
    assert [each["id"] for each in town.ask(ketua, m.LIST_COMMUNITIES, jurisdiction="province")["items"]] == [community]
    until = {"number": "421/77/2026", "until": in_days(10)}
    change = {"community_id": community, "version": found["version"], "decree": until}
    assert town.ask(ketua, m.CHANGE_COMMUNITY, **change)["decree"] == until
    eventually(lambda: told(town))
    assert told(town) == [("decree", in_days(10), 10)]
    with pytest.raises(Invalid):
        town.community(ketua, **SMA, jurisdiction="district", decree=DECREE)


def test_an_operator_who_names_no_ketua_leads_another_authoritys_community_and_adds_its_members(town, ketua):
    found = town.ask(town.operator, m.FOUND_COMMUNITY, **SMA)
    assert (found["jurisdiction"], found["my_role"], found["member_count"]) == ("province", "ketua", 1)
    own = {"community_id": found["id"]}
    town.ask(town.operator, m.ADD_MEMBERS, **own, person_id=ketua["person"]["id"], role="ketua")
    assert town.ask(ketua, m.GET_COMMUNITY, **own)["my_role"] == "ketua"
    town.ask(town.operator, m.REMOVE_MEMBER, **own, person_id=town.operator["person"]["id"])
    with pytest.raises(Forbidden):
        town.ask(town.operator, m.INVITE, **own)


def test_what_is_anothers_is_run_by_its_officers_and_not_by_the_operator(town, ketua):
    community = town.community(ketua, **SMA, decree=DECREE)
    own = {"community_id": community}
    person = town.person("Guru")["id"]
    version = town.ask(ketua, m.GET_COMMUNITY, **own)["version"]
    refused = at_once(
        partial(town.ask, town.operator, m.CHANGE_COMMUNITY, **own, version=version, name="Lain"),
        partial(town.ask, town.operator, m.ADD_MEMBERS, **own, person_id=person, role="ketua"),
        partial(town.ask, town.operator, m.INVITE, **own),
        partial(town.ask, town.operator, m.ARCHIVE_COMMUNITY, **own),
    )
    assert [type(outcome) for outcome in refused] == [Forbidden] * 4
    town.ask(ketua, m.ADD_MEMBERS, **own, person_id=person)
    town.ask(town.operator, m.DISABLE_PERSON, person_id=ketua["person"]["id"])
    town.ask(town.operator, m.ADD_MEMBERS, **own, person_id=town.person("Pengganti")["id"], role="ketua")


def test_a_principal_founds_the_kombel_of_an_sma(town):
    npsn = town.school("20306599", level="SMA")
    principal = town.with_role("principal", npsn)
    found = town.ask(principal, m.FOUND_COMMUNITY, name="Kombel SMA", kind="kombel", npsn=npsn)
    assert found["jurisdiction"] == "province"


def test_a_kombel_is_of_a_school_on_record_and_belongs_to_whom_that_school_does(town):
    """Failure: an operator founds the kombel of an SMA as one of level SMP, and stays its steward."""
    npsn, kombel = town.school("20306599", level="SMA"), {"name": "Kombel", "kind": "kombel", "level": "SMP"}
    for operation in (m.FOUND_COMMUNITY, m.PROPOSE_COMMUNITY):
        with pytest.raises(Invalid) as refused:
            town.ask(town.operator, operation, **kombel, npsn="99999999")
        assert refused.value.fields["npsn"][0].key == "membership.unknown_school"
        with pytest.raises(Invalid):
            town.ask(town.operator, operation, **kombel, npsn=npsn, jurisdiction="district")
    found = town.ask(town.operator, m.FOUND_COMMUNITY, **kombel, npsn=npsn)
    assert (found["jurisdiction"], found["level"]) == ("province", "SMP")
    change = {"community_id": found["id"], "version": found["version"], "level": "SMA"}
    changed = town.ask(town.operator, m.CHANGE_COMMUNITY, **change)
    assert (changed["jurisdiction"], changed["level"]) == ("province", "SMA")


def test_a_kombel_is_led_by_somebody_of_its_school_whoever_names_them(town):
    here, there = town.school(), town.school("20306578")
    own, outsider = town.teacher("Bu Guru", npsn=here), town.teacher("Pak Lain", npsn=there)
    kombel = {"name": "Kombel", "kind": "kombel", "npsn": here}
    stranger = outsider["person"]["id"]
    proposal = town.ask(outsider, m.PROPOSE_COMMUNITY, **kombel)["id"]
    community = town.ask(town.operator, m.FOUND_COMMUNITY, **kombel, ketua_id=own["person"]["id"])["id"]
    joined = town.ask(own, m.ADD_MEMBERS, community_id=community, person_id=stranger)["items"][0]
    role = {"community_id": community, "person_id": stranger, "role": "ketua", "version": joined["version"]}
    other, closed = (town.ask(town.operator, m.FOUND_COMMUNITY, **kombel)["id"] for _ in range(2))
    town.ask(town.operator, m.ARCHIVE_COMMUNITY, community_id=closed)
    refused = at_once(
        partial(town.ask, town.operator, m.FOUND_COMMUNITY, **kombel, ketua_id=stranger),
        partial(town.ask, town.operator, m.ACCEPT_PROPOSAL, proposal_id=proposal),
        partial(town.ask, own, m.CHANGE_MEMBER, **role),
        partial(town.ask, town.operator, m.ADD_MEMBERS, community_id=other, person_ids=[stranger], role="ketua"),
        partial(town.ask, town.operator, m.REVIVE_COMMUNITY, community_id=closed, ketua_id=stranger),
    )
    reasons = [{text.key for texts in each.fields.values() for text in texts} for each in refused]
    assert reasons == [{"membership.lead_of_another_school"}] * 5
    assert town.ask(own, m.CHANGE_MEMBER, **{**role, "role": "sekretaris"})["role"] == "sekretaris"
    accepted = town.ask(town.operator, m.ACCEPT_PROPOSAL, proposal_id=proposal, ketua_id=own["person"]["id"])
    assert accepted["status"] == "accepted"


def test_a_schools_leader_without_a_post_leads_its_kombel_while_they_hold_the_role(town):
    here, there = town.school(), town.school("20306578")
    head, of_another = town.with_role("principal", here), town.with_role("principal", there, name="Pak Lain")
    kombel = {"name": "Kombel", "kind": "kombel", "npsn": here}
    assert town.ask(head, m.FOUND_COMMUNITY, **kombel)["my_role"] == "ketua"
    town.ask(town.operator, m.FOUND_COMMUNITY, **kombel, ketua_id=head["person"]["id"])
    with pytest.raises(Invalid):
        town.ask(town.operator, m.FOUND_COMMUNITY, **kombel, ketua_id=of_another["person"]["id"])
    [grant] = town.ask(town.operator, m.LIST_ROLES, person_id=head["person"]["id"])["items"]
    town.ask(town.operator, m.REVOKE_ROLE, person_id=head["person"]["id"], grant_id=grant["id"])
    with pytest.raises(Invalid):
        town.ask(town.operator, m.FOUND_COMMUNITY, **kombel, ketua_id=head["person"]["id"])


def test_officers_do_not_hand_their_community_to_another_authority(town, ketua):
    community = town.community(ketua)
    version = town.ask(ketua, m.GET_COMMUNITY, community_id=community)["version"]
    change = {"community_id": community, "version": version, "level": "SMK"}
    with pytest.raises(Forbidden):
        town.ask(ketua, m.CHANGE_COMMUNITY, **change)
    changed = town.ask(town.operator, m.CHANGE_COMMUNITY, **change)
    assert changed["jurisdiction"] == "province"


def test_communities_stand_below_others_but_not_below_themselves(town, ketua):
    above, below = town.community(ketua, name="MGMP Kabupaten"), None
    below = town.community(ketua, name="Sanggar Timur", parent_id=above)
    assert [each["id"] for each in town.ask(ketua, m.LIST_COMMUNITIES, parent_id=above)["items"]] == [below]
    version = town.ask(ketua, m.GET_COMMUNITY, community_id=above)["version"]
    for wrong, refusal in ((below, Conflict), (above, Conflict), (new_id(), Invalid)):
        with pytest.raises(refusal):
            town.ask(ketua, m.CHANGE_COMMUNITY, community_id=above, version=version, parent_id=wrong)


def test_a_community_is_renamed_wherever_it_stands(town, ketua):
    """Its place is asked about when it changes: a merge may have put it below more than ten others."""
    line = [town.community(ketua, name="MGMP 0")]
    for depth in range(1, 12):
        line.append(town.community(ketua, name=f"MGMP {depth}", parent_id=line[-1] if depth < 11 else None))
    town.store.communities.update(line[-1], set={"parent_id": line[-2]})
    version = town.ask(ketua, m.GET_COMMUNITY, community_id=line[-1])["version"]
    change = {"community_id": line[-1], "version": version}
    assert town.ask(ketua, m.CHANGE_COMMUNITY, **change, name="MGMP Baru")["name"] == "MGMP Baru"


def test_two_lines_of_communities_put_below_each_other_at_once_form_no_ring(town, ketua):
    for number in range(3):
        ends = []
        for side in "AB":
            above = town.community(ketua, name=f"{side}{number} atas")
            ends.append((above, town.community(ketua, name=f"{side}{number} bawah", parent_id=above)))

        def put(community, parent):
            version = town.ask(ketua, m.GET_COMMUNITY, community_id=community)["version"]
            order = {"community_id": community, "version": version, "parent_id": parent}
            return partial(town.ask, ketua, m.CHANGE_COMMUNITY, **order)

        (one, below_one), (other, below_other) = ends
        outcomes = at_once(put(one, below_other), put(other, below_one))
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "dict"]


def test_a_teacher_proposes_and_leads_what_the_operator_accepts(town):
    teacher = town.teacher("Bu Usul")
    plan = {"name": "MGMP Seni", "kind": "mgmp", "level": "SMP", "subject": "Seni Budaya"}
    proposal = town.ask(teacher, m.PROPOSE_COMMUNITY, **plan, reason="Guru seni belum punya wadah.")
    assert (proposal["status"], proposal["proposer"]) == ("open", "Bu Usul")
    key = {"proposal_id": proposal["id"]}
    with pytest.raises(Forbidden):
        town.ask(teacher, m.ACCEPT_PROPOSAL, **key)
    with pytest.raises(NotFound):
        town.ask(town.teacher("Orang lain"), m.GET_PROPOSAL, **key)
    [waiting] = town.ask(town.operator, m.LIST_PROPOSALS)["items"]
    assert waiting["id"] == proposal["id"]
    accepted = town.ask(town.operator, m.ACCEPT_PROPOSAL, **key)
    found = town.ask(teacher, m.GET_COMMUNITY, community_id=accepted["community_id"])
    assert (found["name"], found["my_role"]) == ("MGMP Seni", "ketua")
    with pytest.raises(Conflict):
        town.ask(town.operator, m.REFUSE_PROPOSAL, **key, reason="Terlambat")
    assert [each["status"] for each in town.emitted(events.COMMUNITY_PROPOSED, events.PROPOSAL_DECIDED)] == [
        "open",
        "accepted",
    ]


def test_a_refused_proposal_tells_its_proposer_why_and_the_events_do_not(town):
    teacher = town.teacher()
    proposal = town.ask(teacher, m.PROPOSE_COMMUNITY, name="MGMP Mirip", kind="mgmp")
    town.ask(town.operator, m.REFUSE_PROPOSAL, proposal_id=proposal["id"], reason="Sudah ada yang sama.")
    assert town.ask(teacher, m.GET_PROPOSAL, proposal_id=proposal["id"])["answer"] == "Sudah ada yang sama."
    assert town.ask(teacher, m.LIST_PROPOSALS, status="refused")["items"][0]["id"] == proposal["id"]
    assert "answer" not in town.emitted(events.PROPOSAL_DECIDED)[0]


def test_a_kombels_proposal_is_decided_by_the_leaders_of_its_school(town):
    here, there = town.school(), town.school("20306578")
    teacher, leader = town.teacher(npsn=here), town.with_role("principal", here)
    stranger = town.with_role("principal", there, name="Pak Lain")
    proposal = town.ask(teacher, m.PROPOSE_COMMUNITY, name="Kombel Kepil", kind="kombel", npsn=here)
    assert town.ask(stranger, m.LIST_PROPOSALS)["items"] == []
    with pytest.raises(NotFound):
        town.ask(stranger, m.ACCEPT_PROPOSAL, proposal_id=proposal["id"])
    assert town.ask(leader, m.ACCEPT_PROPOSAL, proposal_id=proposal["id"])["status"] == "accepted"


def test_nobody_floods_the_operator_with_proposals_and_may_withdraw_theirs(town):
    teacher = town.teacher()
    made = [town.ask(teacher, m.PROPOSE_COMMUNITY, name=f"MGMP {number}", kind="mgmp") for number in range(5)]
    with pytest.raises(Conflict):
        town.ask(teacher, m.PROPOSE_COMMUNITY, name="MGMP 6", kind="mgmp")
    assert town.ask(teacher, m.WITHDRAW_PROPOSAL, proposal_id=made[0]["id"])["status"] == "withdrawn"
    town.ask(teacher, m.PROPOSE_COMMUNITY, name="MGMP 6", kind="mgmp")


def told(town):
    return [(each["what"], each["until"], each["days_left"]) for each in town.emitted(events.DEADLINE_NEAR)]


def test_a_decree_that_ends_soon_is_told_once_however_often_the_job_runs(town, ketua):
    community = town.community(ketua, decree={"number": "1", "until": in_days(10)})
    eventually(lambda: told(town))
    for _ in range(3):
        warnings.warn_due(town.system)
    assert told(town) == [("decree", in_days(10), 10)]
    found = town.ask(ketua, m.GET_COMMUNITY, community_id=community)
    how = {"community_id": community, "version": found["version"]}
    found = town.ask(ketua, m.CHANGE_COMMUNITY, **how, subdistricts=["Kepil"])
    warnings.warn_due(town.system)
    assert len(told(town)) == 1
    how["version"] = found["version"]
    town.ask(ketua, m.CHANGE_COMMUNITY, **how, decree={"number": "2", "until": in_days(400)})
    warnings.warn_due(town.system)
    assert len(told(town)) == 1


def test_the_terms_that_end_on_one_day_are_one_warning_and_whoever_stepped_down_is_none(town, ketua):
    community = town.community(ketua)
    key = {"community_id": community, "person_id": ketua["person"]["id"]}
    version = town.ask(ketua, m.LIST_MEMBERS, community_id=community)["items"][0]["version"]
    term = {"valid_from": "2024-01-01", "valid_until": in_days(200)}
    shown = town.ask(ketua, m.CHANGE_MEMBER, **key, version=version, role="ketua", term=term)
    assert shown["term"] == term
    people = [town.person(f"Pengurus {number}")["id"] for number in range(3)]
    added = {"community_id": community, "person_ids": people, "role": "sekretaris", "term": term}
    records = town.ask(ketua, m.ADD_MEMBERS, **added)["items"]
    assert town.ask(ketua, m.CHANGE_MEMBER, **_as(records[0]), role="member")["term"] is None
    assert told(town) == []
    for doc in town.store.deadlines.find({"community_id": community}, limit=10):
        town.store.deadlines.save({**doc, "valid_until": in_days(14), "next_on": in_days(0)})
    warnings.warn_due(town.system)
    warnings.warn_due(town.system)
    assert told(town) == [("term", in_days(14), 14)]
    with pytest.raises(Invalid):
        town.ask(ketua, m.CHANGE_MEMBER, **_now(town, records[0]), role="member", term=term)


def test_an_archived_community_is_warned_of_nothing_until_it_is_revived(town, ketua):
    community = town.community(ketua)
    town.ask(ketua, m.ARCHIVE_COMMUNITY, community_id=community)
    deadline = {"what": "decree", "valid_until": in_days(5), "next_on": in_days(0)}
    town.store.deadlines.insert({"id": f"decree/{community}", "community_id": community, **deadline})
    warnings.warn_due(town.system)
    assert told(town) == []
    town.ask(ketua, m.REVIVE_COMMUNITY, community_id=community)
    eventually(lambda: told(town))
    assert told(town) == [("decree", in_days(5), 5)]


def _as(record):
    return {name: record[name] for name in ("community_id", "person_id", "version")}


def _now(town, record):
    stored = town.store.members.require(f"{record['community_id']}/{record['person_id']}")
    return _as(stored)
