"""Scheduling runs, and everybody around it is played."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.ground import Cell, Ground
from tests.support.neighbours import Neighbours


@pytest.fixture(scope="package")
def scheduling(ground: Ground) -> Iterator[Cell]:
    """A cell in which scheduling runs; the tests keep apart by their district."""
    cell = ground.new_cell()
    with cell.running("scheduling"):
        yield cell
    cell.close()


@pytest.fixture
def around(scheduling: Cell, district: str) -> Iterator[Neighbours]:
    with Neighbours(scheduling, "scheduling", district) as neighbours:
        yield neighbours


@pytest.fixture
def elsewhere(scheduling: Cell, other_district: str) -> Iterator[Neighbours]:
    """Another district of the same cell."""
    with Neighbours(scheduling, "scheduling", other_district) as neighbours:
        yield neighbours


@pytest.fixture
def ketua(around: Neighbours) -> str:
    return around.person("Ibu Ketua")


@pytest.fixture
def community(around: Neighbours, ketua: str) -> str:
    return around.community(ketua)
