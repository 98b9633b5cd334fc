"""The collections of a service's database and their indexes: the kernel's own and those of the service's store."""

from __future__ import annotations

from collections.abc import Callable

from pymongo.database import Database
from pymongo.errors import OperationFailure

from shared.messaging import deadletters, idempotency, inbox, lease, relay, rollcall, unit_of_work
from shared.mongo import Doc, Store, indexes_of

_EXISTS = 48


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
    database[unit_of_work.OUTBOX].create_index([("lane", 1), ("_id", 1)], name="lane__id")
    database[relay.LOG].create_index([("lane", 1), ("seq", 1)], name="lane_seq", unique=True)
    database[relay.LOG].create_index([("district", 1), ("seq", 1)], name="district_seq")
    database[deadletters.TABLE].create_index([("lane", 1), ("_id", 1)], name="lane__id")
    for kept in (inbox.INBOX, inbox.ATTEMPTS, idempotency.TABLE):
        database[kept].create_index([("expires_at", 1)], name="expires_at", expireAfterSeconds=0)
    progress("kernel")
    for table, indexes in indexes_of(store_cls).items():
        for index in indexes:
            database[table].create_index(index.keys, name=index.name, unique=index.unique)
        progress(table)
