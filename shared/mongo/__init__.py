"""Stores: a service's tables, always opened for one district.

A :class:`Table` is declared on a :class:`Store`; opened for a district it becomes a :class:`Collection` that adds the
district to every filter and every document, so no query can forget it. :class:`SystemStore` sees all districts, for
relay, schedulers and migrations. All lists go through :meth:`Collection.page`, which reads key windows closed at both
ends (docs/decisions/0002).
"""

from shared.mongo.collection import Collection, check_version
from shared.mongo.reads import IN_CHUNK, Doc, Where, bare, connect, find_all, first
from shared.mongo.refusals import Raced, Taken, first_come
from shared.mongo.store import Store, SystemStore, indexes_of
from shared.mongo.tables import COUNTERS, EXTERNAL_IDS, Copy, Index, Table

__all__ = [
    "COUNTERS",
    "EXTERNAL_IDS",
    "IN_CHUNK",
    "Collection",
    "Copy",
    "Doc",
    "Index",
    "Raced",
    "Store",
    "SystemStore",
    "Table",
    "Taken",
    "Where",
    "bare",
    "check_version",
    "connect",
    "find_all",
    "first",
    "first_come",
    "indexes_of",
]
