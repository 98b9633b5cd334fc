"""Certificates of JP: from attendance and approved minutes to a PDF that anybody can check."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from gateway.app import create_app
from gateway.settings import Settings
from services.scheduling.domain.semesters import Semester
from shared.contracts.events.learning import WORK_ACCEPTED
from shared.contracts.events.scheduling import CERTIFICATE_ISSUED, CERTIFICATE_REVOKED, MINUTES_CHANGED
from shared.contracts.scheduling import (
    APPROVE_MINUTES,
    CHANGE_SESSION,
    CHECK_CERTIFICATE,
    GET_CERTIFICATE_TERMS,
    GET_MINUTES,
    GET_SESSION,
    ISSUE_CERTIFICATES,
    LIST_CERTIFICATE_KEYS,
    LIST_CERTIFICATES,
    PRINT_CERTIFICATE,
    RECORD_ATTENDANCE,
    REVOKE_CERTIFICATE,
    SCHEDULE_SESSION,
    SET_CERTIFICATE_TERMS,
    WRITE_MINUTES,
)
from shared.errors import Conflict, Forbidden, Invalid, NotFound
from tests.support.ground import Cell
from tests.support.neighbours import Neighbours, at_once, grown_id

BEGAN = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(hours=30)
SEMESTER = Semester.of(BEGAN.astimezone(ZoneInfo("Asia/Makassar")).date())


@pytest.fixture(scope="module")
def stranger(scheduling: Cell) -> FlaskClient:
    """Somebody who is not logged in, at the gateway."""
    settings = scheduling.settings
    return create_app(Settings(amqp_uri=settings.amqp_uri, verify_keys=settings.verify_keys)).test_client()


def check(stranger: FlaskClient, paper: bytes) -> Any:
    """What is answered to somebody who has a PDF checked."""
    answer = stranger.post("/v1/certificates/check", data=paper, content_type="application/pdf")
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def held(
    around: Neighbours, ketua: str, community: str, *present: str, minutes: int = 120, approved: bool = True
) -> str:
    """A session at which these people were present so long."""
    plan = {"title": "Pecahan", "goal": "Murid membandingkan pecahan", "starts_at": BEGAN}
    session = str(around.ask(ketua, SCHEDULE_SESSION, community_id=community, **plan)["id"])
    note(around, ketua, session, *present, minutes=minutes)
    around.ask(ketua, WRITE_MINUTES, session_id=session, version=0, decisions=["Dicoba di kelas."])
    if approved:
        around.ask(ketua, APPROVE_MINUTES, session_id=session)
    return session


def note(around: Neighbours, ketua: str, session: str, *present: str, minutes: int) -> None:
    left = {"at": datetime.now(UTC), "arrived_at": BEGAN, "left_at": BEGAN + timedelta(minutes=minutes)}
    items = [{"client_id": grown_id(), "person_id": each, "status": "hadir", **left} for each in present]
    results = around.ask(ketua, RECORD_ATTENDANCE, session_id=session, items=items)["items"]
    assert {each["present_minutes"] for each in results} == {minutes}


def issue(around: Neighbours, who: str, community: str, **said: Any) -> tuple[int, int, int]:
    done = around.ask(who, ISSUE_CERTIFICATES, community_id=community, **{"semester": str(SEMESTER), **said})
    return done["issued"], done["superseded"], done["unchanged"]


def certificates(around: Neighbours, who: str, **said: Any) -> list[Any]:
    return list(around.ask(who, LIST_CERTIFICATES, **said)["items"])


def checked(around: Neighbours, number: str) -> Any:
    return around.ask(None, CHECK_CERTIFICATE, district=around.district, number=number)


def test_jp_come_from_presence_in_sessions_with_approved_minutes(around, ketua, community):
    member, late = around.member(community), around.member(community)
    held(around, ketua, community, ketua, member)
    held(around, ketua, community, member, minutes=110)
    held(around, ketua, community, late, minutes=44)
    held(around, ketua, community, ketua, member, late, approved=False)
    assert issue(around, ketua, community) == (2, 0, 0)
    [mine] = certificates(around, member)
    assert (mine["sessions"], mine["minutes"], mine["jp"], mine["semester"]) == (2, 230, 5, str(SEMESTER))
    assert mine["number"].startswith(f"{around.district}-{datetime.now(ZoneInfo('Asia/Makassar')).year}-")
    assert certificates(around, late) == []
    assert {each["person_id"] for each in certificates(around, ketua, community_id=community)} == {ketua, member}
    assert {(each["person_id"], each["jp"]) for each in around.emitted(CERTIFICATE_ISSUED)} == {(ketua, 2), (member, 5)}
    assert issue(around, ketua, community) == (0, 0, 2)


def test_where_terms_ask_for_work_presence_alone_is_not_certified(around, ketua, community):
    """Work that the community accepted in that semester and did not take back; what it withdraws counts no more."""
    giver, taker = around.member(community), around.member(community)
    held(around, ketua, community, giver, taker)
    assert around.ask(giver, GET_CERTIFICATE_TERMS, community_id=community)["work_accepted"] is False
    assert issue(around, ketua, community) == (2, 0, 0)
    terms = {"community_id": community, "work_accepted": True}
    with pytest.raises(Forbidden):
        around.ask(giver, SET_CERTIFICATE_TERMS, **terms)
    assert around.ask(ketua, SET_CERTIFICATE_TERMS, **terms) == terms
    of = {"community_id": community, "status": "accepted"}
    work = {**of, "work_id": grown_id(), "person_id": giver, "accepted_at": BEGAN}
    around.tell(WORK_ACCEPTED, **work)
    earlier = datetime.combine(SEMESTER.first_day, time(), UTC) - timedelta(days=2)
    around.tell(WORK_ACCEPTED, **of, work_id=grown_id(), person_id=taker, accepted_at=earlier)
    done = around.ask(ketua, ISSUE_CERTIFICATES, community_id=community, semester=str(SEMESTER))
    assert {name: done[name] for name in ("issued", "superseded", "unchanged", "without_work")} == {
        "issued": 0,
        "superseded": 1,
        "unchanged": 1,
        "without_work": 1,
    }
    assert [each["status"] for each in certificates(around, taker)] == ["superseded"]
    assert [each["status"] for each in certificates(around, giver)] == ["valid"]
    around.tell(WORK_ACCEPTED, **{**work, "status": "withdrawn"})
    assert issue(around, ketua, community) == (0, 1, 0)
    around.ask(ketua, SET_CERTIFICATE_TERMS, **{**terms, "work_accepted": False})
    assert issue(around, ketua, community) == (2, 0, 0)


def test_corrected_attendance_supersedes_what_was_issued(around, ketua, community):
    member = around.member(community)
    session = held(around, ketua, community, ketua, member, minutes=100)
    issue(around, ketua, community)
    [old] = certificates(around, member)
    note(around, ketua, session, member, minutes=60)
    assert issue(around, ketua, community) == (1, 1, 1)
    new, before = certificates(around, member)
    assert (new["jp"], new["revision"], new["status"]) == (1, 2, "valid")
    assert (before["number"], before["status"], before["superseded_by"]) == (old["number"], "superseded", new["number"])
    assert checked(around, old["number"])["superseded_by"] == new["number"]
    [told] = around.emitted(CERTIFICATE_REVOKED)
    assert (told["number"], told["status"]) == (old["number"], "superseded")
    note(around, ketua, session, member, minutes=20)
    assert issue(around, ketua, community) == (0, 1, 1)
    assert {each["status"] for each in certificates(around, member)} == {"superseded"}


def test_of_two_communities_that_became_one_one_certificate_is_left(around, ketua, community):
    """The same minutes count once: those of both are in the new certificate, and both old ones count no more."""
    member, double = around.member(community), around.community(ketua)
    around.member(double, member)
    held(around, ketua, community, member, minutes=110)
    held(around, ketua, double, member, minutes=90)
    assert (issue(around, ketua, community), issue(around, ketua, double)) == ((1, 0, 0), (1, 0, 0))
    around.community(ketua, community_id=double, status="archived", merged_into=community)
    around.community(ketua, community_id=community, merged_from=[double])
    assert issue(around, ketua, community) == (1, 2, 0)
    new, *old = certificates(around, member)
    assert (new["status"], new["minutes"], new["revision"]) == ("valid", 200, 2)
    assert {(each["status"], each["superseded_by"]) for each in old} == {("superseded", new["number"])}
    assert issue(around, ketua, community) == (0, 0, 1)


def test_a_name_that_was_put_right_is_certified_when_it_is_asked_for(around, ketua, community):
    member = around.person("Sti Aminah")
    around.member(community, member)
    held(around, ketua, community, member)
    issue(around, ketua, community)
    around.person("Siti Aminah", member)
    assert issue(around, ketua, community) == (0, 0, 1)
    assert issue(around, ketua, community, person_ids=[member]) == (1, 1, 0)
    new, old = certificates(around, member)
    assert (new["holder_name"], new["status"], old["status"]) == ("Siti Aminah", "valid", "superseded")
    assert issue(around, ketua, community, person_ids=[member]) == (0, 0, 1)


def test_approved_minutes_of_a_meeting_that_took_another_time_are_looked_at_once_more(around, ketua, community):
    """Hours count by the meeting's times: whoever changes these does not decide alone what they come to."""
    member = around.member(community)
    session = held(around, ketua, community, member)
    version = around.ask(ketua, GET_SESSION, session_id=session)["version"]
    around.ask(ketua, CHANGE_SESSION, session_id=session, version=version, duration_minutes=600)
    assert around.ask(ketua, GET_MINUTES, session_id=session)["status"] == "draft"
    assert around.emitted(MINUTES_CHANGED)[-1]["status"] == "draft"
    assert issue(around, ketua, community) == (0, 0, 0)


def test_a_revoked_certificate_says_so_and_comes_again_only_by_name(stranger, around, ketua, community):
    held(around, ketua, community, ketua)
    issue(around, ketua, community)
    [certificate] = certificates(around, ketua)
    number = certificate["number"]
    paper = around.fetch(None, PRINT_CERTIFICATE, district=around.district, number=number)
    member = around.member(community)
    with pytest.raises(Forbidden):
        around.ask(member, REVOKE_CERTIFICATE, number=number, reason="Iri")
    revoked = around.ask(ketua, REVOKE_CERTIFICATE, number=number.lower(), reason="Salah orang")
    assert (revoked["status"], revoked["revoke_reason"]) == ("revoked", "Salah orang")
    seen = checked(around, number)
    assert seen["status"] == "revoked" and seen["revoked_at"] is not None and seen["revoked_on"] is not None
    assert "Salah orang" not in str(seen)
    for again in (
        partial(around.ask, ketua, REVOKE_CERTIFICATE, number=number, reason="Lagi"),
        partial(around.fetch, None, PRINT_CERTIFICATE, district=around.district, number=number),
    ):
        with pytest.raises(Conflict):
            again()
    outcome = check(stranger, paper)
    assert (outcome["valid"], outcome["outcome"]) == (False, "revoked")
    assert issue(around, ketua, community) == (0, 0, 0)
    assert issue(around, ketua, community, person_ids=[ketua]) == (1, 0, 0)


def test_a_certificate_is_revoked_without_a_reason_too(stranger, around, ketua, community):
    held(around, ketua, community, ketua)
    issue(around, ketua, community)
    [certificate] = certificates(around, ketua)
    revoked = around.ask(ketua, REVOKE_CERTIFICATE, number=certificate["number"])
    assert (revoked["status"], revoked["revoke_reason"]) == ("revoked", None)
    assert checked(around, certificate["number"])["status"] == "revoked"
    assert certificates(around, ketua)[0]["revoke_reason"] is None


def test_a_stranger_sees_every_field_and_a_pdf_altered_by_one_byte_fails(stranger, around, ketua, community):
    held(around, ketua, community, ketua)
    issue(around, ketua, community)
    [certificate] = certificates(around, ketua)
    address = f"/v1/certificates/{certificate['number']}"
    seen = stranger.get(address).get_json()
    for name in ("number", "holder_name", "community_name", "semester", "sessions", "minutes", "jp", "issued_on"):
        assert seen[name] == certificate[name], name
    assert seen["holder_name"] == "Ibu Ketua" and seen["status"] == "valid" and "person_id" not in seen
    page = stranger.get(address, headers={"Accept": "text/html,*/*;q=0.8"})
    assert page.mimetype == "text/html" and "Ibu Ketua" in page.text and "berlaku" in page.text
    paper = stranger.get(f"{address}.pdf")
    assert (paper.status_code, paper.mimetype) == (200, "application/pdf")
    genuine = check(stranger, paper.data)
    assert genuine["valid"] and genuine["outcome"] == "valid" and genuine["certificate"]["number"] == seen["number"]
    for place in (9, len(paper.data) // 2, len(paper.data) - 200, len(paper.data) - 60, len(paper.data) - 2):
        altered = bytearray(paper.data)
        altered[place] ^= 1
        assert not check(stranger, bytes(altered))["valid"], place
    assert check(stranger, b"%PDF-1.7\n%%EOF\n")["outcome"] == "not_ours"
    keys = stranger.get(f"/v1/certificate-keys?district={around.district}").get_json()["keys"]
    assert seen["kid"] in {each["kid"] for each in keys}
    assert stranger.get("/v1/certificates/3307-2026-000000000000").status_code == 404
    lost = stranger.get("/v1/certificates/nothing", headers={"Accept": "text/html"})
    assert (lost.status_code, lost.mimetype) == (404, "text/html")


def test_only_officers_issue_for_a_semester_that_has_begun(around, elsewhere, ketua, community):
    held(around, ketua, community, ketua)
    refused = at_once(
        partial(issue, around, around.member(community), community),
        partial(issue, around, ketua, community, semester="2026 Ganjil"),
        partial(issue, around, ketua, community, semester=str(SEMESTER.next.next)),
        partial(issue, elsewhere, elsewhere.person(), community),
        partial(certificates, around, around.member(community), community_id=community),
    )
    assert [type(each) for each in refused] == [Forbidden, Invalid, Conflict, NotFound, Forbidden]
    assert around.ask(None, LIST_CERTIFICATE_KEYS, district=around.district)["keys"]


def test_two_officers_who_issue_at_once_give_everybody_one_certificate(around, ketua, community):
    second = around.member(community, role="sekretaris")
    session = held(around, ketua, community, ketua, second, approved=False)
    around.ask(second, APPROVE_MINUTES, session_id=session)
    outcomes = at_once(*(partial(issue, around, who, community) for who in (ketua, second) * 2))
    assert sum(each[0] for each in outcomes) == 2
    assert [each["status"] for each in certificates(around, ketua)] == ["valid"]
