"""Learning runs, and everybody around it is played."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.ground import Cell, Ground
from tests.support.neighbours import Neighbours


@pytest.fixture(scope="package")
def learning(ground: Ground) -> Iterator[Cell]:
    """A cell in which learning runs; the tests keep apart by their district."""
    cell = ground.new_cell()
    with cell.running("learning"):
        yield cell
    cell.close()


@pytest.fixture
def around(learning: Cell, district: str) -> Iterator[Neighbours]:
    with Neighbours(learning, "learning", district) as neighbours:
        yield neighbours


@pytest.fixture
def elsewhere(learning: Cell, other_district: str) -> Iterator[Neighbours]:
    """Another district of the same cell."""
    with Neighbours(learning, "learning", other_district) as neighbours:
        yield neighbours


@pytest.fixture
def ketua(around: Neighbours) -> str:
    return around.person("Ibu Ketua")


@pytest.fixture
def community(around: Neighbours, ketua: str) -> str:
    return around.community(ketua)
