"""People come into a community: by asking, by invitation; and guests come without an account."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from shared.contracts import membership as m
from shared.contracts.events import membership as events
from shared.errors import Conflict, Forbidden, Invalid, NotFound
from tests.support.neighbours import at_once
from tests.support.patience import eventually
from tests.support.roster import csv_bytes


@pytest.fixture
def ketua(town):
    return town.teacher("Ibu Ketua")


@pytest.fixture
def community(town, ketua):
    return town.community(ketua, join_policy="approval")


def ask(town, who, community, **how):
    return town.ask(who, m.ASK_TO_JOIN, community_id=community, **how)


def present(town, community):
    page = town.ask(town.operator, m.LIST_MEMBERS, community_id=community)
    return {member["person_id"] for member in page["items"]}


def test_whoever_asks_is_taken_in_by_the_officers(town, ketua, community):
    who = town.teacher("Bu Tanya")
    request = ask(town, who, community, reason="Saya mengajar IPA.")
    assert (request["status"], request["name"]) == ("pending", "Bu Tanya")
    assert town.ask(who, m.GET_COMMUNITY, community_id=community)["my_request_id"] == request["id"]
    [waiting] = town.ask(ketua, m.LIST_JOIN_REQUESTS, community_id=community)["items"]
    assert (waiting["id"], waiting["reason"]) == (request["id"], "Saya mengajar IPA.")
    approved = town.ask(ketua, m.APPROVE_JOIN_REQUEST, request_id=request["id"])
    assert approved["status"] == "approved"
    assert who["person"]["id"] in present(town, community)
    assert town.ask(who, m.GET_COMMUNITY, community_id=community)["my_request_id"] is None
    assert town.ask(ketua, m.LIST_JOIN_REQUESTS, community_id=community)["items"] == []
    told = town.emitted(events.JOIN_REQUESTED, events.JOIN_DECIDED)
    assert [each["status"] for each in told] == ["pending", "approved"]
    assert all("reason" not in each for each in told)
    assert not town.emitted(events.MEMBER_JOINED)[-1].get("added", False)


def test_whoever_is_rejected_learns_why_and_asks_again_only_later(town, ketua, community):
    who = town.teacher()
    request = ask(town, who, community)
    town.ask(ketua, m.REJECT_JOIN_REQUEST, request_id=request["id"], reason="Khusus guru IPA.")
    seen = town.ask(who, m.GET_JOIN_REQUEST, request_id=request["id"])
    assert (seen["status"], seen["answer"]) == ("rejected", "Khusus guru IPA.")
    with pytest.raises(Conflict) as refused:
        ask(town, who, community)
    assert refused.value.text.key == "membership.asked_lately"
    with pytest.raises(Conflict):
        town.ask(ketua, m.APPROVE_JOIN_REQUEST, request_id=request["id"])


def test_one_has_one_request_at_a_time_even_when_sent_twice_at_once(town, ketua, community):
    who = town.teacher()
    outcomes = at_once(*[partial(ask, town, who, community)] * 3)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "Conflict", "dict"]
    assert len(town.emitted(events.JOIN_REQUESTED)) == 1
    [request] = town.ask(who, m.MY_JOIN_REQUESTS)["items"]
    assert town.ask(who, m.WITHDRAW_JOIN_REQUEST, request_id=request["id"])["status"] == "withdrawn"
    assert ask(town, who, community)["status"] == "pending"


def test_two_officers_who_decide_at_once_decide_once(town, ketua, community):
    who = town.teacher()
    request = {"request_id": ask(town, who, community)["id"]}
    outcomes = at_once(
        partial(town.ask, ketua, m.APPROVE_JOIN_REQUEST, **request),
        partial(town.ask, town.operator, m.REJECT_JOIN_REQUEST, **request, reason="Tidak"),
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "dict"]
    assert len(town.emitted(events.JOIN_DECIDED)) == 1


def test_a_request_is_nobody_elses_business(town, ketua, community):
    request = {"request_id": ask(town, town.teacher(), community)["id"]}
    stranger = town.teacher("Orang lain")
    refused = at_once(
        partial(town.ask, stranger, m.GET_JOIN_REQUEST, **request),
        partial(town.ask, stranger, m.APPROVE_JOIN_REQUEST, **request),
        partial(town.ask, stranger, m.WITHDRAW_JOIN_REQUEST, **request),
        partial(town.ask, ketua, m.WITHDRAW_JOIN_REQUEST, **request),
        partial(town.ask, stranger, m.LIST_JOIN_REQUESTS, community_id=community),
    )
    assert [type(outcome) for outcome in refused] == [NotFound, NotFound, NotFound, Forbidden, Forbidden]


def test_nobody_asks_where_one_comes_in_by_invitation_alone(town, ketua):
    with pytest.raises(Conflict) as refused:
        ask(town, town.teacher(), town.community(ketua, join_policy="invitation"))
    assert refused.value.text.key == "membership.by_invitation_only"


def test_whoever_asks_where_anybody_may_join_has_joined(town, ketua):
    community, who = town.community(ketua, join_policy="open"), town.teacher("Bu Tanya")
    request = ask(town, who, community, reason="Saya mengajar IPA.")
    assert (request["status"], request["name"], request["reason"]) == ("approved", "Bu Tanya", "Saya mengajar IPA.")
    assert request["decided_at"] is not None
    found = town.ask(who, m.GET_COMMUNITY, community_id=community)
    assert (found["my_role"], found["member_count"], found["my_request_id"]) == ("member", 2, None)
    assert town.ask(who, m.MY_JOIN_REQUESTS)["items"] == [request]
    assert town.ask(ketua, m.LIST_JOIN_REQUESTS, community_id=community)["items"] == []
    [decided] = town.emitted(events.JOIN_REQUESTED, events.JOIN_DECIDED)
    assert (decided["request_id"], decided["status"]) == (request["id"], "approved")
    joined = town.emitted(events.MEMBER_JOINED)[-1]
    assert (joined["person_id"], joined["role"], joined["added"]) == (who["person"]["id"], "member", False)


def test_asking_where_anybody_may_join_is_refused_as_joining_is(town, ketua):
    community, who = town.community(ketua, join_policy="open"), town.teacher()
    outcomes = at_once(*[partial(ask, town, who, community)] * 3)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "Conflict", "dict"]
    assert {each.text.key for each in outcomes if isinstance(each, Conflict)} == {"membership.member_already"}
    assert len(town.emitted(events.MEMBER_JOINED)) == 2
    town.ask(ketua, m.ARCHIVE_COMMUNITY, community_id=community)
    with pytest.raises(Conflict) as refused:
        ask(town, town.teacher(), community)
    assert refused.value.text.key == "membership.community_archived"


def test_a_request_that_waited_while_the_community_was_opened_is_the_one_by_which_its_asker_comes_in(town, ketua):
    community, who = town.community(ketua, join_policy="approval"), town.teacher()
    waiting = ask(town, who, community, reason="Saya mengajar IPA.")
    version = town.ask(ketua, m.GET_COMMUNITY, community_id=community)["version"]
    town.ask(ketua, m.CHANGE_COMMUNITY, community_id=community, version=version, join_policy="open")
    approved = ask(town, who, community)
    assert (approved["id"], approved["status"]) == (waiting["id"], "approved")
    assert who["person"]["id"] in present(town, community)


def test_whoever_left_an_open_community_or_was_rejected_before_it_opened_comes_in_by_asking(town, ketua, community):
    rejected, left = town.teacher(), town.teacher("Pak Pergi")
    request = ask(town, rejected, community)
    town.ask(ketua, m.REJECT_JOIN_REQUEST, request_id=request["id"], reason="Penuh.")
    version = town.ask(ketua, m.GET_COMMUNITY, community_id=community)["version"]
    town.ask(ketua, m.CHANGE_COMMUNITY, community_id=community, version=version, join_policy="open")
    assert ask(town, rejected, community)["status"] == "approved"
    ask(town, left, community)
    town.ask(left, m.REMOVE_MEMBER, community_id=community, person_id=left["person"]["id"])
    again = ask(town, left, community)
    assert again["status"] == "approved"
    assert {rejected["person"]["id"], left["person"]["id"]} <= present(town, community)


def test_members_do_not_ask_and_whoever_is_added_meanwhile_has_been_answered(town, ketua, community):
    with pytest.raises(Conflict):
        ask(town, ketua, community)
    asker, other = town.teacher(), town.person("Orang Lain")["id"]
    request = ask(town, asker, community)
    town.ask(ketua, m.ADD_MEMBERS, community_id=community, person_ids=[asker["person"]["id"], other])
    assert town.ask(asker, m.GET_JOIN_REQUEST, request_id=request["id"])["status"] == "approved"
    added = {each["person_id"]: each["added"] for each in town.emitted(events.MEMBER_JOINED) if "added" in each}
    assert (added[asker["person"]["id"]], added[other]) == (False, True)


@pytest.mark.parametrize("way", ["list", "merge", "revive"])
def test_whoever_is_taken_in_in_another_way_has_been_answered(town, ketua, community, way):
    """A list of members, the end of a double and a new ketua: none of them leaves a request that nobody need decide."""
    npsn = town.school()
    who = town.teacher("Bu Tanya", npsn=npsn)
    request = ask(town, who, community)
    if way == "list":
        rows = [{"komunitas": "MGMP IPA", "nama": "Bu Tanya", "npsn": npsn}]
        applied = town.apply(town.upload("members", csv_bytes(rows, ("komunitas", "nama", "npsn")))["id"])
        assert applied["counts"]["created"] == 1
    elif way == "merge":
        double = town.community(town.teacher("Pak Kembar"), name="MGMP I P A")
        town.ask(who, m.ADD_MEMBERS, community_id=double, person_id=who["person"]["id"])
        town.ask(town.operator, m.MERGE_COMMUNITY, community_id=double, into=community)
        eventually(lambda: town.store.merges.get(double) is None)
    else:
        town.ask(ketua, m.ARCHIVE_COMMUNITY, community_id=community)
        town.ask(town.operator, m.REVIVE_COMMUNITY, community_id=community, ketua_id=who["person"]["id"])
    assert who["person"]["id"] in present(town, community)
    assert town.ask(who, m.GET_JOIN_REQUEST, request_id=request["id"])["status"] == "approved"
    assert town.ask(ketua, m.LIST_JOIN_REQUESTS, community_id=community)["items"] == []
    assert not town.emitted(events.MEMBER_JOINED)[-1]["added"]


def test_a_request_to_a_double_waits_at_the_community_it_became(town, ketua, community):
    who = town.teacher("Bu Tanya")
    double = town.community(town.teacher("Pak Kembar"), name="MGMP I P A", join_policy="approval")
    request = ask(town, who, double)
    town.ask(town.operator, m.MERGE_COMMUNITY, community_id=double, into=community)
    assert town.ask(who, m.GET_COMMUNITY, community_id=community)["my_request_id"] == request["id"]
    with pytest.raises(Conflict) as refused:
        ask(town, who, community)
    assert refused.value.text.key == "membership.already_asked"


def test_a_list_tells_those_whom_it_adds_and_not_the_officers_of_each(town, community):
    npsn = town.school()
    person = town.person("Guru Baru", npsn=npsn)
    rows = [{"komunitas": "MGMP IPA", "nama": "Guru Baru", "npsn": npsn}]
    town.apply(town.upload("members", csv_bytes(rows, ("komunitas", "nama", "npsn")))["id"])
    told = town.emitted(events.MEMBER_JOINED)[-1]
    assert (told["person_id"], told["added"]) == (person["id"], True)


# --- invitations


def invite(town, ketua, community, **how):
    return town.ask(ketua, m.INVITE, community_id=community, **how)


def test_an_invitation_lets_in_so_many_and_no_more(town, ketua):
    community = town.community(ketua, join_policy="invitation")
    invitation = invite(town, ketua, community, max_uses=2, note="Grup IPA")
    assert invitation["code"].startswith(f"{town.district}-")
    assert invitation["link"].endswith(invitation["code"])
    people = [town.teacher(f"Guru {number}") for number in range(4)]
    code = {"code": invitation["code"]}
    outcomes = at_once(*[partial(town.ask, who, m.ACCEPT_INVITATION, **code) for who in people])
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "Conflict", "dict", "dict"]
    [listed] = town.ask(ketua, m.LIST_INVITATIONS, community_id=community)["items"]
    assert (listed["status"], listed["uses"]) == ("used_up", 2)
    inside = next(who for who, outcome in zip(people, outcomes, strict=True) if isinstance(outcome, dict))
    assert town.ask(inside, m.ACCEPT_INVITATION, **code)["role"] == "member"


def test_a_revoked_or_expired_invitation_lets_in_nobody(town, ketua, community):
    who = town.teacher()
    revoked, expired = invite(town, ketua, community), invite(town, ketua, community)
    town.ask(ketua, m.REVOKE_INVITATION, code=revoked["code"])
    stored = town.store.invitations.require(expired["code"])
    town.store.invitations.save({**stored, "expires_at": datetime.now(UTC) - timedelta(seconds=1)})
    for invitation in (revoked, expired):
        with pytest.raises(Conflict):
            town.ask(who, m.ACCEPT_INVITATION, code=invitation["code"])
        assert not town.ask(None, m.PREVIEW_INVITATION, code=invitation["code"])["usable"]
    with pytest.raises(NotFound):
        town.ask(who, m.ACCEPT_INVITATION, code=f"{town.district}-tdakadaxxxxx")
    with pytest.raises(Invalid):
        invite(town, ketua, community, expires_at=datetime.now(UTC) + timedelta(days=181))


def test_whoever_holds_a_link_sees_what_it_is_to_and_nothing_of_the_people(town, elsewhere, ketua, community):
    invitation = invite(town, ketua, community, role="guest")
    seen = town.ask(None, m.PREVIEW_INVITATION, code=invitation["code"])
    assert (seen["name"], seen["kind"], seen["role"], seen["usable"]) == ("MGMP IPA", "mgmp", "guest", True)
    assert not {"member_count", "founder_id", "created_by"} & seen.keys()
    with pytest.raises(NotFound):
        elsewhere.ask(None, m.PREVIEW_INVITATION, code=invitation["code"])
    with pytest.raises(NotFound):
        elsewhere.ask(elsewhere.operator, m.ACCEPT_INVITATION, code=invitation["code"])


@pytest.mark.parametrize(("form", "begins"), [("svg", b"<?xml"), ("png", b"\x89PNG")])
def test_an_open_invitation_is_drawn_to_print_or_show(town, ketua, community, form, begins):
    invitation = invite(town, ketua, community)
    assert town.fetch(m.DRAW_INVITATION, code=invitation["code"], form=form).startswith(begins)
    town.ask(ketua, m.REVOKE_INVITATION, code=invitation["code"])
    with pytest.raises(Conflict):
        town.fetch(m.DRAW_INVITATION, code=invitation["code"], form=form)


def test_only_officers_make_list_and_revoke_invitations(town, ketua, community):
    invitation, stranger = invite(town, ketua, community), town.teacher()
    refused = at_once(
        partial(invite, town, stranger, community),
        partial(town.ask, stranger, m.LIST_INVITATIONS, community_id=community),
        partial(town.ask, stranger, m.REVOKE_INVITATION, code=invitation["code"]),
    )
    assert [type(outcome) for outcome in refused] == [Forbidden, Forbidden, NotFound]


def test_an_invited_guest_is_a_guest(town, ketua, community):
    who = town.teacher("Pak Narasumber")
    invitation = invite(town, ketua, community, role="guest")
    assert town.ask(who, m.ACCEPT_INVITATION, code=invitation["code"])["role"] == "guest"


# --- guests


def test_guests_are_kept_by_name_and_institution_and_forgotten_when_removed(town, ketua, community):
    key = {"community_id": community}
    guest = town.ask(ketua, m.ADD_GUEST, **key, name="Dr. Sari", institution="UNY", part="narasumber")
    with pytest.raises(Forbidden):
        town.ask(town.teacher(), m.LIST_GUESTS, **key)
    [listed] = town.ask(ketua, m.LIST_GUESTS, **key)["items"]
    assert (listed["name"], listed["institution"], listed["part"]) == ("Dr. Sari", "UNY", "narasumber")
    with pytest.raises(NotFound):
        town.ask(ketua, m.REMOVE_GUEST, community_id=town.community(ketua), guest_id=guest["id"])
    town.ask(ketua, m.REMOVE_GUEST, **key, guest_id=guest["id"])
    assert town.ask(ketua, m.LIST_GUESTS, **key)["items"] == []
    with pytest.raises(Invalid):
        town.ask(ketua, m.ADD_GUEST, **key, name="A", institution="B", valid_until="2026-01-01")
