"""Reads by the bare command, and the client that they go through."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from pymongo import MongoClient
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.errors import AutoReconnect

Doc = dict[str, Any]
Where = Mapping[str, Any]

# The embedded database compares every `$in` value with every candidate: short lists are faster (DESIGN 6).
IN_CHUNK = 50
_ONE_ANSWER = 1000


def connect(uri: str, name: str) -> MongoClient[Doc]:
    """A client with aware UTC times, majority writes and short patience; it connects when first used.

    Whether the driver repeats single writes by itself is said by ``uri``: it does, unless ``retryWrites=false``
    (docs/decisions/0083).
    """
    return MongoClient(
        uri,
        appname=name,
        tz_aware=True,
        tzinfo=UTC,
        w="majority",
        serverSelectionTimeoutMS=2000,
        connectTimeoutMS=2000,
        maxPoolSize=64,
        waitQueueTimeoutMS=5000,
    )


def first(database: Database[Doc], table: str, where: Where, session: ClientSession | None = None) -> Doc | None:
    """One document that matches, or ``None``: what ``find_one`` does, for half the time."""
    found = bare(database, table, where, session, limit=1)
    return found[0] if found else None


def bare(
    database: Database[Doc], table: str, where: Where, session: ClientSession | None, *, limit: int, **options: Any
) -> list[Doc]:
    """A few documents by the bare ``find`` command, without a cursor (docs/decisions/0080); ``options`` are its own."""
    command = {"find": table, "filter": dict(where), "limit": limit, "singleBatch": True, **options}
    found: list[Doc] = _read(database, command, session)["firstBatch"]
    return found


def find_all(database: Database[Doc], table: str, where: Where, session: ClientSession | None) -> list[Doc]:
    """All documents that match, meant for some hundred: by the bare command, or by a cursor what exceeds one answer."""
    answer = _read(database, {"find": table, "filter": dict(where), "batchSize": _ONE_ANSWER}, session)
    if answer["id"] == 0:
        found: list[Doc] = answer["firstBatch"]
        return found
    database.command({"killCursors": table, "cursors": [answer["id"]]}, session=session)
    return list(database[table].find(where, session=session))


def _read(database: Database[Doc], command: Doc, session: ClientSession | None) -> Doc:
    try:
        answer = database.command(command, codec_options=database.codec_options, session=session)
    except AutoReconnect:
        # What is read outside a transaction is read again on a new connection, as ``find_one`` would.
        if session is not None and session.in_transaction:
            raise
        answer = database.command(command, codec_options=database.codec_options, session=session)
    cursor: Doc = answer["cursor"]
    return cursor
