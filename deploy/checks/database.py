"""Is the database there, able to hold transactions, on time, and indexed?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pymongo import MongoClient
from pymongo.errors import OperationFailure

from deploy.checks.broker import clock_finding
from deploy.checks.finding import Finding, broken, good, some
from deploy.services import Parts
from shared import clock
from shared.messaging.schema import wanted_indexes
from shared.mongo import Doc
from shared.settings import Settings

# What a server outside of a replica set says to a transaction.
_ILLEGAL_OPERATION = 20


def check_database(client: MongoClient[Doc], settings: Settings) -> Iterator[Finding]:
    """Whether it holds transactions (MongoDB does in a replica set only), and its clock agrees."""
    hello = client.admin.command("hello")
    version = client.admin.command("buildInfo").get("version", "?")
    if _holds_transactions(client, settings.database("membership")):
        yield good("database", f"MongoDB {version}, with transactions")
    else:
        yield broken(
            "database",
            f"MongoDB {version} stands alone, without transactions",
            "start it with --replSet NAME and run rs.initiate() once; one member is enough",
        )
    if "localTime" in hello:
        yield clock_finding("database", hello["localTime"], clock.now(), resolution=0.1)


def _holds_transactions(client: MongoClient[Doc], database: str) -> bool:
    try:
        with client.start_session() as session, session.start_transaction():
            client[database].districts.find_one({}, session=session)
    except OperationFailure as refused:
        if refused.code == _ILLEGAL_OPERATION:
            return False
        raise
    return True


def check_indexes(client: MongoClient[Doc], settings: Settings, services: Sequence[Parts]) -> Iterator[Finding]:
    """Every index that `sanggar migrate` creates is there."""
    wanted = 0
    missing: list[str] = []
    for parts in services:
        database = client[settings.database(parts.service)]
        for table, indexes in wanted_indexes(parts.store_cls).items():
            present = {
                (tuple(index["key"].items()), bool(index.get("unique"))) for index in database[table].list_indexes()
            }
            wanted += len(indexes)
            missing += [
                f"{parts.service}.{table}.{name}"
                for name, (keys, options) in indexes.items()
                if (keys, bool(options.get("unique"))) not in present
            ]
    if missing:
        yield broken(
            "indexes",
            f"{len(missing)} of {wanted} indexes missing: {some(missing)}",
            "run `sanggar migrate`",
        )
    else:
        yield good("indexes", f"{wanted} indexes")
