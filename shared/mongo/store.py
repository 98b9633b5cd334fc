"""A service's tables, opened for one district; or all districts', for the system's own work."""

from __future__ import annotations

from collections.abc import Iterator

from pymongo.client_session import ClientSession
from pymongo.database import Database

from shared.mongo.collection import Collection, decoded
from shared.mongo.reads import Doc, Where
from shared.mongo.tables import COUNTERS, EXTERNAL_IDS, Index, Table


class Store:
    """A service's tables, opened for one district (and, in a transaction, one session)."""

    def __init__(self, database: Database[Doc], district: str | None, session: ClientSession | None = None) -> None:
        self.database = database
        self.district = district
        self.session = session
        self._opened: dict[str, Collection] = {}

    @classmethod
    def tables(cls) -> dict[str, Table]:
        """Every table of the store by its attribute's name."""
        found: dict[str, Table] = {}
        for base in reversed(cls.__mro__):
            found.update({name: value for name, value in vars(base).items() if isinstance(value, Table)})
        return found

    def opened(self, table: Table) -> Collection:
        """A table of this store's district, in its session."""
        collection = self._opened.get(table.name)
        if collection is None:
            collection = self._opened[table.name] = Collection(table, self)
        return collection

    counters = COUNTERS
    external_ids = EXTERNAL_IDS


class SystemStore:
    """All districts' documents of a store's tables, for relay, schedulers, migrations and the operator's tools."""

    def __init__(self, database: Database[Doc], store_cls: type[Store]) -> None:
        self.database = database
        self.store_cls = store_cls

    def open(self, district: str, session: ClientSession | None = None) -> Store:
        """The store of one district."""
        return self.store_cls(self.database, district, session)

    def walk(self, table: Table, where: Where | None = None, batch: int = 500) -> Iterator[Doc]:
        """Every document of a table, whatever its district, in no particular order, streamed."""
        for raw in self.database[table.name].find(dict(where or {}), batch_size=batch):
            yield decoded(raw)

    def find(self, table: Table, where: Where, limit: int) -> list[Doc]:
        """At most ``limit`` documents, whatever their district; ``where`` must be served by an index of its own."""
        return [decoded(raw) for raw in self.database[table.name].find(dict(where)).limit(limit)]


def indexes_of(store_cls: type[Store]) -> dict[str, list[Index]]:
    """The indexes of every table of a store, by collection name."""
    return {table.name: list(table.indexes) for table in store_cls.tables().values()}
