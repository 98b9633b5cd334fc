"""A series fills the calendar a year ahead, rolls on, and ends."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from services.scheduling.usecases.roll_series import roll_due
from shared.contracts.events.learning import CYCLE_ADVANCED
from shared.contracts.events.scheduling import SERIES_CHANGED, SESSION_CANCELLED, SESSION_SCHEDULED
from shared.contracts.scheduling import (
    CANCEL_SESSION,
    END_SERIES,
    GET_SERIES,
    GET_SESSION,
    LIST_SERIES,
    LIST_SESSIONS,
    START_SERIES,
)
from shared.errors import Conflict, Forbidden, Invalid
from tests.support.neighbours import grown_id

TODAY = datetime.now(UTC).date()


def start(around, ketua, community, **changes):
    plain = {
        "title": "Hari Belajar Guru",
        "goal": "Murid bernalar dengan grafik",
        "rrule": "FREQ=WEEKLY",
        "starts_on": (TODAY + timedelta(days=2)).isoformat(),
        "starts_at": "13:00",
        "duration_minutes": 90,
    }
    return around.ask(ketua, START_SERIES, community_id=community, **{**plain, **changes})


def sessions_of(around, ketua, community, **asked):
    """Those to come, unless asked for others."""
    asked = {"starts_from": TODAY, "starts_to": TODAY + timedelta(days=380), **asked}
    page = around.ask(ketua, LIST_SESSIONS, community_id=community, limit=100, **asked)
    assert page["next"] is None
    return page["items"]


def test_a_weekly_series_fills_the_year_and_people_are_told_once(around, ketua, community):
    series = start(around, ketua, community, join_url="https://meet.google.com/abc")
    found = sessions_of(around, ketua, community)
    assert len(found) in (52, 53)
    assert {session["series_id"] for session in found} == {series["id"]}
    assert {(session["starts_at"].hour, session["zone"]) for session in found} == {(5, "WITA")}
    assert {b["starts_at"] - a["starts_at"] for a, b in pairwise(found)} == {timedelta(days=7)}
    [told] = around.emitted(SERIES_CHANGED)
    assert "join_url" not in told
    assert [date["quiet"] for date in around.emitted(SESSION_SCHEDULED)] == [True] * len(found)


def test_all_dates_of_a_years_series_are_listed_page_by_page(around, ketua, community):
    begun = TODAY - timedelta(days=21)
    start(around, ketua, community, starts_on=begun.isoformat())
    member, listed = around.member(community), []
    for asked in ({"community_id": community}, {"mine": True}):
        found, after = [], None
        while True:
            page = around.ask(member, LIST_SESSIONS, after=after, **asked)
            found += page["items"]
            after = page["next"]
            if after is None:
                break
        listed.append([session["occurs_on"] for session in found])
    days = [(begun + timedelta(days=7 * week)).isoformat() for week in range(len(listed[0]))]
    assert listed == [days, days]
    assert begun + timedelta(days=7 * len(days)) > TODAY + timedelta(days=365)


def test_until_is_the_last_date_of_a_series(around, ketua, community):
    last = TODAY + timedelta(days=16)
    series = start(around, ketua, community, rrule=f"FREQ=WEEKLY;UNTIL={last:%Y%m%d}")
    assert series["rrule"] == f"FREQ=WEEKLY;UNTIL={last:%Y%m%d}"
    assert len(sessions_of(around, ketua, community)) == 3


@pytest.mark.parametrize("rrule", ["FREQ=SECONDLY", "FREQ=WEEKLY;COUNT=100000", "FREQ=DAILY;INTERVAL=7;BYDAY=MO,XX"])
def test_a_rule_that_nobody_can_follow_makes_nothing(around, ketua, community, rrule):
    with pytest.raises(Invalid) as refused:
        start(around, ketua, community, rrule=rrule)
    assert list(refused.value.fields) == ["rrule"]
    assert around.emitted(SERIES_CHANGED, SESSION_SCHEDULED) == []


def test_only_officers_start_and_end_a_series(around, ketua, community):
    member = around.member(community)
    with pytest.raises(Forbidden):
        start(around, member, community)
    series = start(around, ketua, community, rrule="FREQ=WEEKLY;COUNT=2")
    with pytest.raises(Forbidden):
        around.ask(member, END_SERIES, series_id=series["id"])
    assert around.ask(member, GET_SERIES, series_id=series["id"])["status"] == "active"


def test_ending_a_series_cancels_what_has_not_begun_and_leaves_what_was(around, ketua, community):
    begun = TODAY - timedelta(days=11)
    series = start(around, ketua, community, rrule="FREQ=WEEKLY;COUNT=6", starts_on=begun.isoformat())
    single = sessions_of(around, ketua, community)[0]
    around.ask(ketua, CANCEL_SESSION, session_id=single["id"], reason="Libur")
    assert around.ask(ketua, END_SERIES, series_id=series["id"], reason="Ganti hari")["status"] == "ended"
    past = sessions_of(around, ketua, community, starts_from=datetime.now(UTC) - timedelta(days=13))[:2]
    coming = sessions_of(around, ketua, community)
    assert [session["status"] for session in past] == ["scheduled", "scheduled"]
    assert {session["status"] for session in coming} == {"cancelled"}
    assert [session["cancel_reason"] for session in coming] == ["Libur"] + ["Ganti hari"] * (len(coming) - 1)
    assert [told["status"] for told in around.emitted(SERIES_CHANGED)] == ["active", "ended"]
    assert [told["quiet"] for told in around.emitted(SESSION_CANCELLED)] == [False] + [True] * (len(coming) - 1)
    with pytest.raises(Conflict):
        around.ask(ketua, END_SERIES, series_id=series["id"])


def rewind(around, series, by):
    """Let the series stand as if it had last been looked at ``by`` ago."""
    through = date.fromisoformat(series["scheduled_through"]) - by
    late = {"series_id": series["id"], "occurs_on": {"$gt": through.isoformat()}}
    around.database.sessions.delete_many(late)
    key = {"_id": f"{around.district}/{series['id']}"}
    around.database.series.update_one(
        key, {"$set": {"scheduled_through": through.isoformat(), "rolls_on": TODAY.isoformat()}}
    )


def test_a_series_rolls_on_and_nothing_is_scheduled_twice(scheduling, around, ketua, community):
    series = start(around, ketua, community)
    before = [session["starts_at"] for session in sessions_of(around, ketua, community)]
    rewind(around, series, timedelta(days=30))
    assert len(sessions_of(around, ketua, community)) < len(before)
    for _ in range(2):
        roll_due(scheduling.open("scheduling"))
    assert [session["starts_at"] for session in sessions_of(around, ketua, community)] == before
    made = {told["session_id"] for told in around.emitted(SESSION_SCHEDULED)}
    assert {session["id"] for session in sessions_of(around, ketua, community)} <= made


def test_what_rolls_on_after_a_cycle_was_closed_no_longer_serves_it(scheduling, around, ketua, community):
    cycle = {"cycle_id": grown_id(), "community_id": community, "title": "Grafik", "goal": "Murid membaca grafik"}
    around.tell(CYCLE_ADVANCED, **cycle, stage="planning")
    series = start(around, ketua, community, cycle_id=cycle["cycle_id"], phase="planning")
    rewind(around, series, timedelta(days=15))
    around.tell(CYCLE_ADVANCED, **cycle, stage="closed")
    around.ask(ketua, GET_SERIES, series_id=series["id"])
    roll_due(scheduling.open("scheduling"))
    served = [session["cycle_id"] for session in sessions_of(around, ketua, community)]
    assert served[0] == cycle["cycle_id"]
    assert served[-2:] == [None, None]


def test_series_of_a_community_are_listed_and_their_link_is_for_members(around, ketua, community):
    made = [start(around, ketua, community, rrule="FREQ=WEEKLY;COUNT=1", join_url="https://a.id/1") for _ in range(3)]
    page = around.ask(ketua, LIST_SERIES, community_id=community, limit=2)
    rest = around.ask(ketua, LIST_SERIES, community_id=community, limit=2, after=page["next"])
    assert [item["id"] for item in page["items"] + rest["items"]] == [series["id"] for series in made]
    assert page["items"][0]["join_url"] == "https://a.id/1"
    seen = around.ask(around.person("Rekan"), GET_SERIES, series_id=made[0]["id"])
    assert (seen["title"], seen["join_url"]) == ("Hari Belajar Guru", None)


def test_each_date_of_a_series_is_a_session_of_its_own(around, ketua, community):
    start(around, ketua, community, rrule="FREQ=WEEKLY;COUNT=3")
    first, second, third = sessions_of(around, ketua, community)
    around.ask(ketua, CANCEL_SESSION, session_id=second["id"], reason="Libur nasional")
    for other in (first, third):
        assert around.ask(ketua, GET_SESSION, session_id=other["id"]) == other
