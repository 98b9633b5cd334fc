"""How many documents a piece of work makes the database send: what a read costs, whatever the machine has to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pymongo import MongoClient
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent


class Reads(CommandListener):
    """Counts the reads of one client, and the documents that they brought."""

    def __init__(self) -> None:
        self.documents = 0
        self.commands = 0

    def started(self, event: CommandStartedEvent) -> None: ...

    def failed(self, event: CommandFailedEvent) -> None: ...

    def succeeded(self, event: CommandSucceededEvent) -> None:
        cursor = event.reply.get("cursor")
        if cursor is not None:
            self.commands += 1
            self.documents += len(cursor.get("firstBatch", cursor.get("nextBatch", ())))


@contextmanager
def counted_reads(mongo_uri: str) -> Iterator[tuple[MongoClient[dict[str, Any]], Reads]]:
    """A client whose reads are counted, with the count."""
    reads = Reads()
    client: MongoClient[dict[str, Any]] = MongoClient(mongo_uri, tz_aware=True, event_listeners=[reads])
    try:
        yield client, reads
    finally:
        client.close()
