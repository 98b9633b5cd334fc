"""A series is changed, split, paused and shortened, and nobody's answer to another date is harmed."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from shared.contracts.events.scheduling import (
    SERIES_CHANGED,
    SESSION_CANCELLED,
    SESSION_RESCHEDULED,
    SESSION_SCHEDULED,
)
from shared.contracts.scheduling import (
    ANSWER_SESSION,
    CANCEL_SESSION,
    CHANGE_SERIES,
    CHANGE_SESSION,
    DROP_SESSION,
    END_SERIES,
    GET_SERIES,
    GET_SESSION,
    LIST_ATTENDANCE,
    LIST_RSVPS,
    LIST_SESSIONS,
    PAUSE_SERIES,
    RECORD_ATTENDANCE,
    RESUME_SERIES,
    START_SERIES,
)
from shared.errors import Conflict, Forbidden, Invalid, Stale
from tests.support.neighbours import grown_id

TODAY = datetime.now(UTC).date()
WEEK = timedelta(days=7)


@pytest.fixture
def series(around, ketua, community):
    plain = {"title": "Hari Belajar", "goal": "Murid bernalar", "rrule": "FREQ=WEEKLY;COUNT=6", "starts_at": "13:00"}
    starts_on = (TODAY + timedelta(days=2)).isoformat()
    return around.ask(ketua, START_SERIES, community_id=community, **plain, starts_on=starts_on)


@pytest.fixture
def dates(around, ketua, community, series):
    return sessions_of(around, ketua, community)


def sessions_of(around, ketua, community):
    far = datetime.now(UTC) + timedelta(days=120)
    return around.ask(ketua, LIST_SESSIONS, community_id=community, limit=100, starts_to=far)["items"]


def in_state(sessions, status="scheduled"):
    return [session["id"] for session in sessions if session["status"] == status]


def test_from_one_date_on_a_series_goes_its_own_way_with_its_sessions_and_answers(around, ketua, community, dates):
    """The dates before are untouched, those after keep their ids and answers, and people hear of it once."""
    member = around.member(community)
    for session in (dates[0], dates[3]):
        around.ask(member, ANSWER_SESSION, session_id=session["id"], answer="yes")
    at = {"session_id": dates[2]["id"], "version": dates[2]["version"]}
    starts_at = dates[2]["starts_at"] + timedelta(days=1, hours=2)
    moved = around.ask(ketua, CHANGE_SESSION, **at, scope="following", starts_at=starts_at, place="SMPN 2")
    assert (moved["id"], moved["starts_at"], moved["place"]) == (dates[2]["id"], starts_at, "SMPN 2")
    assert moved["series_id"] != dates[2]["series_id"]
    after = sessions_of(around, ketua, community)
    assert [each["id"] for each in after] == [each["id"] for each in dates]
    assert after[0] == around.ask(ketua, GET_SESSION, session_id=dates[0]["id"])
    assert after[1] == dates[1]
    assert [each["starts_at"] for each in after[3:]] == [starts_at + WEEK * n for n in (1, 2, 3)]
    assert {each["place"] for each in after[2:]} == {"SMPN 2"}
    [answer] = around.ask(ketua, LIST_RSVPS, session_id=dates[3]["id"])["items"]
    assert (answer["person_id"], answer["answer"]) == (member, "yes")
    split = around.ask(ketua, GET_SERIES, series_id=moved["series_id"])
    assert (split["rrule"], split["starts_at"]) == ("FREQ=WEEKLY;COUNT=4", "15:00")
    assert split["split_from"] == dates[2]["series_id"]
    told = [each for each in around.emitted(SERIES_CHANGED) if not each.get("quiet")]
    assert [(each["series_id"], each["news"]) for each in told[1:]] == [(split["id"], "changed")]
    assert all(each["quiet"] for each in around.emitted(SESSION_RESCHEDULED))
    ended = around.ask(ketua, END_SERIES, series_id=dates[0]["series_id"], scope="all")
    assert ended["status"] == "ended"
    assert in_state(sessions_of(around, ketua, community)) == []


def test_parts_of_one_series_change_together_when_that_is_asked_for(around, ketua, community, dates):
    """What they have in common: a place, an hour. Members are told once; what one part alone can have is refused."""
    at = {"session_id": dates[3]["id"], "version": dates[3]["version"]}
    split = around.ask(ketua, CHANGE_SESSION, **at, scope="following", title="Praktik")["series_id"]
    first = around.ask(ketua, GET_SERIES, series_id=dates[0]["series_id"])
    which, before = {"series_id": first["id"], "version": first["version"]}, len(around.emitted(SERIES_CHANGED))
    with pytest.raises(Invalid):
        around.ask(ketua, CHANGE_SERIES, **which, scope="all", rrule="FREQ=WEEKLY;COUNT=2")
    around.ask(ketua, CHANGE_SERIES, **which, scope="following", place="SMPN 2")
    assert {each["place"] for each in sessions_of(around, ketua, community)} == {"SMPN 2"}
    assert around.ask(ketua, GET_SERIES, series_id=split)["title"] == "Praktik"
    told = around.emitted(SERIES_CHANGED)[before:]
    assert sorted((each["series_id"], each["quiet"]) for each in told) == sorted([(split, True), (first["id"], False)])


def test_all_coming_dates_change_but_what_was_set_for_one_alone(around, ketua, community, series, dates):
    alone = around.ask(
        ketua,
        CHANGE_SESSION,
        session_id=dates[1]["id"],
        version=dates[1]["version"],
        starts_at=dates[1]["starts_at"] + timedelta(hours=20),
    )
    around.ask(ketua, CANCEL_SESSION, session_id=dates[4]["id"], reason="Ujian")
    with pytest.raises(Stale):
        around.ask(ketua, CHANGE_SERIES, series_id=series["id"], version=series["version"] - 1, title="Lain")
    changed = around.ask(
        ketua,
        CHANGE_SERIES,
        series_id=series["id"],
        version=series["version"],
        title="Rabu Belajar",
        starts_at="14:30",
        duration_minutes=60,
        exdates=[dates[3]["occurs_on"]],
    )
    assert (changed["id"], changed["starts_at"], changed["revision"]) == (series["id"], "14:30", 1)
    after = {each["id"]: each for each in sessions_of(around, ketua, community)}
    assert after[alone["id"]]["starts_at"] == alone["starts_at"]
    assert after[alone["id"]]["title"] == "Rabu Belajar"
    assert in_state(after.values(), "cancelled") == [dates[3]["id"], dates[4]["id"]]
    assert after[dates[0]["id"]]["starts_at"] == dates[0]["starts_at"] + timedelta(minutes=90)
    assert after[dates[0]["id"]]["ends_at"] - after[dates[0]["id"]]["starts_at"] == timedelta(minutes=60)
    assert len(around.emitted(SESSION_SCHEDULED)) == 6
    back = around.ask(ketua, CHANGE_SERIES, series_id=series["id"], version=changed["version"], exdates=[])
    assert back["exdates"] == []
    again = around.ask(ketua, GET_SESSION, session_id=dates[3]["id"])
    assert (again["status"], again["revision"]) == ("scheduled", after[dates[3]["id"]]["revision"] + 1)


def test_a_series_rests_and_goes_on_and_people_hear_of_it_once_each(around, ketua, community, series, dates):
    until = (TODAY + timedelta(days=17)).isoformat()
    resting = around.ask(ketua, PAUSE_SERIES, series_id=series["id"], until=until, reason="Ujian sekolah")
    assert (resting["status"], resting["paused_from"], resting["paused_until"]) == (
        "paused",
        str(resting["paused_from"]),
        until,
    )
    assert in_state(sessions_of(around, ketua, community), "cancelled") == [each["id"] for each in dates[:3]]
    with pytest.raises(Conflict):
        around.ask(ketua, PAUSE_SERIES, series_id=series["id"])
    with pytest.raises(Forbidden):
        around.ask(around.member(community), RESUME_SERIES, series_id=series["id"])
    assert around.ask(ketua, RESUME_SERIES, series_id=series["id"])["status"] == "active"
    assert in_state(sessions_of(around, ketua, community)) == [each["id"] for each in dates]
    with pytest.raises(Conflict):
        around.ask(ketua, RESUME_SERIES, series_id=series["id"])
    told = [each["news"] for each in around.emitted(SERIES_CHANGED) if not each.get("quiet")]
    assert told == ["started", "paused", "resumed"]
    assert all(each["quiet"] for each in around.emitted(SESSION_CANCELLED))


def test_calling_off_what_follows_shortens_a_series(around, ketua, community, series, dates):
    off = around.ask(ketua, DROP_SESSION, session_id=dates[2]["id"], scope="following")
    assert off["status"] == "cancelled"
    assert in_state(sessions_of(around, ketua, community)) == [each["id"] for each in dates[:2]]
    assert around.ask(ketua, GET_SERIES, series_id=series["id"])["status"] == "active"
    around.ask(ketua, CANCEL_SESSION, session_id=dates[0]["id"], scope="all", reason="Selesai")
    assert around.ask(ketua, GET_SERIES, series_id=series["id"])["status"] == "ended"
    assert [each["news"] for each in around.emitted(SERIES_CHANGED)] == ["started", "shortened", "ended"]


def test_minutes_of_those_who_came_early_follow_a_series_that_lasts_less_long(around, ketua, community):
    """Half an hour before a meeting people check in; what its series changes then counts for them too."""
    soon = datetime.now(ZoneInfo("Asia/Makassar")) + timedelta(minutes=20)
    plain = {"title": "Hari Belajar", "goal": "Murid bernalar", "rrule": "FREQ=WEEKLY;COUNT=2"}
    times = {"starts_on": soon.date().isoformat(), "starts_at": f"{soon:%H:%M}", "duration_minutes": 120}
    series = around.ask(ketua, START_SERIES, community_id=community, **plain, **times, timezone="Asia/Makassar")
    session, _ = sessions_of(around, ketua, community)
    early = {"client_id": grown_id(), "person_id": ketua, "status": "hadir", "at": datetime.now(UTC)}
    [noted] = around.ask(ketua, RECORD_ATTENDANCE, session_id=session["id"], items=[early])["items"]
    assert noted["present_minutes"] == 120
    shorter = {"version": series["version"], "duration_minutes": 60}
    around.ask(ketua, CHANGE_SERIES, series_id=series["id"], **shorter)
    [row] = around.ask(ketua, LIST_ATTENDANCE, session_id=session["id"])["items"]
    assert row["present_minutes"] == 60


@pytest.mark.parametrize(
    ("order", "field"),
    [
        ({"rrule": "FREQ=WEEKLY;BYDAY=MO"}, "rrule"),
        ({"scope": "all", "external_ids": [{"system": "dapodik", "id": "7"}]}, "external_ids"),
        ({"scope": "following", "rrule": "FREQ=SECONDLY"}, "rrule"),
        ({"scope": "all", "duration_minutes": 90, "ends_at": datetime.now(UTC)}, "ends_at"),
    ],
)
def test_what_cannot_be_meant_is_refused(around, ketua, dates, order, field):
    with pytest.raises(Invalid) as refused:
        around.ask(ketua, CHANGE_SESSION, session_id=dates[1]["id"], version=dates[1]["version"], **order)
    assert list(refused.value.fields) == [field]
