"""For scripts and operators' tools: one service's database opened outside its process."""

from __future__ import annotations

from shared.messaging.unit_of_work import SystemWork, Transactor
from shared.mongo import Store, SystemStore, connect
from shared.settings import Settings


def open_service(settings: Settings, service: str, store_cls: type[Store]) -> SystemWork:
    """A :class:`SystemWork` on the service's database.

    Events that it emits are published by the service's own relay.
    """
    client = connect(settings.mongo_uri, f"script.{service}")
    database = client[settings.database(service)]
    return SystemWork(SystemStore(database, store_cls), Transactor(client, database), settings)
