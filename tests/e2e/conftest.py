"""Two districts of the shared platform with one of everything, for the tests that walk every operation."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.ground import Platform
from tests.support.home import Home, settle
from tests.support.receiver import receiving


@pytest.fixture(scope="session")
def homes(platform: Platform) -> Iterator[tuple[Home, Home]]:
    """One that is looked for, and one that looks. Tests leave in the first what they find there."""
    with receiving() as first, receiving() as second:
        theirs = settle(platform, "3371", first, seed=31)
        ours = settle(platform, "3372", second, seed=32)
        yield theirs, ours
