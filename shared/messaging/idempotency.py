"""Idempotent commands: one effect for each key (DESIGN 5).

The record is written in the command's own transaction, so it stands exactly when the effect does. A key belongs to
(district, caller, operation) and is kept for 30 days. Refusals are not stored, nor are answers that hold secrets.
``who`` asked stands in it so that what they were told can be erased with them.
"""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from shared import clock
from shared.contracts.base import Operation
from shared.errors import Conflict, Invalid
from shared.mongo import Doc, first

TABLE = "idempotency"
KEPT = timedelta(days=30)


class KeyRaced(Exception):
    """Another transaction with the same key was first."""


class Key:
    """One idempotency key of one caller for one operation, with the fingerprint of what was asked."""

    def __init__(self, operation: Operation, district: str, who: str, key: str, asked: Any, body: bytes) -> None:
        self._operation = operation
        self._district = district
        self._who = who
        digest = hashlib.sha256("\0".join((who, operation.name, key)).encode()).hexdigest()
        self._id = f"{district}/{digest}"
        text = json.dumps(asked, sort_keys=True, default=str, separators=(",", ":"))
        self._asked = hashlib.sha256(text.encode() + b"\0" + body).hexdigest()

    def stored(self, database: Database[Doc]) -> Doc | None:
        """The stored answer ``{"data", "after"}``, or ``None`` when the key is new.

        Raises :class:`Invalid` when the key came with something else before, :class:`Conflict` when the answer was
        secret.
        """
        record = first(database, TABLE, {"_id": self._id})
        if record is None:
            return None
        if record["asked"] != self._asked:
            raise Invalid("common.key_reused")
        if record["answer"] is None:
            raise Conflict("common.already_done")
        answer: Doc = json.loads(record["answer"])
        return answer

    def store(self, database: Database[Doc], session: ClientSession, answer: Doc) -> None:
        """Keep the answer, in the command's transaction. Raises :class:`KeyRaced`."""
        try:
            database[TABLE].insert_one(
                {
                    "_id": self._id,
                    "district": self._district,
                    "who": self._who,
                    "asked": self._asked,
                    "answer": None if self._operation.secret else json.dumps(answer),
                    "expires_at": clock.now() + KEPT,
                },
                session=session,
            )
        except DuplicateKeyError:
            raise KeyRaced() from None
