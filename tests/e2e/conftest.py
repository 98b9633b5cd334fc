"""The whole platform, and two districts of it with one of everything for the tests that walk every operation."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.ground import Ground, Platform
from tests.support.home import YOUNG_SECONDS, Home, settle
from tests.support.receiver import receiving


@pytest.fixture(scope="package")
def platform(ground: Ground) -> Iterator[Platform]:
    """The whole platform behind nginx, shared by all tests of the run; they keep apart by ``district``."""
    cell = ground.new_cell()
    try:
        with cell.platform(environment={"SANGGAR_YOUNG_SECONDS": str(YOUNG_SECONDS)}) as platform:
            platform.watch()
            yield platform
    finally:
        cell.close()


@pytest.fixture(scope="package")
def homes(platform: Platform) -> Iterator[tuple[Home, Home]]:
    """One that is looked for, and one that looks. Tests leave in the first what they find there."""
    with receiving() as first, receiving() as second:
        theirs = settle(platform, "3371", first, seed=31)
        ours = settle(platform, "3372", second, seed=32)
        yield theirs, ours
