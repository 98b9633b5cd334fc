"""The relay of a real service, alone on the machine but for broker and database: an outbox is emptied.

Each event is numbered in a transaction that moves it from the outbox to the log, published with a confirm, and marked
as published. One outbox entry holds one event, as most commands make them. Afterwards the log is without gaps.
"""

from __future__ import annotations

import time

from bench.findings import Finding, Promise
from bench.ground import Ground
from bench.size import Size
from shared import clock
from shared.contracts.events.learning import CYCLE_OPENED
from shared.ids import new_id
from shared.messaging.lanes import PROMPT
from shared.messaging.lease import TABLE as LEASES
from shared.messaging.relay import LEASE, LOG, LOG_LANE
from shared.messaging.unit_of_work import OUTBOX
from shared.mongo import Doc

DISTRICT = "3310"
EVENTS = 4000
PLATFORM: tuple[str, ...] = ()


def run(ground: Ground, size: Size) -> list[Finding]:
    database = ground.database("learning")

    def once() -> float:
        """Events a second, from the first batch on, so that the service's start does not count."""
        before = _reached(ground)
        for start in range(0, EVENTS, 500):
            database[OUTBOX].insert_many([_entry() for _ in range(start, start + 500)])
        with ground.alone("learning"):
            while (begun := _reached(ground)) == before:
                time.sleep(0.002)
            started = time.perf_counter()
            while _reached(ground) < before + EVENTS:
                time.sleep(0.01)
            return (before + EVENTS - begun) / (time.perf_counter() - started)

    samples = [once() for _ in range(size.runs)]
    ground.purge_inboxes()
    numbers = sorted(entry["seq"] for entry in database[LOG].find({"lane": LOG_LANE}, {"seq": 1}))
    broken = []
    if numbers != list(range(1, size.runs * EVENTS + 1)):
        broken.append("the numbers of the log have gaps or doubles")
    if database[OUTBOX].find_one({}) is not None:
        broken.append("the outbox is not empty")
    promise = Promise("at least", 800)
    return [Finding("relay", "number, publish and mark", "events/s", samples, promise, broken=broken)]


def _reached(ground: Ground) -> int:
    """Up to which number the log is published."""
    state = ground.database("learning")[LEASES].find_one({"_id": LEASE}) or {}
    return int(state.get("published_through", 0))


def _entry() -> Doc:
    cycle_id = new_id()
    event = {
        "_id": new_id(),
        "district": DISTRICT,
        "type": CYCLE_OPENED.type,
        "subject": f"cycle:{cycle_id}",
        "sequence": clock.next_version(),
        "time": clock.now(),
        "data": {
            "cycle_id": cycle_id,
            "community_id": new_id(),
            "title": "Dari data ke kesimpulan",
            "goal": "Murid menyimpulkan dari data yang mereka kumpulkan sendiri.",
            "stage": "reflection",
        },
        "actor": new_id(),
        "correlation_id": new_id(),
        "causation_id": None,
        "traceparent": None,
    }
    return {"_id": new_id(), "lane": PROMPT, "events": [event]}
