"""One meeting told to 10,000 people: from the moment that it is set until the last of them has it in the inbox.

The members stand in notification's own copy, as events would have put them there. Afterwards each has it once.
"""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime, timedelta

from bench import processor
from bench.findings import Finding, Promise
from bench.ground import Ground
from bench.people import found_district
from bench.size import Size
from shared import clock
from shared.contracts.words import SERVICES
from shared.ids import new_id

PLATFORM = SERVICES
DISTRICT = "3306"
PEOPLE = 10_000


def run(ground: Ground, size: Size) -> list[Finding]:
    operator, _ = found_district(ground, DISTRICT)
    community = operator.post("/v1/communities", {"name": "MGMP Terbesar", "kind": "mgmp"})["id"]
    people = _members(ground, community)
    database = ground.database("notification")
    samples, broken = [], []
    taken = processor.seconds(ground.processes)
    runs = size.runs if size.full else min(size.runs, 3)
    for number in range(runs):
        starts = datetime.now(UTC) + timedelta(days=2, hours=number)
        order = {
            "community_id": community,
            "title": "Temu akbar",
            "goal": "Murid bertanya.",
            "starts_at": starts.isoformat(),
        }
        started = time.perf_counter()
        session = operator.post("/v1/sessions", order)["id"]
        announcement = {"_id": f"{DISTRICT}/session_scheduled/{session}"}
        while database["announcements"].find_one(announcement) is None or database["fanouts"].find_one({}) is not None:
            time.sleep(0.05)
        samples.append(time.perf_counter() - started)
        told = Counter(
            doc["person_id"]
            for doc in database["notifications"].find({"district": DISTRICT}, {"person_id": 1, "announcement_id": 1})
            if doc["announcement_id"] == f"session_scheduled/{session}"
        )
        missing, doubled = people - told.keys(), [person for person, count in told.items() if count > 1]
        if missing or doubled:
            broken.append(f"of {PEOPLE:,} people {len(missing)} were not told and {len(doubled)} were told twice")
    details = {"processor_seconds": round((processor.seconds(ground.processes) - taken) / runs, 1)}
    return [
        Finding(
            "fanout", f"{PEOPLE:,} people told", "s", samples, Promise("at most", 10), broken=broken, details=details
        )
    ]


def _members(ground: Ground, community: str) -> set[str]:
    people = {new_id() for _ in range(PEOPLE)}
    now = clock.now()
    docs = [
        {
            "_id": f"{DISTRICT}/{community}/{person_id}",
            "district": DISTRICT,
            "community_id": community,
            "person_id": person_id,
            "role": "member",
            "active": True,
            "joined_at": now,
            "left_at": None,
            "version": clock.next_version(),
        }
        for person_id in people
    ]
    for start in range(0, PEOPLE, 1000):
        ground.database("notification")["members"].insert_many(docs[start : start + 1000])
    return people
