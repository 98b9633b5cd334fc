"""The collections of a service's database and their indexes: the kernel's own and those of the service's store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pymongo import UpdateOne
from pymongo.database import Database
from pymongo.errors import OperationFailure

from shared.messaging import audit, deadletters, idempotency, inbox, lease, personal, relay, rollcall, unit_of_work
from shared.mongo import Doc, Index, Store, SystemStore, Table, indexes_of

_EXISTS = 48
_AT_ONCE = 500
# Tables of the kernel's own, opened for one district like a service's; their documents expire.
OWN_TABLES = (audit.TABLE, personal.TASKS, personal.PARTS)

Wanted = dict[str, tuple[tuple[tuple[str, int], ...], dict[str, Any]]]


def wanted_indexes(store_cls: type[Store]) -> dict[str, Wanted]:
    """The indexes of each collection: ``{collection: {name: (keys, options)}}``."""
    expiring: Wanted = {"expires_at": ((("expires_at", 1),), {"expireAfterSeconds": 0})}
    in_lane: Wanted = {"lane__id": ((("lane", 1), ("_id", 1)), {})}
    wanted: dict[str, Wanted] = {
        unit_of_work.OUTBOX: in_lane,
        relay.LOG: {
            "lane_seq": ((("lane", 1), ("seq", 1)), {"unique": True}),
            "district_place": ((("district", 1), ("place", 1)), {}),
        },
        deadletters.TABLE: in_lane,
    }
    for table, indexes in _tables_of(store_cls).items():
        wanted[table] = {index.name: (tuple(index.keys), index.options) for index in indexes}
    for name in expiring_tables(store_cls):
        wanted[name] = wanted.get(name, {}) | expiring
    return wanted


def expiring_tables(store_cls: type[Store]) -> list[str]:
    """The collections whose documents are removed once ``expires_at`` has passed."""
    kept = (table.name for table in store_cls.tables().values() if table.expires)
    return [inbox.INBOX, inbox.ATTEMPTS, idempotency.TABLE, *(table.name for table in OWN_TABLES), *kept]


def _tables_of(store_cls: type[Store]) -> dict[str, list[Index]]:
    return {**indexes_of(store_cls), **{table.name: list(table.indexes) for table in OWN_TABLES}}


def create_indexes(
    database: Database[Doc], store_cls: type[Store], progress: Callable[[str], None] = lambda name: None
) -> None:
    """Create every collection and index that is missing. Safe to repeat.

    A collection that a transaction makes by writing to it costs every other transaction that does so a conflict.
    """
    present = set(database.list_collection_names())
    for table in sorted({lease.TABLE, relay.UNROUTABLE, rollcall.TABLE, *_tables_of(store_cls)} - present):
        try:
            database.create_collection(table, check_exists=False)
        except OperationFailure as error:
            # Somebody else may be migrating too.
            if error.code != _EXISTS:
                raise
    for table, indexes in wanted_indexes(store_cls).items():
        for name, (keys, options) in indexes.items():
            database[table].create_index(list(keys), name=name, **options)
        progress(table)


def renew_keys(database: Database[Doc], store_cls: type[Store]) -> None:
    """Bring the ``keys`` of documents that an older version wrote up to date. Safe to repeat, and while services run.

    A document that changes meanwhile is left to the next time. Nothing else of it changes, neither its version nor
    when it was updated: for its readers it is the same.
    """
    for table in store_cls.tables().values():
        if table.keyed_by is not None:
            _renew_keys(SystemStore(database, store_cls), table, table.keyed_by)


def _renew_keys(system: SystemStore, table: Table, keyed_by: Callable[[Doc], list[str]]) -> None:
    late: list[UpdateOne] = []

    def write() -> None:
        if late:
            system.database[table.name].bulk_write(late, ordered=False)
            late.clear()

    for doc in system.walk(table, batch=_AT_ONCE):
        keys = keyed_by(doc) if doc.get("keys") else []
        if keys and keys != doc["keys"]:
            as_read = {"_id": f"{doc['district']}/{doc['id']}", "version": doc["version"]}
            late.append(UpdateOne(as_read, {"$set": {"keys": keys}}))
        if len(late) >= _AT_ONCE:
            write()
    write()
