"""Housekeeping: what is past its time goes, in turns of bounded length, and nothing else does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from shared import clock
from shared.messaging.expiry import expire
from shared.messaging.lease import TABLE as LEASES
from shared.mongo import connect
from tests.support.ground import Cell

TABLE = "passing"


@pytest.fixture
def database(cell: Cell) -> Iterator[Any]:
    client = connect(cell.wires.mongo_uri, "tests")
    database = client[f"{cell.wires.db_prefix}content"]
    database[TABLE].create_index([("expires_at", 1)], name="expires_at")
    yield database
    client.close()


def hours_from_now(database: Any) -> list[float]:
    now = clock.now()
    return sorted(round((doc["expires_at"] - now) / timedelta(hours=1), 1) for doc in database[TABLE].find({}))


def put(database: Any, hours: list[float]) -> None:
    now = clock.now()
    database[TABLE].insert_many([{"expires_at": now + timedelta(hours=each)} for each in hours])


def test_what_is_over_goes_and_the_rest_stays(database: Any) -> None:
    put(database, [-400.0, -0.1, 0.5])
    assert not expire(database, [TABLE])
    assert hours_from_now(database) == [0.5]


def test_a_long_absence_is_made_up_for_in_turns(database: Any) -> None:
    """Failure: nothing ran for ten days, while thousands of records became due, most of them within one hour.
    Promise: each turn removes a stretch, says that more waits, and at the end nothing is left that is over."""
    ten_days = 240.0
    database[LEASES].insert_one({"_id": "expiry", "reached": {TABLE: clock.now() - timedelta(hours=ten_days)}})
    due = [-ten_days * share / 200 for share in range(1, 201)]
    put(database, [*due, *(-120 + number / 2_000 for number in range(2_000)), 0.5])
    turns = 1
    while expire(database, [TABLE]):
        turns += 1
        assert turns < 100
    assert hours_from_now(database) == [0.5]


def test_what_ended_early_is_found_behind_the_last_turn(database: Any) -> None:
    """Failure: a record is given an end that had passed before the last turn. Promise: the next one removes it."""
    expire(database, [TABLE])
    put(database, [-0.5, 0.5])
    expire(database, [TABLE])
    assert hours_from_now(database) == [0.5]
