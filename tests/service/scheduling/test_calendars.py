"""Calendars that devices follow by a secret address."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import icalendar
import pytest
import recurring_ical_events

from gateway.app import create_app
from gateway.settings import Settings
from shared.contracts.events.membership import PERSON_DISABLED
from shared.contracts.scheduling import (
    CANCEL_SESSION,
    CHANGE_SESSION,
    GET_COMMUNITY_CALENDAR,
    GET_MY_CALENDAR,
    LIST_SESSIONS,
    READ_CALENDAR,
    RENEW_MY_CALENDAR,
    START_SERIES,
)
from shared.errors import Forbidden, NotFound
from tests.support.neighbours import Neighbours

GOAL = "Murid menjelaskan dengan kata-katanya sendiri."
TODAY = datetime.now(UTC).date()


def weekly(around: Neighbours, ketua: str, community: str, **said: Any) -> Any:
    plan = {"title": "Rutin", "goal": GOAL, "rrule": "FREQ=WEEKLY", "starts_on": TODAY.isoformat(), **said}
    return around.ask(ketua, START_SERIES, community_id=community, starts_at="13:00", **plan)


def address(around: Neighbours, who: str, community: str | None = None) -> str:
    asked: Any = (GET_COMMUNITY_CALENDAR, {"community_id": community}) if community else (GET_MY_CALENDAR, {})
    return token_of(around.ask(who, asked[0], **asked[1]))


def token_of(calendar: Any) -> str:
    return str(calendar["url"]).rpartition("/")[2].removesuffix(".ics")


def read(around: Neighbours, token: str) -> bytes:
    return around.fetch(None, READ_CALENDAR, district=around.district, calendar_token=token)


def shown(raw: bytes) -> list[tuple[datetime, bool]]:
    found = recurring_ical_events.of(icalendar.Calendar.from_ical(raw)).between(TODAY, date(TODAY.year + 2, 1, 1))
    return sorted((each["DTSTART"].dt.astimezone(UTC), each["STATUS"] == "CANCELLED") for each in found)


def test_a_calendar_shows_what_the_list_of_sessions_shows_after_moves_and_cancellations(around, ketua, community):
    weekly(around, ketua, community)
    stretch = {"mine": True, "starts_to": datetime.now(UTC) + timedelta(days=390), "limit": 100}
    sessions = around.ask(ketua, LIST_SESSIONS, **stretch)["items"]
    away = sessions[3]["starts_at"] + timedelta(days=2, hours=1)
    around.ask(ketua, CHANGE_SESSION, session_id=sessions[3]["id"], version=sessions[3]["version"], starts_at=away)
    around.ask(ketua, CANCEL_SESSION, session_id=sessions[5]["id"], reason="Ujian sekolah")
    told = around.ask(ketua, LIST_SESSIONS, **stretch)["items"]
    raw = read(around, address(around, ketua))
    assert shown(raw) == sorted((each["starts_at"], each["status"] == "cancelled") for each in told)
    assert raw.count(b"RECURRENCE-ID") == 2


def test_renewing_ends_every_address_of_the_person_and_of_nobody_else(around, ketua, community):
    member = around.member(community)
    mine, ours, theirs = address(around, member), address(around, member, community), address(around, ketua)
    assert read(around, mine) != read(around, ours) != b""
    renewed = token_of(around.ask(member, RENEW_MY_CALENDAR))
    assert renewed == address(around, member) != mine
    read(around, renewed)
    read(around, theirs)
    for dead in (mine, ours):
        with pytest.raises(NotFound):
            read(around, dead)


def test_who_leaves_sees_no_more_of_it(around, ketua, community):
    weekly(around, ketua, community)
    member = around.member(community)
    mine, ours = address(around, member), address(around, member, community)
    assert len(shown(read(around, mine))) == len(shown(read(around, ours))) >= 52
    around.leave(community, member)
    with pytest.raises(Forbidden):
        address(around, member, community)
    assert shown(read(around, mine)) == []
    with pytest.raises(NotFound):
        read(around, ours)


def test_an_address_that_was_made_up_is_of_no_district_or_of_somebody_disabled_opens_nothing(around, elsewhere, ketua):
    token = address(around, ketua)
    for other in (token[:-1] + ("A" if token[-1] != "A" else "B"), f"{around.district}-x.y", token.upper()):
        with pytest.raises(NotFound):
            read(around, other)
    with pytest.raises(NotFound):
        read(elsewhere, token.replace(around.district, elsewhere.district, 1))
    around.tell(PERSON_DISABLED, person_id=ketua, disabled=True, tokens_valid_from=datetime.now(UTC), revoked=[])
    with pytest.raises(NotFound):
        read(around, token)


def test_a_teacher_of_three_communities_reads_a_year_in_time(around, ketua, measured):
    for _ in range(3):
        weekly(around, ketua, around.community(ketua))
    token = address(around, ketua)
    took = []
    for _ in range(5):
        begun = time.perf_counter()
        raw = read(around, token)
        took.append(time.perf_counter() - begun)
    assert len(shown(raw)) >= 3 * 52
    measured(f"the calendar of three communities and a year: {min(took) * 1000:.0f} ms, {len(raw)} bytes")
    assert min(took) < 0.3


def test_a_phone_that_has_it_already_is_told_so_in_a_few_bytes(scheduling, around, ketua, community):
    weekly(around, ketua, community)
    path = f"/v1/calendars/{address(around, ketua)}.ics"
    settings = scheduling.settings
    phone = create_app(Settings(amqp_uri=settings.amqp_uri, verify_keys=settings.verify_keys)).test_client()
    first = phone.get(path)
    assert (first.status_code, first.mimetype) == (200, "text/calendar")
    assert first.headers["Cache-Control"] == "private, max-age=300"
    again = phone.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    [session, *_] = around.ask(ketua, LIST_SESSIONS, mine=True)["items"]
    around.ask(ketua, CANCEL_SESSION, session_id=session["id"], reason="Banjir")
    assert phone.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200
    assert phone.get("/v1/calendars/nowhere.ics").status_code == 404
    assert phone.get(f"/v1/calendars/{around.district}-x.ics").status_code == 404
