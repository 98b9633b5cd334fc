"""Receiving: an event, its inbox record and one effect, beside the bare transaction that writes the same two documents.

The rival reads the same bodies as JSON and commits each by itself; the kernel checks envelope and schema and applies up
to a hundred together. Afterwards each event has exactly one effect.
"""

from __future__ import annotations

import json
import time
from typing import Any

from bench.findings import Finding, Promise, side_by_side
from bench.ground import Ground
from bench.size import Size
from shared import clock
from shared.contracts.events.scheduling import RSVP_CHANGED
from shared.ids import new_id
from shared.messaging.envelope import encode
from shared.messaging.inbox import INBOX, KEPT
from shared.messaging.relay import message_of
from shared.messaging.wire import Publisher

DISTRICT = "3311"
EVENTS = 3000
PLATFORM: tuple[str, ...] = ()
_PREFIX = "counting_"
_PATIENCE = 120.0


def run(ground: Ground, size: Size) -> list[Finding]:
    publisher = Publisher(ground.settings.amqp_uri, "bench", confirms=True)
    effects = ground.client[f"{_PREFIX}notification"]["effects"]
    ids: set[str] = set()

    def ours() -> float:
        entries = [_entry() for _ in range(EVENTS)]
        ids.update(entry["_id"] for entry in entries)
        for start in range(0, EVENTS, 500):
            batch = [message_of("scheduling", entry) for entry in entries[start : start + 500]]
            assert not publisher.wire().publish_confirmed(batch, timeout=20)
        with ground.beside("counting", "bench.counting", {"SANGGAR_DB_PREFIX": _PREFIX}):
            return _rate(effects, {f"{DISTRICT}/{entry['_id']}" for entry in entries})

    def rival() -> float:
        return _bare(ground, [encode(_entry()) for _ in range(EVENTS // 4)])

    samples = side_by_side(ours, rival, size.runs)
    publisher.close()
    found = [str(doc["_id"]).partition("/")[2] for doc in effects.find({}, {"_id": 1})]
    broken = [] if sorted(found) == sorted(ids) else [f"{len(ids)} events had {len(found)} effects"]
    promise = Promise("ratio at least", 0.6)
    return [
        Finding(
            "consume",
            "inbox record and effect",
            "events/s",
            samples[0],
            promise,
            "bare transaction",
            samples[1],
            broken,
        )
    ]


def _rate(effects: Any, wanted: set[str]) -> float:
    """Effects a second between the first batch and the last, as their own times say."""
    deadline = time.monotonic() + _PATIENCE
    while wanted - {doc["_id"] for doc in effects.find({}, {"_id": 1})}:
        if time.monotonic() > deadline:
            raise TimeoutError("the events have no effect")
        time.sleep(0.5)
    times = sorted(doc["created_at"] for doc in effects.find({}) if doc["_id"] in wanted)
    in_first = sum(1 for moment in times if moment == times[0])
    return (len(times) - in_first) / (times[-1] - times[0]).total_seconds()


def _bare(ground: Ground, bodies: list[bytes]) -> float:
    database = ground.client["bare"]
    started = time.perf_counter()
    for body in bodies:
        event = json.loads(body)
        key = f"{event['district']}/{event['id']}"
        now = clock.now()
        with ground.client.start_session() as session, session.start_transaction():
            record = {"_id": key, "district": event["district"], "expires_at": now + KEPT}
            database[INBOX].insert_one(record, session=session)
            effect = {"_id": key, "district": event["district"], "answer": event["data"]["answer"], "created_at": now}
            database["effects"].insert_one(effect, session=session)
    return len(bodies) / (time.perf_counter() - started)


def _entry() -> dict[str, Any]:
    session_id, person_id = new_id(), new_id()
    return {
        "_id": new_id(),
        "district": DISTRICT,
        "type": RSVP_CHANGED.type,
        "subject": f"rsvp:{session_id}/{person_id}",
        "sequence": clock.next_version(),
        "time": clock.now(),
        "data": {"session_id": session_id, "community_id": new_id(), "person_id": person_id, "answer": "yes"},
        "actor": person_id,
        "correlation_id": new_id(),
    }
