"""``python -m bench [workload ...]``: how fast, beside the raw or stock thing in the same run (DESIGN 9)."""

from __future__ import annotations

import platform
import sys
import time
from datetime import UTC, datetime
from importlib import import_module
from os import cpu_count, getloadavg
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from bench import findings
from bench.findings import Finding
from bench.ground import Ground
from bench.size import Size

WORKLOADS = (
    *("publish", "relay", "consume", "get", "command", "answers", "checkins", "pages"),
    *("imports", "largest", "login", "fanout", "mixed"),
)
_DEFAULT_JSON = Path(".bench.json")


def main(
    workloads: Annotated[
        list[str] | None, typer.Argument(help=f"Any of: {' '.join(WORKLOADS)}. All by default.")
    ] = None,
    runs: Annotated[int, typer.Option(help="How often each comparison is repeated, ours and the rival in turn.")] = 5,
    seconds: Annotated[float, typer.Option(help="How long one run of a comparison lasts.")] = 4.0,
    full: Annotated[bool, typer.Option("--full", help="The long form: longer runs, more documents.")] = False,
    json: Annotated[Path, typer.Option(help="Where the findings go as JSON.")] = _DEFAULT_JSON,
) -> None:
    """Measure, print a table, write JSON. A promise that is not met is told as such; only a broken invariant fails."""
    unknown = set(workloads or ()) - set(WORKLOADS)
    if unknown:
        sys.exit(f"no such workload: {', '.join(sorted(unknown))}; there are {', '.join(WORKLOADS)}")
    size = Size(runs, seconds * 3 if full else seconds, full)
    console = Console(stderr=True)
    found: list[Finding] = []
    started = time.monotonic()
    with Ground() as ground:
        running: tuple[str, ...] = ()
        for name in (name for name in WORKLOADS if not workloads or name in workloads):
            workload = import_module(f"bench.{name}")
            if workload.PLATFORM and not running:
                running = workload.PLATFORM
                ground.start_platform()
            console.print(f"{name}: {(workload.__doc__ or '').splitlines()[0]}")
            found += workload.run(ground, size)
    findings.tell(found)
    findings.write(found, json, _about(time.monotonic() - started))
    console.print(f"written to {json}")
    sys.exit(any(finding.broken for finding in found))


def _about(seconds: float) -> dict[str, Any]:
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds),
        "machine": {"processors": cpu_count(), "load": getloadavg(), "system": platform.platform()},
    }


if __name__ == "__main__":
    typer.run(main)
