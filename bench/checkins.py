"""A burst of check-ins at one meeting, beside check-ins at many meetings.

Each command is a member's first check-in at that meeting; when all have checked in, the next meeting begins. A median
district has 50 of them a second, the largest 500 (DOMAIN, "Conditions"). Afterwards rows and counts agree.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bench.findings import Finding, Promise, percentile, side_by_side
from bench.ground import Ground
from bench.people import found_district, token_of
from bench.size import Size
from bench.volley import Shot, fire, prepare
from deploy.client import Client
from deploy.demo.roster import make_roster
from deploy.importing import apply, dry_run
from shared.contracts.words import SERVICES

PLATFORM = SERVICES
DISTRICT = "3309"
MEMBERS = 150
CONNECTIONS = 24
MEDIAN_DISTRICT, LARGEST_DISTRICT = 50, 500

Call = dict[str, str]


def run(ground: Ground, size: Size) -> list[Finding]:
    operator, operator_id = found_district(ground, DISTRICT)
    roster = make_roster(DISTRICT, seed=6, schools=10, teachers=MEMBERS)
    for kind, content in zip(("schools", "teachers"), roster.files(), strict=True):
        apply(operator, dry_run(operator, kind, f"{kind}.csv", content)["id"])
    people = [person["id"] for person in operator.every("/v1/people") if person["id"] != operator_id][:MEMBERS]
    community = operator.post("/v1/communities", {"name": "MGMP Daftar Hadir", "kind": "mgmp"})["id"]
    for start in range(0, len(people), 100):
        operator.post(f"/v1/communities/{community}/members", {"person_ids": people[start : start + 100]})
    ground.settle()
    tokens = [token_of(ground, DISTRICT, person_id) for person_id in people]
    # Enough for the largest burst: nobody checks in twice at the same meeting.
    meetings = 1 + int((size.runs + 1) * size.seconds * LARGEST_DISTRICT / MEMBERS)
    calls = [_open(operator, community) for _ in range(2 * meetings)]
    broken: list[str] = []
    latencies: list[float] = []

    def rate(next_shot: Callable[[], Shot], *, of_one: bool) -> float:
        outcome = fire(ground.gateway_port, next_shot, connections=CONNECTIONS, seconds=size.seconds)
        if not outcome.all_well:
            broken.append(f"not all check-ins were accepted: {dict(outcome.statuses)}")
        if of_one:
            latencies.extend(outcome.latencies["POST"])
        return outcome.rate

    at_one, at_many = _at_one(calls[:meetings], tokens), _at_many(calls[meetings:], tokens)
    rate(at_one, of_one=False)
    ours, apart = side_by_side(lambda: rate(at_one, of_one=True), lambda: rate(at_many, of_one=False), size.runs)
    ground.settle()
    broken += _wrong(ground)
    what, details = (
        f"check-ins at one meeting, {CONNECTIONS} connections",
        {"p95_ms": percentile(latencies, 0.95) * 1000},
    )
    against = "at many meetings"
    return [
        Finding(
            "checkins", what, "commands/s", ours, Promise("at least", MEDIAN_DISTRICT), against, apart, broken, details
        ),
        Finding("checkins", "the largest district's burst", "commands/s", ours, Promise("at least", LARGEST_DISTRICT)),
    ]


def _open(operator: Client, community: str) -> Call:
    """A meeting that began a moment ago, with a code of it and when that was shown."""
    starts_at = datetime.now(UTC) - timedelta(minutes=5)
    order = {"community_id": community, "title": "Rapat", "goal": "Murid bertanya.", "duration_minutes": 30}
    session_id = operator.post("/v1/sessions", {**order, "starts_at": starts_at.isoformat()})["id"]
    code = operator.get(f"/v1/sessions/{session_id}/checkin-code")["codes"][60]
    return {"session_id": session_id, "code": code["code"], "scanned_at": code["valid_from"]}


def _at_one(calls: list[Call], tokens: list[str]) -> Callable[[], Shot]:
    pairs = ((call, token) for call in calls for token in tokens)
    return lambda: _shot(*next(pairs))


def _at_many(calls: list[Call], tokens: list[str]) -> Callable[[], Shot]:
    numbers = itertools.count()

    def next_shot() -> Shot:
        number = next(numbers)
        place, turn = number % len(tokens), number // len(tokens)
        return _shot(calls[(place + turn) % len(calls)], tokens[place])

    return next_shot


def _shot(call: Call, token: str) -> Shot:
    path = f"/v1/sessions/{call['session_id']}/checkin"
    body = {"code": call["code"], "scanned_at": call["scanned_at"]}
    return prepare("POST", path, token=token, body=body)


def _wrong(ground: Ground) -> list[str]:
    database = ground.database("scheduling")
    rows = [doc["session_id"] for doc in database["attendance"].find({"district": DISTRICT})]
    counted = sum(doc.get("hadir", 0) for doc in database["attendance_counts"].find({"district": DISTRICT}))
    return [] if counted == len(rows) else [f"{counted} check-ins are counted, {len(rows)} are there"]
