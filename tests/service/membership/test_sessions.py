"""People see where they are logged in, and end it there."""

import pytest

from services.membership.sessions import MOST_SESSIONS
from shared.contracts import membership as m
from shared.contracts.events.membership import SESSIONS_REVOKED
from shared.errors import NotFound, Unauthenticated
from shared.ids import new_id
from tests.service.membership.conftest import PASSWORD
from tests.support.patience import eventually

PHONE = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0 Mobile Safari/537.36"


def log_in(town, who, user_agent=PHONE):
    login = {"login": who["person"]["username"], "password": PASSWORD}
    return town.ask(None, m.LOG_IN, user_agent=user_agent, **login)


def sessions_of(town, who):
    return town.ask(who, m.LIST_MY_SESSIONS, limit=100)["items"]


def counts(town, who):
    try:
        town.ask(who, m.GET_ME)
    except Unauthenticated:
        return False
    return True


def test_each_session_is_listed_with_its_device_and_when_it_was_used(town):
    first = town.teacher()
    second = log_in(town, first)
    here, there = sessions_of(town, second)
    assert (here["device"], here["current"]) == ("Chrome di Android", True)
    assert (there["device"], there["current"]) == ("Perangkat tak dikenal", False)
    assert here["created_at"] >= there["created_at"]
    town.ask(None, m.REFRESH, refresh_token=first["refresh_token"])
    latest = sessions_of(town, second)[0]
    assert latest["id"] == there["id"]
    assert latest["last_seen_at"] > there["last_seen_at"]


def test_a_session_that_is_ended_elsewhere_stops_to_count_and_everybody_is_told(town):
    here, there = town.teacher(), None
    there = log_in(town, here)
    lost = next(session["id"] for session in sessions_of(town, here) if not session["current"])
    town.ask(here, m.END_SESSION, sid=lost)
    assert eventually(lambda: not counts(town, there), 5)
    with pytest.raises(Unauthenticated):
        town.ask(None, m.REFRESH, refresh_token=there["refresh_token"])
    assert counts(town, here)
    assert [session["current"] for session in sessions_of(town, here)] == [True]
    assert [told["revoked"] for told in town.emitted(SESSIONS_REVOKED)] == [[lost]]
    with pytest.raises(NotFound):
        town.ask(here, m.END_SESSION, sid=lost)


def test_nobody_ends_somebody_elses_session(town):
    mine, theirs = town.teacher("Siti Aminah"), town.teacher("Budi Santoso")
    with pytest.raises(NotFound):
        town.ask(mine, m.END_SESSION, sid=sessions_of(town, theirs)[0]["id"])
    with pytest.raises(NotFound):
        town.ask(mine, m.END_SESSION, sid=new_id())
    assert counts(town, theirs)


def test_whoever_logs_in_again_and_again_keeps_the_latest_sessions(town):
    who = town.teacher()
    first = sessions_of(town, who)[0]
    same = {"person_id": who["person"]["id"], "salt": "x", "generation": 1, "device": [None, None]}
    times = dict.fromkeys(("rotated_at", "created_at"), first["last_seen_at"])
    town.store.sessions.insert_many(
        [{**same, **times, "expires_at": first["last_seen_at"].replace(year=2999)} for _ in range(MOST_SESSIONS)]
    )
    latest = log_in(town, who)
    found = sessions_of(town, latest)
    assert len(found) == MOST_SESSIONS
    assert found[0]["current"]
