"""The broker or the database goes away under load, and comes back."""

from __future__ import annotations

import os
import signal
import time

from tests.faults.conftest import SHORT, Arena, arena_of
from tests.support.ground import Ground
from tests.support.patience import eventually

OUTAGE = 8 if SHORT else 30
LONG_OUTAGE = 20 if SHORT else 70


def test_a_broker_that_was_stopped_for_a_while_is_caught_up_with(arena: Arena) -> None:
    """Stopped as a process is (SIGSTOP): connections stay open and answer nothing."""
    node = arena.ground.supervisor.process("broker").pid
    with arena.load() as load:
        load.run_for(3)
        os.killpg(node, signal.SIGSTOP)
        try:
            load.run_for(OUTAGE)
        finally:
            os.killpg(node, signal.SIGCONT)
        load.run_for(5)
    arena.check(load.promises)


def test_a_broker_that_was_killed_and_started_again_lost_nothing(arena: Arena) -> None:
    with arena.load() as load:
        load.run_for(3)
        node = arena.ground.supervisor.hold("broker")
        node.kill()
        load.run_for(OUTAGE)
        arena.ground.supervisor.release("broker")
        arena.ground.supervisor.await_ready(node)
        eventually(lambda: arena.platform.http("GET", "/ready").status_code == 200, 60)
        load.run_for(4)
    arena.check(load.promises)


def test_a_database_that_was_away_for_long_sends_nothing_up_the_ladder(arena: Arena) -> None:
    """While the database is away no event fails, none climbs the retry ladder, none becomes a dead letter."""
    with arena.load() as load:
        load.run_for(3)
        database = arena.ground.supervisor.hold("database")
        database.kill()
        load.run_for(LONG_OUTAGE)
        arena.ground.supervisor.release("database")
        arena.ground.supervisor.await_ready(database)
        load.run_for(5)
    arena.check(load.promises)
    for process in arena.platform.stack.services:
        assert '"an event failed"' not in arena.platform.logs(process.name)


def test_a_replica_whose_clock_is_five_minutes_off_changes_nothing(ground: Ground, district: str) -> None:
    with arena_of(ground, district) as arena:
        for service, skew in (("scheduling", "300"), ("notification", "-300")):
            process = arena.platform.supervisor.hold(service)
            process.stop()
            process.spec.environment["SANGGAR_CLOCK_SKEW"] = skew  # type: ignore[index]
            arena.platform.supervisor.release(service)
        eventually(lambda: arena.platform.http("GET", "/ready").status_code == 200, 60)
        started = time.monotonic()
        with arena.load() as load:
            load.run_for(6)
        arena.check(load.promises)
        assert time.monotonic() - started < 90
