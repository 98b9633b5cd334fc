"""Turns: commands that would meet at one document wait in line for it (docs/decisions/0096)."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from shared.errors import Unavailable


class Turns:
    """The lines of one process. They spare work that conflicts; what must hold is held by the database."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lines: dict[Hashable, tuple[threading.Lock, int]] = {}

    @contextmanager
    def of(self, key: Hashable, patience: float) -> Iterator[None]:
        """Wait for one's turn at ``key``, for ``patience`` seconds at most; then raises :class:`Unavailable`."""
        with self._lock:
            turn, queued = self._lines.get(key, (threading.Lock(), 0))
            self._lines[key] = (turn, queued + 1)
        try:
            if not turn.acquire(timeout=max(0.0, patience)):
                raise Unavailable(retry_after=1)
            try:
                yield
            finally:
                turn.release()
        finally:
            with self._lock:
                turn, queued = self._lines[key]
                if queued == 1:
                    del self._lines[key]
                else:
                    self._lines[key] = (turn, queued - 1)
