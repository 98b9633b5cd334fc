"""The dense numbers of a table's documents, and how many there are (docs/decisions/0002)."""

from __future__ import annotations

from typing import Any

from pymongo.client_session import ClientSession
from pymongo.database import Database

from shared.mongo.reads import IN_CHUNK, Doc, Where, first
from shared.mongo.refusals import first_come
from shared.mongo.tables import COUNTERS, Table


class Numbering:
    """The counters of one table of one district: one for each scope that is numbered on its own."""

    def __init__(self, table: Table, database: Database[Doc], district: str, session: ClientSession | None) -> None:
        self._scope = table.numbered_by
        self._prefix = f"{district}/{table.name}"
        self._database, self._district, self._session = database, district, session

    def total(self, scope: Where) -> int:
        """How many documents the scope has."""
        return int(self._counter(scope)["total"])

    def last(self, scope: Where) -> int:
        """The last number that was given in the scope."""
        return int(self._counter(scope)["last"])

    def one_less(self, doc: Where) -> None:
        """A document of its scope went."""
        self._counters.update_one({"_id": self._key(doc)}, {"$inc": {"total": -1}}, session=self._session)

    def put_right(self, total: int, scope: Where) -> None:
        """The scope has so many documents; with 0 its numbering is forgotten too."""
        which = {"_id": self._key(scope)}
        if total:
            self._counters.update_one(which, {"$set": {"total": total}}, session=self._session)
        else:
            self._counters.delete_one(which, session=self._session)

    def number(self, docs: list[Doc]) -> None:
        """Give new documents their ``n``, if the table is numbered. Raises :class:`shared.mongo.Raced`."""
        if self._scope is None:
            return
        groups: dict[str, list[Doc]] = {}
        for doc in docs:
            groups.setdefault(self._key(doc), []).append(doc)
        last = self._raised({key: len(group) for key, group in groups.items()})
        for key, group in groups.items():
            for place, doc in enumerate(group, last.get(key, 0) + 1):
                doc["n"] = place

    def _raised(self, sizes: dict[str, int]) -> dict[str, int]:
        """Raise each counter by so many; what those stood at that were there."""
        # Read, then raised by `update_many` or made by `insert_many`: upserts take the embedded database twice as long.
        # In a transaction nobody can slip in between, for both write what the other would have to have read.
        last: dict[str, int] = {}
        keys = list(sizes)
        for start in range(0, len(keys), IN_CHUNK):
            chunk = {"_id": {"$in": keys[start : start + IN_CHUNK]}}
            last.update((each["_id"], each["last"]) for each in self._counters.find(chunk, session=self._session))
        by_size: dict[int, list[str]] = {}
        for key in last:
            by_size.setdefault(sizes[key], []).append(key)
        for size, known in by_size.items():
            for start in range(0, len(known), IN_CHUNK):
                chunk = {"_id": {"$in": known[start : start + IN_CHUNK]}}
                self._counters.update_many(chunk, {"$inc": {"total": size, "last": size}}, session=self._session)
        fresh = [
            {"_id": key, "district": self._district, "total": size, "last": size}
            for key, size in sizes.items()
            if key not in last
        ]
        if fresh:
            with first_come(COUNTERS.name):
                self._counters.insert_many(fresh, session=self._session)
        return last

    @property
    def _counters(self) -> Any:
        return self._database[COUNTERS.name]

    def _key(self, doc: Where) -> str:
        scope = "/".join(str(doc[name]) for name in self._scope or ())
        return f"{self._prefix}/{scope}" if scope else self._prefix

    def _counter(self, scope: Where) -> Doc:
        found = first(self._database, COUNTERS.name, {"_id": self._key(scope)}, self._session)
        return found or {"total": 0, "last": 0}
