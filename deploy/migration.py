"""Makes broker and database ready for this version: topology first, then the indexes of every service and what they
hold of records that older versions wrote."""

from __future__ import annotations

from collections.abc import Callable

from pymongo import MongoClient

from deploy.services import all_parts
from shared.contracts.words import SERVICES
from shared.messaging import topology
from shared.messaging.schema import create_indexes, renew_keys
from shared.mongo import Doc, connect
from shared.settings import Settings


def rungs_of(settings: Settings) -> list[str]:
    """The waits that need a queue of their own: the retry ladder's, and that of missing references."""
    return list(dict.fromkeys((*settings.retry_ladder, settings.missing_every)))


def migrate(settings: Settings, progress: Callable[[str], None] = lambda name: None) -> None:
    """Declare every exchange, queue and binding, and create every index that is missing, and bring up to date what
    older records are found by.

    Safe to repeat, and while the platform runs. ``progress`` is called with the name of each thing that is ready.
    """
    topology.declare(settings.amqp_uri, rungs_of(settings), SERVICES, progress)
    client: MongoClient[Doc] = connect(settings.mongo_uri, "sanggar-migrate")
    try:
        for parts in all_parts():
            database = client[settings.database(parts.service)]
            create_indexes(database, parts.store_cls, _naming(parts.service, progress))
            renew_keys(database, parts.store_cls)
    finally:
        client.close()


def _naming(service: str, progress: Callable[[str], None]) -> Callable[[str], None]:
    return lambda table: progress(f"{service}.{table}")
