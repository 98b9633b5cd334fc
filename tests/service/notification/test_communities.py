"""Coming into communities, proposing them, what ends in them: each who is concerned hears once, nobody else at all."""

from datetime import UTC, datetime

import pytest

from shared.contracts.events import membership, scheduling
from shared.ids import new_id
from tests.service.notification.test_telling import last, member


def request(community, person_id, status="pending", request_id=None):
    state = {"request_id": request_id or new_id(), "community_id": community, "person_id": person_id}
    return {**state, "status": status}


def topics(around, person_id):
    return [topic for topic, _ in around.told(person_id)]


def test_officers_hear_of_a_request_and_the_asker_of_the_answer(around, ketua, community):
    siti, asker, deputy = around.member(community), around.person("Bu Tanya"), around.person("Pak Sekretaris")
    around.member(community, deputy, role="sekretaris")
    around.settle(last(around))
    before = len(around.told(ketua))
    asked = request(community, asker)
    around.settle(around.tell(membership.JOIN_REQUESTED, **asked))
    for officer in (ketua, deputy):
        assert around.told(officer)[-1] == ("join_requested", asked["request_id"])
    assert around.inbox(ketua)[0]["title"] == "Bu Tanya ingin bergabung"
    assert topics(around, asker) == []
    around.settle(around.tell(membership.JOIN_DECIDED, **{**asked, "status": "rejected"}))
    assert topics(around, asker) == ["join_decided"]
    assert around.inbox(asker)[0]["subject"]["path"] == f"/v1/join-requests/{asked['request_id']}"
    assert len(around.told(ketua)) == before + 1
    assert around.inbox(ketua)[0]["title"] == "Permintaan Bu Tanya sudah ditolak"
    assert topics(around, siti) == []


def test_a_withdrawn_request_is_told_to_nobody_and_shown_as_that(around, ketua, community):
    asker = around.person("Bu Tanya")
    asked = request(community, asker)
    around.settle(around.tell(membership.JOIN_REQUESTED, **asked))
    around.settle(around.tell(membership.JOIN_DECIDED, **{**asked, "status": "withdrawn"}))
    assert topics(around, asker) == []
    assert around.inbox(ketua)[0]["title"] == "Bu Tanya menarik permintaannya"


def test_whoever_is_added_by_others_is_told_and_whoever_came_by_themselves_is_not(around, ketua, community):
    added, came, before = around.person(), around.person(), len(around.told(ketua))
    around.settle(around.tell(membership.MEMBER_JOINED, **member(community, added), added=True))
    around.settle(around.tell(membership.MEMBER_JOINED, **member(community, came), added=False))
    assert topics(around, added) == ["added_to_community"]
    assert topics(around, came) == []
    assert around.told(ketua)[before:] == [("member_joined", f"{community}/{came}")]


def test_members_of_a_merged_community_hear_of_it_once_and_the_officers_of_no_crowd(around, ketua, community):
    double = around.community(ketua, name="MGMP Kembar")
    siti = around.member(double)
    around.settle(last(around))
    before = topics(around, ketua)
    closed = {"name": "MGMP Kembar", "status": "archived", "merged_into": community}
    around.community(ketua, community_id=double, **closed)
    around.community(ketua, community_id=community, name="MGMP Matematika", merged_from=[double])
    gone = member(double, siti, active=False, left_at=datetime.now(UTC))
    around.tell(membership.MEMBER_LEFT, **gone, reason="merged")
    around.settle(around.tell(membership.MEMBER_JOINED, **member(community, siti), quiet=True))
    around.settle(last(around))
    assert topics(around, siti) == ["community_merged"]
    assert around.inbox(siti)[0]["title"] == "MGMP Kembar kini menyatu dengan MGMP Matematika"
    assert topics(around, ketua) == before


def test_a_school_hears_of_a_letter_and_those_whom_it_names_of_the_answer(around, ketua, community):
    siti, principal, elsewhere = around.member(community), around.person("Pak Hadi"), around.person("Bu Ani")
    around.leads(principal, "20306321")
    around.leads(elsewhere, "20306322")
    session = around.session(community, title="Membaca grafik")
    around.settle(last(around))
    before = {who: len(topics(around, who)) for who in (ketua, siti, principal, elsewhere)}
    letter = {"letter_id": new_id(), "session_id": session, "community_id": community, "npsn": "20306321"}
    letter |= {"person_ids": [siti], "requested_by": ketua, "status": "requested"}
    around.settle(around.tell(scheduling.ASSIGNMENT_LETTER_REQUESTED, **letter))
    assert around.inbox(principal)[0]["title"] == "Surat tugas diminta: Membaca grafik"
    around.settle(around.tell(scheduling.ASSIGNMENT_LETTER_DECIDED, **{**letter, "status": "granted"}))
    for who in (ketua, siti):
        assert around.inbox(who)[0]["title"] == "Surat tugas disetujui: Membaca grafik"
        assert around.inbox(who)[0]["subject"]["path"] == f"/v1/assignment-letters/{letter['letter_id']}"
    affected = {**letter, "status": "granted", "change": "cancelled", "others": 2}
    around.settle(around.tell(scheduling.ASSIGNMENT_LETTER_AFFECTED, **affected))
    told = around.inbox(principal)[0]
    assert told["title"] == "Dibatalkan, surat tugas tidak diperlukan lagi: Membaca grafik"
    assert "2 pertemuan lain" in told["body"]
    new = {who: len(topics(around, who)) - before[who] for who in before}
    assert new == {ketua: 1, siti: 1, principal: 2, elsewhere: 0}


@pytest.mark.parametrize("what", ["decree", "term"])
def test_officers_hear_what_ends_and_members_do_not(around, ketua, community, what):
    siti = around.member(community)
    around.settle(last(around))
    ends = {"community_id": community, "what": what, "until": "2026-12-31", "days_left": 14}
    around.settle(around.tell(membership.DEADLINE_NEAR, **ends))
    assert topics(around, ketua)[-1] == f"{what}_ending"
    assert "Kamis, 31 Desember 2026" in around.inbox(ketua)[0]["title"]
    assert topics(around, siti) == []


def role(around, person_id, name, scope=None):
    dates = {"valid_from": "2020-01-01", "valid_until": None}
    around.tell(membership.ROLE_CHANGED, grant_id=new_id(), person_id=person_id, role=name, scope_id=scope, **dates)


def proposal(person_id, **changes):
    state = {"proposal_id": new_id(), "person_id": person_id, "name": "MGMP Seni", "kind": "mgmp", "npsn": None}
    return {**state, "status": "open", "community_id": None, **changes}


def test_a_proposal_is_told_to_those_who_decide_and_the_answer_to_who_proposed(around):
    operator, teacher, principal = around.operator(), around.person("Bu Usul"), around.person("Bu Kepala")
    role(around, principal, "principal", "20306577")
    around.settle(last(around))
    of_district = proposal(teacher)
    around.settle(around.tell(membership.COMMUNITY_PROPOSED, **of_district))
    assert around.told(operator) == [("community_proposed", of_district["proposal_id"])]
    assert "Bu Usul" in around.inbox(operator)[0]["body"]
    of_school = proposal(teacher, kind="kombel", npsn="20306577")
    around.settle(around.tell(membership.COMMUNITY_PROPOSED, **of_school))
    assert around.told(principal) == [("community_proposed", of_school["proposal_id"])]
    of_another = proposal(teacher, kind="kombel", npsn="20306599")
    around.settle(around.tell(membership.COMMUNITY_PROPOSED, **of_another))
    assert len(around.told(operator)) == 2
    around.settle(around.tell(membership.PROPOSAL_DECIDED, **{**of_district, "status": "refused"}))
    assert topics(around, teacher) == ["proposal_decided"]
    assert around.inbox(teacher)[0]["title"] == "Usulan Anda belum diterima: MGMP Seni"
