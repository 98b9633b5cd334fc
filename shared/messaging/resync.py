"""Filling copies anew: the owners' present snapshots, published once more to one service alone, marked as a replay.

Copies take a snapshot that is newer than theirs and skip the rest; effects are not repeated. This, not the event log,
is how a new or broken copy is filled (DESIGN 5, "Resync").
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from shared import clock
from shared.ids import new_id
from shared.messaging.envelope import plain_data
from shared.messaging.relay import message_of
from shared.messaging.snapshots import Source
from shared.messaging.wire import Outgoing, Wire
from shared.mongo import Doc, SystemStore

_BATCH = 200
_CONFIRM_TIMEOUT = 30.0


def sources_for(target: str, sources: Sequence[Source]) -> list[Source]:
    """Those of an owner's sources that ``target`` subscribes to."""
    return [source for source in sources if target in source.event.subscribers]


def snapshots_of(system: SystemStore, source: Source, district: str | None = None) -> Iterator[Doc]:
    """The present state of every subject of a source as log entries, of one district or all; streamed."""
    table = system.store_cls.tables()[source.table]
    now = clock.now()
    for doc in system.walk(table, {"district": district} if district else None):
        yield _entry(source, doc, now)


def resync(
    system: SystemStore,
    sources: Sequence[Source],
    target: str,
    wire: Wire,
    *,
    district: str | None = None,
    progress: Callable[[str, int], None] = lambda subject, count: None,
) -> int:
    """Publish the present snapshots that ``target`` copies from this owner. Returns how many.

    ``wire`` is a started connection with confirms. ``progress`` is told a subject's kind and how many more of it went
    out.
    """
    total = 0
    for source in sources_for(target, sources):
        batch: list[Outgoing] = []
        for entry in snapshots_of(system, source, district):
            batch.append(message_of(source.event.service, entry, replay_for=target))
            if len(batch) == _BATCH:
                total += _send(wire, batch)
                progress(source.event.subject, len(batch))
                batch.clear()
        if batch:
            total += _send(wire, batch)
            progress(source.event.subject, len(batch))
    return total


def _send(wire: Wire, batch: Sequence[Outgoing]) -> int:
    unroutable = wire.publish_confirmed(batch, timeout=_CONFIRM_TIMEOUT)
    if unroutable:
        raise LookupError("the target's inbox is not bound; run `sanggar migrate`")
    return len(batch)


def _entry(source: Source, doc: Doc, now: datetime) -> Doc:
    plain = plain_data(source.event, source.state(doc))
    return {
        "_id": new_id(),
        "district": doc["district"],
        "type": source.event.type,
        "subject": source.event.subject_of(plain),
        "sequence": doc["version"],
        "time": now,
        "data": plain,
    }
