"""The whole platform behind nginx, at 300 requests a second of every kind, one in ten a write.

Requests begin at fixed moments whether or not earlier ones were answered, and a latency counts from that moment.
Afterwards the outboxes are empty, nothing is a dead letter, and the copies equal their sources.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from bench.findings import Finding, Promise, percentile
from bench.ground import Ground
from bench.people import found_district, token_of
from bench.size import Size
from bench.volley import Shot, fire, prepare
from deploy.demo.roster import make_roster
from deploy.importing import apply, dry_run
from shared.contracts.words import SERVICES
from shared.ids import new_id
from shared.messaging import deadletters

PLATFORM = SERVICES
DISTRICT = "3307"
RATE = 300.0
SECONDS = 20.0
COMMUNITIES, MEMBERS = 12, 20


def run(ground: Ground, size: Size) -> list[Finding]:
    next_shot = _scene(ground)
    port = urlsplit(ground.address).port or 0
    seconds = SECONDS * (6 if size.full else 1)
    fire(port, next_shot, connections=96, seconds=4, rate=RATE / 2)
    outcome = fire(port, next_shot, connections=96, seconds=seconds, rate=RATE)
    ground.settle()
    every = [latency for kind in outcome.latencies.values() for latency in kind]
    broken = [f"not all were answered well: {dict(outcome.statuses)}"] if not outcome.all_well else []
    if len(every) < 0.99 * RATE * seconds:
        broken.append(f"of {RATE * seconds:,.0f} requests only {len(every):,} could be begun in time")
    for service in SERVICES:
        if ground.database(service)[deadletters.TABLE].find_one({}) is not None:
            broken.append(f"{service} has dead letters")
    details = {
        "rate": round(outcome.rate, 1),
        "p50_ms": round(percentile(every, 0.5) * 1000, 1),
        "p99_ms": round(percentile(every, 0.99) * 1000, 1),
        "p95_ms_by_kind": {
            kind: round(percentile(latencies, 0.95) * 1000, 1) for kind, latencies in sorted(outcome.latencies.items())
        },
    }
    what = f"mixed load, {RATE:.0f} requests/s, 10% writes: p95"
    p95 = percentile(every, 0.95) * 1000
    return [Finding("mixed", what, "ms", [p95], Promise("at most", 300), broken=broken, details=details)]


def _scene(ground: Ground) -> Callable[[], Shot]:
    """A small district in the middle of its work; the shots are drawn from a seeded generator."""
    operator, operator_id = found_district(ground, DISTRICT)
    roster = make_roster(DISTRICT, seed=7, schools=20, teachers=240)
    for kind, content in zip(("schools", "teachers"), roster.files(), strict=True):
        apply(operator, dry_run(operator, kind, f"{kind}.csv", content)["id"])
    people = [person["id"] for person in operator.every("/v1/people") if person["id"] != operator_id]
    tokens = {person_id: token_of(ground, DISTRICT, person_id) for person_id in people}
    groups = [people[start : start + MEMBERS] for start in range(0, COMMUNITIES * MEMBERS, MEMBERS)]
    meetings: dict[str, list[str]] = {}
    communities: dict[str, str] = {}
    for number, group in enumerate(groups):
        community, sessions = _community(operator, f"MGMP {number}", group)
        for person_id in group:
            meetings[person_id], communities[person_id] = sessions, community
    draw = random.Random(7)
    members = list(meetings)
    npsn = [school["npsn"] for school in roster.schools]
    words = sorted(
        {word for row in roster.teachers for word in row["nama"].split() if word.isalpha() and len(word) > 3}
    )

    def read(person_id: str) -> tuple[str, str]:
        session, community = draw.choice(meetings[person_id]), communities[person_id]
        return draw.choice(
            [
                ("home sessions", "/v1/sessions?mine=true"),
                ("session", f"/v1/sessions/{session}"),
                ("answers", f"/v1/sessions/{session}/rsvps"),
                ("community sessions", f"/v1/sessions?community={community}"),
                ("inbox", "/v1/notifications"),
                ("unread", "/v1/notifications/unread-count"),
                ("me", "/v1/me"),
                ("community", f"/v1/communities/{community}"),
                ("members", f"/v1/communities/{community}/members"),
                ("school", f"/v1/schools/{draw.choice(npsn)}"),
                ("people by name", f"/v1/people?q={quote(draw.choice(words))}"),
                ("resources", "/v1/resources"),
                ("cycles", f"/v1/communities/{community}/cycles"),
            ]
        )

    def written(person_id: str) -> tuple[str, str, str, Any]:
        session = draw.choice(meetings[person_id])
        note = {
            "community_id": communities[person_id],
            "title": "Catatan",
            "kind": "other",
            "text": "Mulai dari murid.",
        }
        moment = datetime.now(UTC).isoformat()
        return draw.choices(
            [
                ("answer", "PUT", f"/v1/sessions/{session}/rsvp", {"answer": draw.choice(("yes", "no", "maybe"))}),
                ("mark read", "POST", "/v1/notifications/read", {"until": moment}),
                ("draft", "POST", "/v1/resources", note),
            ],
            (6, 2, 2),
        )[0]

    def next_shot() -> Shot:
        person_id = draw.choice(members)
        token = tokens[person_id]
        if draw.random() < 0.1:
            kind, method, path, body = written(person_id)
            key = {"Idempotency-Key": new_id()}
            return prepare(method, path, kind=f"write: {kind}", token=token, body=body, headers=key)
        kind, path = read(person_id)
        return prepare("GET", path, kind=f"read: {kind}", token=token)

    return next_shot


def _community(operator: Any, name: str, group: list[str]) -> tuple[str, list[str]]:
    """A community of these people, led by the operator too, with a few meetings to come and a cycle."""
    founded = operator.post("/v1/communities", {"name": name, "kind": "mgmp"})["id"]
    operator.post(f"/v1/communities/{founded}/members", {"person_ids": group})
    operator.post(f"/v1/communities/{founded}/cycles", {"title": "Siklus", "goal": "Murid bertanya."})
    starts = datetime.now(UTC) + timedelta(days=3)
    order = {"community_id": founded, "title": "Rapat", "goal": "Murid bertanya."}
    sessions = [
        str(operator.post("/v1/sessions", {**order, "starts_at": (starts + timedelta(days=day)).isoformat()})["id"])
        for day in range(5)
    ]
    return founded, sessions
