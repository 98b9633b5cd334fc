"""`sanggar doctor`: look at everything that can be wrong, and say how to mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Annotated

import typer
from amqp.exceptions import AMQPError
from kombu.exceptions import OperationalError
from pymongo import MongoClient
from pymongo.errors import PyMongoError
from rich.text import Text

from deploy.checks.backlog import check_backlog
from deploy.checks.broker import check_broker, check_queues, queue_states
from deploy.checks.copies import check_copies
from deploy.checks.database import check_database, check_indexes
from deploy.checks.finding import Finding, broken
from deploy.checks.keys import check_keys
from deploy.checks.machine import check_disk
from deploy.checks.processes import check_gateway, check_services
from deploy.cli.context import Context
from deploy.platform import Platform
from deploy.services import all_parts
from shared.contracts.words import SERVICES
from shared.mongo import Doc, connect

_AWAY_ERRORS = (PyMongoError, AMQPError, OperationalError, OSError)
_START = {
    "broker": "start RabbitMQ (`make run` starts its own), or set AMQP_URI right: amqp://USER:PASSWORD@HOST:PORT/VHOST",
    "database": "start it (`make run` starts its own), or set MONGO_URI right: mongodb://HOST:PORT/?replicaSet=NAME",
    "": "run `sanggar doctor` again",
}
_MARKS = {"good": ("✓", "green"), "warning": ("!", "yellow"), "broken": ("✗", "red")}


def doctor(
    ctx: typer.Context,
    district: Annotated[str, typer.Option(help="Compare only this district's copies.")] = "",
    quick: Annotated[
        bool, typer.Option("--quick", help="Do not compare the services' copies with their sources.")
    ] = False,
    every: Annotated[bool, typer.Option("--verbose", "-v", help="Show what is well, too.")] = False,
) -> None:
    """Examine the platform: broker, database, keys, services, what waits, what died, and whether all copies agree.

    Each finding says how to mend it. The exit code is 1 when something is broken; warnings alone leave it 0.
    """
    context: Context = ctx.obj
    screen = context.screen
    findings: list[Finding] = []
    checks = checks_of(context.platform, district, copies=not quick)
    with screen.progress("Examining", len(checks)) as step:
        for number, found in enumerate(examine(checks), 1):
            findings += found
            step(number)
    counts = {grade: sum(1 for finding in findings if finding.grade == grade) for grade in _MARKS}
    healthy = counts["broken"] == 0
    screen.data({"healthy": healthy, "findings": [finding.as_dict() for finding in findings]})
    for finding in findings:
        if every or finding.grade != "good":
            mark, color = _MARKS[finding.grade]
            screen.show(Text.assemble((f"{mark} ", color), (f"{finding.check}: ", "bold"), finding.what))
            if finding.mend:
                screen.show(Text.assemble(("  → ", "dim"), finding.mend))
    screen.show(
        Text(
            f"{counts['good']} good, {counts['warning']} warning(s), {counts['broken']} broken",
            style="green" if healthy else "red",
        )
    )
    raise typer.Exit(0 if healthy else 1)


@dataclass(frozen=True)
class Check:
    """One look at the platform; ``needs`` names what it cannot do without."""

    look: Callable[[], Iterable[Finding]]
    needs: str = ""


def checks_of(platform: Platform, district: str, *, copies: bool) -> list[Check]:
    """Every check, in the order in which one would mend what they find."""
    settings = platform.settings
    client: MongoClient[Doc] = connect(settings.mongo_uri, "sanggar-doctor")
    services = all_parts()
    checks = [
        Check(lambda: check_disk(platform.run_dir)),
        Check(lambda: check_keys(settings)),
        Check(lambda: check_broker(settings), "broker"),
        Check(lambda: check_queues(settings), "broker"),
        Check(lambda: check_database(client, settings), "database"),
        Check(lambda: check_indexes(client, settings, services), "database"),
        Check(lambda: check_services(platform, queue_states(settings)), "broker"),
        Check(lambda: check_gateway(platform.address)),
        *(Check(partial(check_backlog, client, settings, service), "database") for service in SERVICES),
    ]
    if copies:
        checks += [
            Check(partial(check_copies, client, settings, services, parts, district), "database") for parts in services
        ]
    return checks


def examine(checks: Iterable[Check]) -> Iterator[list[Finding]]:
    """What each check finds. What is away is told once; the checks that need it find nothing."""
    away: set[str] = set()
    for check in checks:
        found: list[Finding] = []
        if check.needs not in away:
            try:
                found = list(check.look())
            except _AWAY_ERRORS as error:
                away.add(check.needs)
                found = [broken(check.needs, f"the {check.needs} is away: {_gist(error)}", _START[check.needs])]
        yield found


def _gist(error: Exception) -> str:
    """What an error says, without the inner state that drivers add to it."""
    lines = str(error).splitlines() or [type(error).__name__]
    return lines[0].partition(" (configured timeouts")[0][:200]
