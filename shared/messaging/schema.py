"""The indexes of a service's database: the kernel's own collections and those of the service's store."""

from __future__ import annotations

from collections.abc import Callable

from pymongo.database import Database

from shared.messaging import deadletters, idempotency, inbox, relay, unit_of_work
from shared.mongo import Doc, Store, indexes_of


def create_indexes(
    database: Database[Doc], store_cls: type[Store], progress: Callable[[str], None] = lambda name: None
) -> None:
    """Create every index that is missing. Safe to repeat."""
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
