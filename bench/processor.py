"""How much processor time the platform's processes took: what a busy machine's clock cannot tell."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from deploy.local.process import Process

_TICK = os.sysconf("SC_CLK_TCK")


def seconds(processes: Iterable[Process]) -> float:
    """What they and all that they started have taken so far, in seconds. Linux only; 0 elsewhere."""
    return sum(_of(pid) for process in processes if process.pid is not None for pid in _with_children(process.pid))


def _of(pid: int) -> float:
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICK
    return 0.0


def _with_children(pid: int) -> list[int]:
    found = [pid]
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += _with_children(int(child))
    return found
