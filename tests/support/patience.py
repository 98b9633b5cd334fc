"""Waiting for what must come true, and no longer."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")

# Looking is work for whom one waits for: what takes longer is looked at less often.
_SLOWER, _SLOWEST = 1.3, 0.2


def eventually(look: Callable[[], Value], within: float = 10.0, every: float = 0.03) -> Value:
    """The first true value that ``look`` gives, within so many seconds. Raises ``AssertionError`` with the last one."""
    deadline = time.monotonic() + within
    while not (seen := look()):
        assert time.monotonic() < deadline, f"not within {within:g} s; last seen: {seen!r}"
        time.sleep(every)
        every = max(every, min(every * _SLOWER, _SLOWEST))
    return seen
