"""The probes (``tests/support/probe``): a pair that a module shares, or some of a test's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.ground import Cell
from tests.support.probe.stage import Caller, Probes


@pytest.fixture(scope="module")
def probes(module_cell: Cell) -> Iterator[Probes]:
    """An owner and a follower that the tests of a module share; whoever breaks things asks for ``own_probes``."""
    probes = Probes(module_cell)
    try:
        probes.both()
        yield probes
    finally:
        probes.close()


@pytest.fixture
def own_probes(cell: Cell) -> Iterator[Probes]:
    """Probes of a test's own; none is started yet."""
    probes = Probes(cell)
    yield probes
    probes.close()


@pytest.fixture
def caller(probes: Probes, district: str) -> Caller:
    """A person of a district of the test's own."""
    return probes.caller(district)
