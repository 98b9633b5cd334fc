"""The lanes of an outbox: what waits in each, oldest first, and when the slow one may go.

What a large import tells of has a lane of its own and is held back while more of it keeps coming: the copies that it
feeds in every service would take the database from the import itself (docs/decisions/0093).
"""

from __future__ import annotations

import time
from collections.abc import Callable

from pymongo.collection import Collection

from shared import clock
from shared.ids import made_at_ms
from shared.mongo import Doc

PROMPT, BULK = 0, 1
MOST_EVENTS = 400
# An entry becomes visible when its transaction commits, later than its id was made: look back so far.
_LOOK_BACK_MS = 120_000
_QUIET = 3.0
_MOST_HELD = 240.0


class Lane:
    """One lane of a service's outbox, as its relay reads it."""

    def __init__(self, outbox: Collection[Doc], lane: int) -> None:
        self.lane = lane
        self._outbox = outbox
        self._from = 0
        self._width: int | None = None

    def batch(self) -> list[Doc]:
        """Entries for one batch, oldest first."""
        batch: list[Doc] = []
        size = 0
        for doc in self._look():
            if batch and size + len(doc["events"]) > MOST_EVENTS:
                break
            batch.append(doc)
            size += len(doc["events"])
        return batch

    def sweep(self) -> None:
        """Start from the very oldest entry again: a replica's clock may be far off."""
        oldest = min(self._ids({}), default=None)
        self._from = _ms_of(oldest) if oldest else clock.now_ms() - _LOOK_BACK_MS
        self._width = None

    def newest(self, known: str | None) -> str | None:
        """The newest id that waits. Only what is newer than the one that is ``known`` is read: what is held back may be
        large, and is looked at often."""
        return max(self._ids({"_id": {"$gt": known}} if known else {}), default=known)

    def _ids(self, where: Doc) -> list[str]:
        return [doc["_id"] for doc in self._outbox.find({"lane": self.lane, **where}, {"_id": 1})]

    def _look(self) -> list[Doc]:
        """What waits from ``self._from`` on: all of it in calm times, key windows of it when much has piled up."""
        while True:
            window: Doc = {"$gte": _id_at(self._from)}
            if self._width is not None:
                window["$lt"] = _id_at(self._from + self._width)
            found = sorted(self._outbox.find({"lane": self.lane, "_id": window}), key=lambda doc: doc["_id"])
            if sum(len(doc["events"]) for doc in found) > 4 * MOST_EVENTS:
                self._width = max(1, (self._width or 60_000) // 4)
                self._from = max(self._from, _ms_of(found[0]["_id"]))
                return found
            if found or self._width is None:
                break
            self._from += self._width
            self._width = None if self._from >= clock.now_ms() - _LOOK_BACK_MS else self._width * 4
        self._from = max(self._from, min(clock.now_ms() - _LOOK_BACK_MS, _ms_of(found[0]["_id"]) if found else 1 << 47))
        return found


class Lull:
    """When what piles up may go: once no more of it came for three seconds, or four minutes after the first of it was
    seen. Told by this process's own clock, since those of the writers may differ."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._newest: str | None = None
        self._first_at = self._newest_at = 0.0

    def over(self, newest: str | None) -> bool:
        """Whether it may go, now that this is the newest of it."""
        now = self._now()
        if newest is None or self._newest is None:
            self._first_at = now
        if newest != self._newest:
            self._newest, self._newest_at = newest, now
        if newest is None:
            return False
        return now - self._newest_at >= _QUIET or now - self._first_at >= _MOST_HELD


def _ms_of(id_: str) -> int:
    return made_at_ms(id_) or 0


def _id_at(ms: int) -> str:
    """The smallest UUIDv7 text of a millisecond."""
    digits = f"{max(0, ms):012x}"
    return f"{digits[:8]}-{digits[8:]}-"
