"""The first page of a list, of 1,000 documents and of 40,000: what a page costs must not grow with the list.

Schools of a district and of one level; sessions of a district, all of them one community's, that community's, and those
of a member of it; and the inbox of one person. Twenty a page.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from bench.findings import Finding, Promise
from bench.ground import Ground
from bench.people import found_district, token_of
from bench.size import Size
from bench.volley import fire, prepare
from deploy.services import parts_of
from shared import clock
from shared.contracts.words import SERVICES
from shared.ids import new_id
from shared.messaging.scripts import open_service
from shared.mongo import Doc, Store

PLATFORM = SERVICES
SMALL, LARGE = 1_000, 40_000
_AT_ONCE = 1_000


def run(ground: Ground, size: Size) -> list[Finding]:
    small, large = _district(ground, "3303", SMALL), _district(ground, "3304", LARGE)
    findings = []
    for what in small:
        samples: tuple[list[float], list[float]] = ([], [])
        broken: list[str] = []
        for _ in range(size.runs):
            for measured, (path, token) in zip(samples, (large[what], small[what]), strict=True):
                measured.append(_milliseconds(ground, path, token, broken))
        promise = Promise("ratio at most", 3.0)
        name = f"a page of {what}: {LARGE:,} beside {SMALL:,}"
        findings.append(Finding("pages", name, "ms", samples[0], promise, f"{SMALL:,} documents", samples[1], broken))
    return findings


def _milliseconds(ground: Ground, path: str, token: str, broken: list[str]) -> float:
    """The median time of one page, asked for by one caller after another for two seconds."""
    outcome = fire(ground.gateway_port, lambda: prepare("GET", path, token=token), connections=1, seconds=2)
    if not outcome.all_well or b'"items":[{' not in outcome.last["GET"]:
        broken.append(f"{path} was not answered with a page: {dict(outcome.statuses)}")
    return statistics.median(outcome.latencies["GET"]) * 1000


def _district(ground: Ground, district: str, count: int) -> dict[str, tuple[str, str]]:
    """A district with lists of so many documents: by what they hold, their path and a token to read them with."""
    operator, person_id = found_district(ground, district)
    token = token_of(ground, district, person_id)
    community = operator.post("/v1/communities", {"name": "MGMP Besar", "kind": "mgmp"})["id"]
    operator.get("/v1/sessions", community=community)
    _fill(_store(ground, "membership", district).schools, _schools(count))
    _fill(_store(ground, "scheduling", district).sessions, _sessions(count, community))
    _announce(_store(ground, "notification", district), count, community, person_id)
    first = clock.now() - timedelta(days=200)
    span = f"from={_text(first)}&to={_text(first + timedelta(days=390))}"
    return {
        "schools": ("/v1/schools", token),
        "schools of a level": ("/v1/schools?level=SD", token),
        "sessions": (f"/v1/sessions?{span}", token),
        "sessions of a community": (f"/v1/sessions?community={community}&{span}", token),
        "sessions of a person": (f"/v1/sessions?mine=true&{span}", token),
        "an inbox": ("/v1/notifications", token),
    }


def _store(ground: Ground, service: str, district: str) -> Any:
    store: Store = open_service(ground.settings, service, parts_of(service).store_cls).store(district)
    return store


def _fill(table: Any, docs: Iterator[Doc]) -> None:
    batch: list[Doc] = []
    for doc in docs:
        batch.append(doc)
        if len(batch) == _AT_ONCE:
            table.insert_many(batch)
            batch = []
    table.insert_many(batch)


def _schools(count: int) -> Iterator[Doc]:
    from services.membership.domain import schools

    for number in range(count):
        yield schools.indexed(
            {
                "id": f"{70_000_000 + number}",
                "npsn": f"{70_000_000 + number}",
                "name": f"SD NEGERI {number} BANYUASRI",
                "level": "SD",
                "status": "Negeri",
                "subdistrict": "Kertek",
                "subdistrict_code": None,
                "active": True,
            }
        )


def _sessions(count: int, community: str) -> Iterator[Doc]:
    first = clock.now() - timedelta(days=199)
    step = timedelta(days=380) / count
    for number in range(count):
        starts_at = first + step * number
        yield {
            "community_id": community,
            "title": f"Pertemuan {number}",
            "goal": "Murid bertanya.",
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(hours=2),
            "timezone": "Asia/Jakarta",
            "place": None,
            "join_url": None,
            "capacity": None,
            "mode": "on_site",
            "cycle_id": None,
            "phase": None,
            "series_id": None,
            "occurs_on": None,
            "status": "scheduled",
            "cancel_reason": None,
        }


def _announce(store: Any, count: int, community: str, person_id: str) -> None:
    """So many notifications of one person, about a hundred announcements."""
    now = clock.now()
    announcements = store.announcements.insert_many(
        [
            {
                "topic": "cycle_opened",
                "community_id": community,
                "subject_kind": "cycle",
                "subject_id": new_id(),
                "audience": "members",
                "person_id": None,
                "occasion": None,
                "params": {"title": "Siklus", "stage": "reflection"},
                "at": now,
            }
            for _ in range(100)
        ]
    )
    _fill(
        store.notifications,
        (
            {"person_id": person_id, "announcement_id": announcements[number % 100]["id"], "at": now}
            for number in range(count)
        ),
    )


def _text(moment: Any) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
