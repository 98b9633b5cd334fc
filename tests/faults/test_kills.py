"""Processes die under load: every accepted command has one effect, everybody is told once."""

from __future__ import annotations

import os
import random
import signal
from itertools import cycle
from pathlib import Path

import pytest

from deploy.local.stack import Size
from shared.contracts.words import SERVICES
from tests.faults.conftest import SHORT, Arena, arena_of
from tests.support.ground import Ground
from tests.support.patience import eventually

# The short form has one point of each pair.
POINTS = ("unit_of_work.committed", "relay.numbered", "inbox.committed") + (
    () if SHORT else ("unit_of_work.before_commit", "relay.published", "inbox.applied")
)


def test_each_service_killed_in_mid_load_loses_and_doubles_nothing(arena: Arena) -> None:
    """``kill -9`` of each service in turn, the holder of its relay's lease among them."""
    with arena.load() as load:
        for service in SERVICES:
            load.run_for(2)
            arena.kill(service)
        load.run_for(6)
    arena.check(load.promises)
    assert load.promises.accepted


def test_a_gateway_worker_killed_in_mid_load_costs_a_repetition_and_nothing_else(arena: Arena) -> None:
    with arena.load() as load:
        for _ in range(3):
            load.run_for(2)
            master = arena.platform.process("gateway").pid
            for worker in Path(f"/proc/{master}/task/{master}/children").read_text().split():
                os.kill(int(worker), signal.SIGKILL)
        load.run_for(3)
    arena.check(load.promises)


@pytest.mark.parametrize("point", POINTS)
def test_a_process_that_dies_at_the_worst_moment_loses_and_doubles_nothing(
    ground: Ground, district: str, point: str
) -> None:
    """Between commit and publish, between effect and ack: at each fault point, again and again, in every service."""
    with arena_of(ground, district) as arena:
        for service in ("scheduling", "notification"):
            process = arena.platform.supervisor.hold(service)
            process.stop()
            process.spec.environment["SANGGAR_FAULTS"] = f"{point}=kill:15"  # type: ignore[index]
            arena.platform.supervisor.release(service)
        eventually(lambda: arena.platform.http("GET", "/ready").status_code == 200, 60)
        with arena.load() as load:
            load.run_for(8 if SHORT else 20)
        for service in ("scheduling", "notification"):
            process = arena.platform.supervisor.hold(service)
            del process.spec.environment["SANGGAR_FAULTS"]  # type: ignore[attr-defined]
            process.stop()
            arena.platform.supervisor.release(service)
        arena.check(load.promises)


def test_a_deploy_under_load_answers_what_was_begun(ground: Ground, district: str) -> None:
    """SIGTERM to one of two replicas after another: nobody notices, and nothing runs twice."""
    size = Size(replicas={"scheduling": 2, "notification": 2}, gateway_workers=1)
    with arena_of(ground, district, size=size) as arena:
        with arena.load() as load:
            for name in ("scheduling", "notification", "scheduling-2", "notification-2", "membership"):
                load.run_for(2)
                arena.platform.supervisor.hold(name).stop()
                arena.platform.supervisor.release(name)
            load.run_for(2)
        arena.check(load.promises)
        for name in ("scheduling", "notification", "scheduling-2", "notification-2"):
            assert "stopped before everything was drained" not in arena.platform.logs(name)


def test_many_commands_under_a_hail_of_kills_each_have_one_effect(arena: Arena) -> None:
    """10,000 commands (1,000 in the short form) with a ``kill -9`` every few seconds, of each process at least once."""
    chance = random.Random(5)
    everybody = (*SERVICES, "gateway")
    victims = cycle(everybody)
    kills = 0
    with arena.load(callers=6) as load:
        while kills < len(everybody) or load.promises.accepted < (1_000 if SHORT else 10_000):
            load.run_for(chance.uniform(3, 6))
            arena.kill(next(victims))
            kills += 1
    arena.check(load.promises)
    print(f"  {kills} kills")
