"""What every test may ask for: a cell of its own, or the whole platform that tests of one run share."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest

from tests.support.ground import Cell, Ground, Platform


@pytest.fixture(scope="session")
def ground() -> Iterator[Ground]:
    """A private broker and database, started when the first test needs them."""
    ground = Ground()
    try:
        ground.start()
        yield ground
    finally:
        ground.close()


@pytest.fixture
def cell(ground: Ground) -> Iterator[Cell]:
    """A vhost and databases that no other test has seen. Nothing runs in it yet: see ``cell.running(...)``."""
    cell = ground.new_cell()
    yield cell
    cell.close()


@pytest.fixture(scope="module")
def module_cell(ground: Ground) -> Iterator[Cell]:
    """A cell that the tests of one module share; they keep apart by ``district``."""
    cell = ground.new_cell()
    yield cell
    cell.close()


@pytest.fixture(scope="session")
def platform(ground: Ground) -> Iterator[Platform]:
    """The whole platform behind nginx, shared by all tests of the run; they keep apart by ``district``."""
    cell = ground.new_cell()
    try:
        with cell.platform() as platform:
            platform.watch()
            yield platform
    finally:
        cell.close()


@pytest.fixture
def district() -> str:
    """The id of a district that no other test uses."""
    return _next_district()


@pytest.fixture
def other_district() -> str:
    """Another one."""
    return _next_district()


_districts = iter(secrets.SystemRandom().sample(range(1000, 9999), 8999))


def _next_district() -> str:
    return str(next(_districts))
