"""The parts of a service that the operator's tools need: its tables and the sources of what others copy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module

from shared.contracts.words import SERVICES
from shared.messaging.snapshots import Source
from shared.mongo import Copy, Store, Table


@dataclass(frozen=True)
class Parts:
    """One service's store and sources (docs/kernel.md, "Store" and "Sources")."""

    service: str
    store_cls: type[Store]
    sources: Sequence[Source]

    @property
    def copies(self) -> list[Copy]:
        """The tables that events of other services feed."""
        return [
            table
            for table in self.store_cls.tables().values()
            if isinstance(table, Copy) and table.events[0].service != self.service
        ]

    def table_of(self, source: Source) -> Table:
        """The table that a source reads."""
        return self.store_cls.tables()[source.table]


def parts_of(service: str) -> Parts:
    """The parts of the service of this name."""
    store = import_module(f"services.{service}.store")
    snapshots = import_module(f"services.{service}.snapshots")
    return Parts(service, getattr(store, f"{service.title()}Store"), snapshots.SOURCES)


def all_parts() -> list[Parts]:
    return [parts_of(service) for service in SERVICES]
