"""The district's timetable and holidays, and dates that clash with them or with the same people's other meetings."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from shared.contracts.events.membership import ROLE_CHANGED
from shared.contracts.scheduling import (
    CHANGE_SESSION,
    FIND_FREE_DATES,
    GET_HOLIDAYS,
    GET_TIMETABLE,
    PUT_HOLIDAYS,
    PUT_TIMETABLE,
    SCHEDULE_SESSION,
    START_SERIES,
)
from shared.errors import Forbidden, Invalid, Stale
from shared.ids import new_id
from tests.support.neighbours import at_once

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
SOON = datetime.now(UTC).replace(hour=4, minute=0, second=0, microsecond=0) + timedelta(days=5)
MEETING = {"title": "Membaca grafik", "goal": "Murid membaca grafik garis"}


@pytest.fixture
def operator(around):
    person = around.person("Pak Operator")
    grant = {"role": "district_operator", "scope_id": None, "valid_from": "2020-01-01", "valid_until": None}
    around.tell(ROLE_CHANGED, grant_id=new_id(), person_id=person, **grant)
    return person


def weekday(moment):
    return WEEKDAYS[moment.weekday()]


def test_the_operator_keeps_what_everybody_reads(around, ketua, community, operator):
    assert around.ask(ketua, GET_TIMETABLE) == {"items": [], "version": 0, "updated_at": None}
    items = [{"weekday": "TU", "subject": "Matematika", "level": "SMP"}]
    refused = at_once(partial(around.ask, ketua, PUT_TIMETABLE, items=items, version=0))
    assert [type(each) for each in refused] == [Forbidden]
    first = around.ask(operator, PUT_TIMETABLE, items=items, version=0)
    with pytest.raises(Stale):
        around.ask(operator, PUT_TIMETABLE, items=[], version=0)
    assert around.ask(ketua, GET_TIMETABLE) == first
    days = [{"on": "2026-08-18", "name": "Pawai", "until": None, "school_day": False}]
    around.ask(operator, PUT_HOLIDAYS, items=days, version=0)
    known = around.ask(ketua, GET_HOLIDAYS, year=2026)
    assert known["items"] == days
    assert {"on": "2026-08-17", "name": "Hari Kemerdekaan Republik Indonesia"} in known["national"]
    with pytest.raises(Invalid):
        around.ask(operator, PUT_HOLIDAYS, items=[{**days[0], "until": "2026-08-01"}], version=known["version"])


def test_a_date_that_clashes_is_set_all_the_same_and_flagged_with_free_ones(around, ketua, community, operator):
    """A wrong weekday, a local holiday, and members who meet elsewhere at that hour; people of nothing in common and
    what was cancelled stand in nobody's way."""
    day, right = SOON.date(), SOON + timedelta(days=1)
    items = [{"weekday": weekday(SOON), "subject": "Matematika"}, {"weekday": weekday(right), "subject": "Matematika"}]
    around.ask(operator, PUT_TIMETABLE, items=items[1:], version=0)
    around.ask(operator, PUT_HOLIDAYS, items=[{"on": day.isoformat(), "name": "Hari Jadi"}], version=0)
    leader = around.person("Ketua IPA")
    science = around.community(leader, subject="IPA")
    around.member(science, around.member(community))
    other = around.ask(leader, SCHEDULE_SESSION, community_id=science, **MEETING, starts_at=SOON)
    assert [each["kind"] for each in other["clashes"]] == ["holiday"]
    stranger = around.person("Orang lain")
    apart = around.community(stranger, subject="IPS")
    around.ask(stranger, SCHEDULE_SESSION, community_id=apart, **MEETING, starts_at=SOON)

    asked = {"starts_on": day.isoformat(), "starts_at": "13:00", "duration_minutes": 60}
    before = around.ask(ketua, FIND_FREE_DATES, community_id=community, **asked)
    made = around.ask(
        ketua,
        SCHEDULE_SESSION,
        community_id=community,
        **MEETING,
        starts_at=SOON + timedelta(hours=1),
        duration_minutes=60,
    )
    assert made["status"] == "scheduled"
    assert before["clashes"] == made["clashes"]
    assert [(each["kind"], each["name"]) for each in made["clashes"]] == [
        ("holiday", "Hari Jadi"),
        ("timetable", None),
        ("meeting", "Membaca grafik"),
    ]
    assert (made["clashes"][2]["session_id"], made["clashes"][2]["people"]) == (other["id"], 1)
    assert made["clashes"][1]["weekdays"] == [weekday(right)]
    assert made["alternatives"][0]["on"] == right.date().isoformat()
    moved = around.ask(
        ketua,
        CHANGE_SESSION,
        session_id=made["id"],
        version=made["version"],
        starts_at=made["alternatives"][0]["starts_at"],
    )
    assert (moved["clashes"], moved["alternatives"]) == ([], [])


def test_the_dates_of_a_series_are_looked_at_together(around, ketua, community, operator):
    holiday = SOON + timedelta(days=7)
    around.ask(operator, PUT_HOLIDAYS, items=[{"on": holiday.date().isoformat(), "name": "Hari Jadi"}], version=0)
    rule = {"rrule": "FREQ=WEEKLY;COUNT=3", "starts_on": SOON.date().isoformat(), "starts_at": "12:00"}
    series = around.ask(ketua, START_SERIES, community_id=community, **MEETING, **rule)
    known = {each["on"] for each in around.ask(ketua, GET_HOLIDAYS, year=SOON.year)["national"]}
    clashes = [each for each in series["clashes"] if each["on"] not in known]
    assert [(each["on"], each["kind"]) for each in clashes] == [(holiday.date().isoformat(), "holiday")]
    assert holiday.date().isoformat() in [each["instead_of"] for each in series["alternatives"]]
    again = around.ask(ketua, FIND_FREE_DATES, community_id=community, **rule)
    assert {"meeting", "holiday"} == {each["kind"] for each in again["clashes"]}
