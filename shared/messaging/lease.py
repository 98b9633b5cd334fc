"""A lease: one holder among the replicas of a service, with an epoch that fences out those who lost it.

No clocks are compared. The holder bumps a beat; another replica takes over once it has watched the same beat for a
whole lease by its own monotonic clock (docs/decisions/0004). Whoever writes under the lease names owner and epoch in
the filter.
"""

from __future__ import annotations

import os
import socket
import time
from typing import Any

from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from shared.ids import new_id
from shared.mongo import Doc

TABLE = "leases"


class LeaseLost(Exception):
    """Another replica holds the lease now."""


class Lease:
    """One named lease as one replica sees it. ``seconds`` is how long a silent holder is believed."""

    def __init__(self, database: Database[Doc], name: str, seconds: float) -> None:
        self._leases = database[TABLE]
        self._name = name
        self.seconds = seconds
        self._owner = f"{socket.gethostname()}:{os.getpid()}:{new_id()}"
        self._epoch: int | None = None
        self._renewed = 0.0
        self._watched: tuple[Any, ...] = ()
        self._watched_since = 0.0

    @property
    def held(self) -> bool:
        """Whether this replica held it when it last looked."""
        return self._epoch is not None

    @property
    def epoch(self) -> int | None:
        """The epoch under which it is held: another one after each time that it was taken."""
        return self._epoch

    def keep(self) -> bool:
        """Renew the lease or try to take it. Returns whether it is held; cheap when called often."""
        if self._epoch is not None and time.monotonic() - self._renewed < self.seconds / 3:
            return True
        if self._epoch is not None:
            try:
                self.write({"$inc": {"beat": 1}})
                return True
            except LeaseLost:
                pass
        return self._take()

    def write(self, change: Doc, session: ClientSession | None = None) -> None:
        """Change the lease's document, as its holder. Raises :class:`LeaseLost`."""
        outcome = self._leases.update_one(self._mine(), change, session=session)
        if outcome.matched_count == 0:
            self._epoch = None
            raise LeaseLost(self._name)
        self._renewed = time.monotonic()

    def read(self, session: ClientSession | None = None) -> Doc:
        """The lease's document. Raises :class:`LeaseLost`."""
        doc = self._leases.find_one(self._mine(), session=session)
        if doc is None:
            self._epoch = None
            raise LeaseLost(self._name)
        return doc

    def release(self) -> None:
        """Give the lease up, so that another replica need not wait."""
        if self._epoch is not None:
            self._leases.update_one(self._mine(), {"$set": {"owner": None}})
            self._epoch = None

    def _mine(self) -> Doc:
        return {"_id": self._name, "owner": self._owner, "epoch": self._epoch}

    def _take(self) -> bool:
        doc = self._leases.find_one({"_id": self._name})
        if doc is None:
            try:
                self._leases.insert_one({"_id": self._name, "owner": None, "epoch": 0, "beat": 0})
            except DuplicateKeyError:
                return False
            doc = {"_id": self._name, "owner": None, "epoch": 0, "beat": 0}
        seen = (doc["owner"], doc["epoch"], doc["beat"])
        if seen != self._watched:
            self._watched, self._watched_since = seen, time.monotonic()
        if doc["owner"] is not None and time.monotonic() - self._watched_since < self.seconds:
            return False
        outcome = self._leases.update_one(
            {"_id": self._name, "owner": seen[0], "epoch": seen[1], "beat": seen[2]},
            {"$set": {"owner": self._owner, "epoch": seen[1] + 1}, "$inc": {"beat": 1}},
        )
        if outcome.matched_count == 0:
            return False
        self._epoch = seen[1] + 1
        self._renewed = time.monotonic()
        return True
