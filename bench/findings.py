"""What a workload found, and how it is told: samples of ours and of the rival, the promise, whether it was kept."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from rich.console import Console
from rich.table import Table

Kind = Literal["ratio at least", "ratio at most", "at least", "at most"]


@dataclass(frozen=True)
class Promise:
    """What DESIGN 9 asks: of the ratio ours / rival, or of ours alone."""

    kind: Kind
    value: float

    def __str__(self) -> str:
        sign = ">=" if self.kind.endswith("least") else "<="
        return f"{sign} {self.value:g}" + ("x" if self.kind.startswith("ratio") else "")


@dataclass(frozen=True)
class Finding:
    """One line of the report.

    ``ours`` and ``rival`` are samples of interleaved runs, in ``unit``. ``broken`` says which invariants did not hold
    afterwards; nothing that broke one counts as met. ``details`` are further figures for the JSON.
    """

    workload: str
    what: str
    unit: str
    ours: Sequence[float]
    promise: Promise | None = None
    against: str = ""
    rival: Sequence[float] = ()
    broken: Sequence[str] = ()
    details: dict[str, Any] = field(default_factory=dict)

    def with_broken(self, broken: Sequence[str]) -> Finding:
        """The same, with what did not hold afterwards."""
        return replace(self, broken=[*self.broken, *broken])

    @property
    def ratio(self) -> float | None:
        """The median of the ratios of runs that stood side by side, so that a machine that gets busy spoils neither."""
        if not self.rival:
            return None
        return statistics.median(mine / theirs for mine, theirs in zip(self.ours, self.rival, strict=True))

    @property
    def met(self) -> bool | None:
        """Whether the promise was kept; ``None`` where there is none."""
        if self.broken:
            return False
        if self.promise is None:
            return None
        value = self.ratio if self.promise.kind.startswith("ratio") else statistics.median(self.ours)
        if value is None:
            return None
        return value >= self.promise.value if self.promise.kind.endswith("least") else value <= self.promise.value

    def as_dict(self) -> dict[str, Any]:
        return {
            "workload": self.workload,
            "what": self.what,
            "unit": self.unit,
            "ours": _summary(self.ours),
            "against": self.against or None,
            "rival": _summary(self.rival) if self.rival else None,
            "ratio": self.ratio,
            "promise": str(self.promise) if self.promise else None,
            "met": self.met,
            "broken_invariants": list(self.broken),
            "details": self.details,
        }


def side_by_side(ours: Callable[[], float], rival: Callable[[], float], runs: int) -> tuple[list[float], list[float]]:
    """Samples of both, in turn; who begins changes from run to run."""
    samples: tuple[list[float], list[float]] = ([], [])
    for run in range(runs):
        for which in (0, 1) if run % 2 == 0 else (1, 0):
            samples[which].append((ours, rival)[which]())
    return samples


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` of the values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def tell(findings: Sequence[Finding], console: Console | None = None) -> None:
    """Print the table."""
    table = Table(title="Sanggar, measured", title_justify="left")
    for heading in ("workload", "what", "ours", "rival", "ratio", "promised", "met"):
        table.add_column(heading, justify="left" if heading in ("workload", "what") else "right")
    for finding in findings:
        table.add_row(
            finding.workload,
            finding.what,
            _shown(finding.ours, finding.unit),
            f"{_shown(finding.rival, finding.unit)}\n{finding.against}" if finding.rival else "",
            f"{finding.ratio:.2f}x" if finding.ratio is not None else "",
            str(finding.promise or ""),
            {True: "yes", False: "NO", None: ""}[finding.met],
        )
    console = console or Console(width=150)
    console.print(table)
    for finding in findings:
        for broken in finding.broken:
            console.print(f"[red]{finding.workload}: {broken}")


def write(findings: Sequence[Finding], file: Path, about: dict[str, Any]) -> None:
    """Write all findings as JSON."""
    content = {**about, "findings": [finding.as_dict() for finding in findings]}
    file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _summary(samples: Sequence[float]) -> dict[str, Any]:
    return {
        "median": statistics.median(samples),
        "low": min(samples),
        "high": max(samples),
        "samples": [round(sample, 4) for sample in samples],
    }


def _shown(samples: Sequence[float], unit: str) -> str:
    middle = _number(statistics.median(samples))
    if len(samples) == 1:
        return f"{middle} {unit}"
    return f"{middle} {unit}\n({_number(min(samples))} to {_number(max(samples))})"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
