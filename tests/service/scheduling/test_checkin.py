"""People check in by the code that the officer's phone shows, also when a phone was away."""

import json
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from shared.contracts.events.scheduling import ATTENDANCE_RECORDED
from shared.contracts.scheduling import (
    CHECK_IN,
    GET_CHECKIN_CODES,
    LIST_ATTENDANCE,
    RECORD_ATTENDANCE,
    SCHEDULE_SESSION,
)
from shared.errors import Conflict, Forbidden, Invalid, TooMany
from shared.messaging.relay import LOG
from tests.support.neighbours import at_once, grown_id

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def running(around, ketua, community):
    """A session that began a few minutes ago."""
    return schedule(around, ketua, community, datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5))


def schedule(around, ketua, community, starts_at):
    plain = {"title": "Membaca grafik", "goal": "Murid membaca grafik garis", "starts_at": starts_at}
    return around.ask(ketua, SCHEDULE_SESSION, community_id=community, **plain)


def codes_of(around, ketua, session):
    return around.ask(ketua, GET_CHECKIN_CODES, session_id=session["id"])["codes"]


def shown_at(codes, moment):
    return next(code for code in codes if code["valid_from"] <= moment < code["valid_until"])


def check_in(around, who, session, code, **said):
    return around.ask(who, CHECK_IN, session_id=session["id"], code=code, **said)


def test_members_and_visitors_check_in_once_however_often_they_scan(around, ketua, community, running):
    member, visitor = around.member(community), around.person("Tamu MGMP lain")
    now = datetime.now(UTC)
    code = shown_at(codes_of(around, ketua, running), now)
    seen = check_in(around, member, running, code["code"])
    assert (seen["status"], seen["kind"], seen["offline"], seen["late"]) == ("hadir", "member", False, False)
    assert 110 <= seen["present_minutes"] <= 115
    assert check_in(around, visitor, running, code["qr"], mode="online")["kind"] == "guest"
    assert check_in(around, member, running, code["qr"], scanned_at=now + timedelta(seconds=30)) == seen
    page = around.ask(member, LIST_ATTENDANCE, session_id=running["id"])
    assert [(each["person_id"], each["mode"]) for each in page["items"]] == [(member, "on_site"), (visitor, "online")]
    assert page["counts"] == {"hadir": 2, "izin": 0, "sakit": 0, "alpa": 0, "guests": 1}
    assert len(around.emitted(ATTENDANCE_RECORDED)) == 2


def test_what_was_scanned_without_signal_counts_when_it_is_sent_later(around, ketua, community):
    session, member = schedule(around, ketua, community, NOW - timedelta(hours=50)), around.member(community)
    scanned_at = NOW - timedelta(hours=50) + timedelta(minutes=20)
    code = shown_at(codes_of(around, ketua, session), scanned_at)
    seen = check_in(around, member, session, code["code"], scanned_at=scanned_at + timedelta(seconds=90))
    assert (seen["offline"], seen["late"], seen["present_minutes"]) == (True, True, 98)


def test_an_officer_corrects_a_check_in(around, ketua, community, running):
    member = around.member(community)
    check_in(around, member, running, shown_at(codes_of(around, ketua, running), NOW)["code"], scanned_at=NOW)
    note = {"client_id": "1", "person_id": member, "status": "alpa", "at": NOW - timedelta(minutes=5)}
    [result] = around.ask(ketua, RECORD_ATTENDANCE, session_id=running["id"], items=[note])["items"]
    assert (result["outcome"], result["status"], result["present_minutes"]) == ("recorded", "alpa", 0)
    page = around.ask(ketua, LIST_ATTENDANCE, session_id=running["id"])
    assert page["counts"] == {"hadir": 0, "izin": 0, "sakit": 0, "alpa": 1, "guests": 0}
    assert page["items"][0]["checked_in_at"] == NOW


def test_what_is_no_check_in_is_refused_by_name(around, ketua, community, running):
    member, codes = around.member(community), codes_of(around, ketua, running)
    other = schedule(around, ketua, community, NOW - timedelta(minutes=10))
    coming = schedule(around, ketua, community, NOW + timedelta(days=1))
    old = schedule(around, ketua, community, NOW - timedelta(days=5))
    elsewhere = shown_at(codes_of(around, ketua, other), NOW)
    expired = shown_at(codes, NOW - timedelta(minutes=8))["qr"]

    def refused(session, code, **said):
        with pytest.raises((Conflict, Invalid)) as refusal:
            check_in(around, member, session, code, **said)
        texts = [refusal.value.text, *(text for texts in refusal.value.fields.values() for text in texts)]
        return texts[-1].key

    assert refused(running, elsewhere["qr"]) == "attendance.code_of_another_session"
    assert refused(running, elsewhere["code"]) == "attendance.code_wrong"
    assert refused(running, expired) == "attendance.code_expired"
    assert refused(running, "kode") == "attendance.not_a_code"
    assert refused(running, codes[-1]["qr"], scanned_at=codes[-1]["valid_from"]) == "attendance.scanned_in_the_future"
    assert refused(coming, "123456") == "attendance.checkin_not_open"
    assert refused(old, "123456", scanned_at=NOW - timedelta(days=5)) == "attendance.checkin_too_late"
    with pytest.raises(Forbidden):
        codes_of(around, member, running)


def test_guesses_slow_down_though_they_come_at_once(around, ketua, community, running):
    member, codes = around.member(community), codes_of(around, ketua, running)
    right = shown_at(codes, NOW)["code"]
    wrong = next(f"{number:06}" for number in range(999) if f"{number:06}" not in {each["code"] for each in codes})
    outcomes = at_once(*[partial(check_in, around, member, running, wrong)] * 8)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Invalid"] * 5 + ["TooMany"] * 3
    with pytest.raises(TooMany) as slowed:
        check_in(around, member, running, right, scanned_at=NOW)
    assert 0 < slowed.value.retry_after <= 30


def test_the_secret_and_the_codes_are_kept_nowhere_else(around, ketua, community, running):
    codes = around.ask(ketua, GET_CHECKIN_CODES, key="kode-1", session_id=running["id"])["codes"]
    member = around.member(community)
    check_in(around, member, running, shown_at(codes, NOW)["qr"], scanned_at=NOW)
    around.emitted(ATTENDANCE_RECORDED)
    kept = around.database.checkin_secrets.find_one({"_id": f"{around.district}/{running['id']}"})["secret"]
    hidden = [kept, *(code["qr"] for code in codes)]
    for table in (LOG, "idempotency", "attendance", "audit"):
        everything = json.dumps(list(around.database[table].find({"district": around.district})), default=str)
        assert not any(each in everything for each in hidden), table


def test_many_check_in_at_the_same_moment(around, ketua, community, running):
    code = shown_at(codes_of(around, ketua, running), NOW)["code"]
    members = [around.member(community) for _ in range(16)]
    around.ask(ketua, LIST_ATTENDANCE, session_id=running["id"])
    outcomes = at_once(*(partial(check_in, around, who, running, code, scanned_at=NOW) for who in [*members, *members]))
    assert {outcome["status"] for outcome in outcomes} == {"hadir"}
    page = around.ask(ketua, LIST_ATTENDANCE, session_id=running["id"])
    assert page["counts"]["hadir"] == len(page["items"]) == 16


def test_nobody_checks_in_at_what_is_not_there(around, ketua):
    with pytest.raises(Exception) as refused:
        around.ask(ketua, CHECK_IN, session_id=grown_id(), code="123456")
    assert refused.value.text.key == "scheduling.unknown_session"
