"""The collections of a service's database and their indexes: the kernel's own and those of the service's store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pymongo.database import Database
from pymongo.errors import OperationFailure

from shared.messaging import deadletters, idempotency, inbox, lease, relay, rollcall, unit_of_work
from shared.mongo import Doc, Store, indexes_of

_EXISTS = 48


Wanted = dict[str, tuple[tuple[tuple[str, int], ...], dict[str, Any]]]


def wanted_indexes(store_cls: type[Store]) -> dict[str, Wanted]:
    """The indexes of each collection: ``{collection: {name: (keys, options)}}``."""
    expiring: Wanted = {"expires_at": ((("expires_at", 1),), {"expireAfterSeconds": 0})}
    in_lane: Wanted = {"lane__id": ((("lane", 1), ("_id", 1)), {})}
    wanted: dict[str, Wanted] = {
        unit_of_work.OUTBOX: in_lane,
        relay.LOG: {
            "lane_seq": ((("lane", 1), ("seq", 1)), {"unique": True}),
            "district_seq": ((("district", 1), ("seq", 1)), {}),
        },
        deadletters.TABLE: in_lane,
        inbox.INBOX: expiring,
        inbox.ATTEMPTS: expiring,
        idempotency.TABLE: expiring,
    }
    for table, indexes in indexes_of(store_cls).items():
        wanted[table] = {index.name: (tuple(index.keys), {"unique": index.unique}) for index in indexes}
    return wanted


def create_indexes(
    database: Database[Doc], store_cls: type[Store], progress: Callable[[str], None] = lambda name: None
) -> None:
    """Create every collection and index that is missing. Safe to repeat.

    A collection that a transaction makes by writing to it costs every other transaction that does so a conflict.
    """
    present = set(database.list_collection_names())
    for table in sorted({lease.TABLE, relay.UNROUTABLE, rollcall.TABLE, *indexes_of(store_cls)} - present):
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
