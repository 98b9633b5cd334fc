"""Is the database there, able to hold transactions, on time, and indexed?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pymongo import MongoClient

from deploy.checks.broker import clock_finding
from deploy.checks.finding import Finding, broken, good, some
from deploy.services import Parts
from shared import clock
from shared.messaging.schema import create_indexes
from shared.mongo import Doc
from shared.settings import Settings


def check_database(client: MongoClient[Doc]) -> Iterator[Finding]:
    """Whether it is part of a replica set (transactions need one), and its clock agrees."""
    hello = client.admin.command("hello")
    version = client.admin.command("buildInfo").get("version", "?")
    if not hello.get("setName") and hello.get("msg") != "isdbgrid":
        yield broken(
            "database",
            f"MongoDB {version} stands alone, without transactions",
            "start it with --replSet NAME and run rs.initiate() once; one member is enough",
        )
    else:
        yield good("database", f"MongoDB {version}, replica set {hello.get('setName', 'behind a router')}")
    if "localTime" in hello:
        yield clock_finding("database", hello["localTime"], clock.now(), resolution=0.1)


def check_indexes(client: MongoClient[Doc], settings: Settings, services: Sequence[Parts]) -> Iterator[Finding]:
    """Every index that `sanggar migrate` creates is there."""
    wanted = 0
    missing: list[str] = []
    for parts in services:
        database = client[settings.database(parts.service)]
        for table, indexes in _wanted_by(parts).items():
            present = {
                (tuple(index["key"].items()), bool(index.get("unique"))) for index in database[table].list_indexes()
            }
            wanted += len(indexes)
            missing += [f"{parts.service}.{table}.{name}" for name, index in indexes.items() if index not in present]
    if missing:
        yield broken(
            "indexes",
            f"{len(missing)} of {wanted} indexes missing: {some(missing)}",
            "run `sanggar migrate`",
        )
    else:
        yield good("indexes", f"{wanted} indexes")


def _wanted_by(parts: Parts) -> dict[str, dict[str, tuple[Any, bool]]]:
    """What :func:`create_indexes` would create for a service: ``{table: {name: (keys, unique)}}``."""
    noted = _Noted()
    create_indexes(noted, parts.store_cls)  # type: ignore[arg-type]  # a database that only takes notes
    return noted.tables


class _Noted:
    """Looks like a database to whoever creates indexes, and notes which."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[str, tuple[Any, bool]]] = {}
        self._table = ""

    def __getitem__(self, table: str) -> _Noted:
        self._table = table
        return self

    def create_index(self, keys: Any, *, name: str, unique: bool = False, **_: Any) -> None:
        self.tables.setdefault(self._table, {})[name] = (tuple(keys), unique)
