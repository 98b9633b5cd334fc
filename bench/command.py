"""A command through gateway, broker and service, beside the bare transaction that does the same reads and writes.

A member answers meetings (``PUT /v1/sessions/{id}/rsvp``), each with a key of its own. Ours is the whole platform at
work: the relay numbers and publishes what was answered, notification hears of it. Afterwards the tallies are right, and
each change of an answer is in the event log once.
"""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.findings import Finding, Promise, percentile, side_by_side
from bench.ground import Ground
from bench.people import found_district, token_of
from bench.size import Size
from bench.tallies import wrong_tallies
from bench.volley import Shot, fire, prepare
from shared.contracts.words import SERVICES
from shared.ids import new_id

PLATFORM = SERVICES
DISTRICT = "3302"
SESSIONS = 200
CONNECTIONS = 24
THREADS = 8


def run(ground: Ground, size: Size) -> list[Finding]:
    operator, person_id = found_district(ground, DISTRICT)
    token = token_of(ground, DISTRICT, person_id)
    sessions = _meetings(operator)
    next_shot = _answers(sessions, token)
    latencies: list[float] = []
    broken: list[str] = []

    def ours() -> float:
        outcome = fire(ground.gateway_port, next_shot, connections=CONNECTIONS, seconds=size.seconds)
        latencies.extend(outcome.latencies["PUT"])
        if not outcome.all_well:
            broken.append(f"not all commands were accepted: {dict(outcome.statuses)}")
        return outcome.rate

    def rival() -> float:
        [rate] = ground.output(
            *("-m", "bench.rivals.transactions", str(size.seconds), str(THREADS)), environment={"BENCH_TOKEN": token}
        )
        return float(rate)

    ours()
    samples = side_by_side(ours, rival, size.runs)
    ground.settle()
    return [
        Finding(
            "command",
            f"command, {CONNECTIONS} connections",
            "commands/s",
            samples[0],
            Promise("ratio at least", 0.7),
            "bare transaction",
            samples[1],
            [*broken, *_wrong(ground, sessions)],
            {"p95_ms": percentile(latencies, 0.95) * 1000, "threads_of_rival": THREADS},
        )
    ]


def _meetings(operator: Any) -> list[str]:
    community = operator.post("/v1/communities", {"name": "MGMP Bangku Uji", "kind": "mgmp"})
    starts = datetime.now(UTC) + timedelta(days=30)
    order = {"community_id": community["id"], "title": "Rapat", "goal": "Murid bertanya."}
    return [
        str(operator.post("/v1/sessions", {**order, "starts_at": (starts + timedelta(hours=hour)).isoformat()})["id"])
        for hour in range(SESSIONS)
    ]


def _answers(sessions: list[str], token: str) -> Any:
    numbers = itertools.count()

    def next_shot() -> Shot:
        number = next(numbers)
        # Each round turns every answer, so that each command changes something.
        answer = ("yes", "no")[(number // len(sessions)) % 2]
        path = f"/v1/sessions/{sessions[number % len(sessions)]}/rsvp"
        return prepare("PUT", path, token=token, body={"answer": answer}, headers={"Idempotency-Key": new_id()})

    return next_shot


def _wrong(ground: Ground, sessions: list[str]) -> list[str]:
    found = wrong_tallies(ground, DISTRICT, sessions)
    database = ground.database("scheduling")
    changes = database["events"].find({"lane": 0, "type": "scheduling.rsvp_changed.v1"}, {"subject": 1, "sequence": 1})
    told = [(event["subject"], event["sequence"]) for event in changes]
    if len(told) != len(set(told)):
        found.append("an answer is in the event log twice")
    return found
