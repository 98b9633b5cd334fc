"""Members are reminded of their sessions once, whatever clocks, replicas and officers do meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest

from services.scheduling.domain.answers import until
from services.scheduling.usecases.remind import remind, remind_due
from shared import clock
from shared.contracts.events.scheduling import SESSION_DUE
from shared.contracts.scheduling import (
    CANCEL_SESSION,
    CHANGE_SESSION,
    CHOOSE_REMINDERS,
    GET_REMINDERS,
    START_SERIES,
)
from shared.errors import Forbidden
from tests.service.scheduling.test_answers import SOON, schedule

DAY, HOUR, SKEW = timedelta(days=1), timedelta(hours=1), timedelta(minutes=5)


@pytest.fixture
def replica(scheduling, monkeypatch):
    """A further replica of scheduling, whose clock can be set: ``replica(moment, session)`` takes a session's turn."""
    work = scheduling.open("scheduling")

    def turn(moment, around, *sessions):
        monkeypatch.setattr(clock, "now", lambda: moment)
        for session in sessions:
            work.run(around.district, partial(remind, session_id=session["id"]))

    turn.work = work
    return turn


def due(around):
    return [(told["session_id"], told["before"]) for told in around.emitted(SESSION_DUE)]


def test_a_reminder_is_given_once_by_two_replicas_with_clocks_that_are_wrong(around, ketua, community, replica):
    session = schedule(around, ketua, community)
    replica(SOON - DAY - SKEW - HOUR, around, session)
    assert due(around) == []
    ahead = SOON - DAY + timedelta(seconds=1)
    replica(ahead, around)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: remind_due(replica.work), range(4)))
    for moment in (ahead - SKEW, ahead, ahead + SKEW, SOON - HOUR - SKEW):
        replica(moment, around, session, session)
    assert due(around) == [(session["id"], "1d")]
    replica(SOON - HOUR + SKEW, around, session, session)
    assert due(around) == [(session["id"], "1d"), (session["id"], "1h")]
    [_, told] = around.emitted(SESSION_DUE)
    assert set(told) >= {"community_id", "title", "starts_at", "timezone", "place"}


def test_reminders_follow_a_session_that_is_moved_and_end_with_one_that_is_cancelled(around, ketua, community, replica):
    moved, cancelled = (schedule(around, ketua, community) for _ in range(2))
    change = {"session_id": moved["id"], "version": moved["version"], "starts_at": SOON + 2 * HOUR}
    around.ask(ketua, CHANGE_SESSION, **change)
    around.ask(ketua, CANCEL_SESSION, session_id=cancelled["id"], reason="Narasumber sakit")
    replica(SOON - DAY, around, moved, cancelled)
    assert due(around) == []
    replica(SOON - DAY + 2 * HOUR, around, moved, cancelled)
    assert due(around) == [(moved["id"], "1d")]


def test_a_reminder_that_would_come_too_late_is_dropped_and_the_next_is_not(around, ketua, community, replica):
    session = schedule(around, ketua, community)
    replica(SOON - DAY + 7 * HOUR, around, session)
    assert due(around) == []
    replica(SOON - HOUR, around, session)
    assert due(around) == [(session["id"], "1h")]


def test_officers_choose_which_reminders_there_are(around, ketua, community, replica):
    member, session = around.member(community), schedule(around, ketua, community)
    assert around.ask(member, GET_REMINDERS, community_id=community)["before"] == ["7d", "1d", "1h"]
    with pytest.raises(Forbidden):
        around.ask(member, CHOOSE_REMINDERS, community_id=community, before=[])
    chosen = around.ask(ketua, CHOOSE_REMINDERS, community_id=community, before=["1h", "7d", "7d"])
    assert chosen["before"] == around.ask(member, GET_REMINDERS, community_id=community)["before"] == ["7d", "1h"]
    replica(SOON - DAY, around, session)
    replica(SOON - HOUR, around, session)
    assert due(around) == [(session["id"], "1h")]


def test_the_dates_of_a_series_are_reminded_of_too(around, ketua, community, replica):
    first = (SOON + timedelta(days=7)).date()
    plain = {"title": "Rutin", "goal": "Murid bernalar", "rrule": "FREQ=DAILY;COUNT=2", "starts_at": "13:00"}
    closing = {"timezone": "Asia/Jakarta", "answers_close_minutes": 60}
    around.ask(ketua, START_SERIES, community_id=community, starts_on=first.isoformat(), **plain, **closing)
    store = replica.work.store(around.district)
    dates = sorted(store.sessions.find({"community_id": community}, limit=10), key=lambda each: each["starts_at"])
    assert [each["starts_at"] - until(each) for each in dates] == [HOUR] * 2
    for each in dates:
        # Nobody worked for days: the first turn is dropped, the next is given.
        replica(each["starts_at"] - DAY, around, each, each)
    replica(dates[-1]["starts_at"], around, *dates)
    assert due(around) == [(each["id"], "1d") for each in dates]
    assert store.reminders.get_many(each["id"] for each in dates) == {}
