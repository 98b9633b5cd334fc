"""The arena: a whole platform that dies and comes back, a town that uses it, and the stores to read afterwards."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from deploy.local.process import Process
from deploy.local.stack import Size
from tests.faults import invariants
from tests.faults.load import Load, Promises, Town
from tests.support.ground import Ground, Platform

SHORT = os.environ.get("SANGGAR_FAULTS_SHORT") == "1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        item.add_marker(pytest.mark.faults)
        item.add_marker(pytest.mark.timeout(1800))


@dataclass
class Arena:
    """One platform with one town. ``ground`` holds the broker and the database, to be stopped too."""

    ground: Ground
    platform: Platform
    town: Town
    stores: invariants.Stores

    def load(self, *, callers: int = 4, most: int | None = None) -> Load:
        return Load(self.town, callers=callers, most=most)

    def kill(self, name: str) -> None:
        """End a process as ``kill -9`` does; the supervisor starts it again."""
        _kill(self.platform.process(name))

    def check(self, promises: Promises, *, poison: int = 0) -> invariants.Health:
        """All invariants; prints what was measured."""
        health = invariants.check(self.stores, self.town, promises, poison=poison)
        print(
            f"\n  {promises.accepted} commands accepted ({dict(promises.outcomes)}), slowest {promises.slowest:.1f} s; "
            f"quiet {health.seconds} s after the last; {health.events} events, {health.notifications} notifications"
        )
        return health


def _kill(process: Process) -> None:
    process.kill()


@contextmanager
def arena_of(ground: Ground, district: str, *, size: Size | None = None, **environment: str) -> Iterator[Arena]:
    """A platform of its own in a cell of its own."""
    cell = ground.new_cell()
    # Of the cell, not of its platform alone: migrating must know the rungs of the ladder too.
    cell.environment.update(environment)
    try:
        with cell.platform(size=size) as platform:
            platform.watch()
            stores = invariants.Stores(platform)
            try:
                yield Arena(ground, platform, Town(platform, district), stores)
            finally:
                stores.close()
    finally:
        cell.close()


@pytest.fixture
def arena(ground: Ground, district: str) -> Iterator[Arena]:
    """A platform as operators run it, one replica of each service."""
    with arena_of(ground, district) as arena:
        yield arena
