"""A burst of answers to one meeting, beside answers to as many meetings as there are members.

Each command is another member's, and changes her answer. Afterwards the tally is right.
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
from deploy.demo.roster import make_roster
from deploy.importing import apply, dry_run
from shared.contracts.words import SERVICES
from shared.ids import new_id

PLATFORM = SERVICES
DISTRICT = "3312"
MEMBERS = 150
CONNECTIONS = 24


def run(ground: Ground, size: Size) -> list[Finding]:
    operator, operator_id = found_district(ground, DISTRICT)
    roster = make_roster(DISTRICT, seed=5, schools=10, teachers=MEMBERS)
    for kind, content in zip(("schools", "teachers"), roster.files(), strict=True):
        apply(operator, dry_run(operator, kind, f"{kind}.csv", content)["id"])
    people = [person["id"] for person in operator.every("/v1/people") if person["id"] != operator_id][:MEMBERS]
    community = operator.post("/v1/communities", {"name": "MGMP Bangku Uji", "kind": "mgmp"})["id"]
    for start in range(0, len(people), 100):
        operator.post(f"/v1/communities/{community}/members", {"person_ids": people[start : start + 100]})
    starts = datetime.now(UTC) + timedelta(days=30)
    order = {"community_id": community, "title": "Rapat", "goal": "Murid bertanya."}
    one, *others = [
        str(operator.post("/v1/sessions", {**order, "starts_at": (starts + timedelta(hours=hour)).isoformat()})["id"])
        for hour in range(MEMBERS + 1)
    ]
    ground.settle()
    tokens = [token_of(ground, DISTRICT, person_id) for person_id in people]
    broken: list[str] = []
    latencies: list[float] = []

    def rate(sessions: list[str]) -> float:
        outcome = fire(ground.gateway_port, _answers(sessions, tokens), connections=CONNECTIONS, seconds=size.seconds)
        if not outcome.all_well:
            broken.append(f"not all answers were accepted: {dict(outcome.statuses)}")
        if sessions == [one]:
            latencies.extend(outcome.latencies["PUT"])
        return outcome.rate

    rate([one])
    samples = side_by_side(lambda: rate([one]), lambda: rate(others), size.runs)
    ground.settle()
    return [
        Finding(
            "answers",
            f"answers to one meeting, {CONNECTIONS} connections",
            "commands/s",
            samples[0],
            Promise("at least", 50),
            "as many meetings as members",
            samples[1],
            [*broken, *wrong_tallies(ground, DISTRICT, [one, *others])],
            {"p95_ms": percentile(latencies, 0.95) * 1000},
        )
    ]


def _answers(sessions: list[str], tokens: list[str]) -> Any:
    numbers = itertools.count()

    def next_shot() -> Shot:
        number = next(numbers)
        # Each round turns every answer, so that each command changes something.
        answer = ("yes", "no")[(number // len(tokens)) % 2]
        path = f"/v1/sessions/{sessions[number % len(sessions)]}/rsvp"
        token = tokens[number % len(tokens)]
        return prepare("PUT", path, token=token, body={"answer": answer}, headers={"Idempotency-Key": new_id()})

    return next_shot
