"""A whole district through the API, 834 schools and 9,181 teachers, and the time until every service knows them.

Afterwards each copy equals its source, and a second import of the same lists changes nothing.
"""

from __future__ import annotations

import time
from typing import Any

from bench import processor
from bench.findings import Finding, Promise
from bench.ground import Ground
from bench.people import found_district
from bench.size import Size
from deploy.checks.copies import check_copies
from deploy.checks.rest import at_rest
from deploy.demo.roster import make_roster
from deploy.importing import apply, dry_run
from deploy.services import all_parts
from shared.contracts.words import SERVICES

PLATFORM = SERVICES
DISTRICT = "3305"
SCHOOLS, TEACHERS = 834, 9181
_GIVE_UP = 600.0


def run(ground: Ground, size: Size) -> list[Finding]:
    operator, _ = found_district(ground, DISTRICT)
    lists = make_roster(DISTRICT, seed=5, schools=SCHOOLS, teachers=TEACHERS).files()
    taken, started = processor.seconds(ground.processes), time.perf_counter()
    states = _imported(operator, lists)
    imported = time.perf_counter() - started
    caught_up = _until_equal(ground)
    details = {
        "processor_seconds": round(processor.seconds(ground.processes) - taken, 1),
        "counts": [state["counts"] for state in states],
    }
    again = [state["counts"] for state in _imported(operator, lists)]
    broken = (
        [] if not any(each["created"] or each["changed"] for each in again) else ["a second import changes something"]
    )
    what = f"import of {SCHOOLS} schools, {TEACHERS:,} teachers"
    return [
        Finding("imports", what, "s", [imported], Promise("at most", 60), broken=broken, details=details),
        Finding("imports", "then: all copies equal after", "s", [caught_up], Promise("at most", 120)),
    ]


def _imported(operator: Any, lists: tuple[bytes, bytes]) -> list[Any]:
    return [
        apply(operator, dry_run(operator, kind, f"{kind}.csv", content)["id"])
        for kind, content in zip(("schools", "teachers"), lists, strict=True)
    ]


def _until_equal(ground: Ground) -> float:
    started = time.perf_counter()
    services = all_parts()
    while not at_rest(ground.client, ground.settings):
        _pause(started)
    while True:
        findings = [
            finding
            for parts in services
            for finding in check_copies(ground.client, ground.settings, services, parts, DISTRICT)
        ]
        if all(finding.grade == "good" for finding in findings):
            return time.perf_counter() - started
        _pause(started)


def _pause(started: float) -> None:
    if time.perf_counter() - started > _GIVE_UP:
        raise TimeoutError(f"the copies are not equal {_GIVE_UP:.0f} s later")
    time.sleep(0.5)
