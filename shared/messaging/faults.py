"""Fault points: named places where a fault run can make the process die or stumble.

``SANGGAR_FAULTS="relay.numbered=kill:20,inbox.committed=kill:50"`` kills the process (as ``kill -9`` does) at the
twentieth and fiftieth passage. ``raise`` in place of ``kill`` raises :class:`InjectedFault`. Without the variable a
point is one look into an empty dict.
"""

from __future__ import annotations

import os
import signal
from collections import Counter


class InjectedFault(Exception):
    """Raised at a fault point, in fault runs only."""


def _parse(text: str) -> dict[str, tuple[str, int]]:
    plan = {}
    for entry in filter(None, text.split(",")):
        name, _, what = entry.partition("=")
        action, _, passage = what.partition(":")
        plan[name.strip()] = (action, int(passage or 1))
    return plan


_PLAN = _parse(os.environ.get("SANGGAR_FAULTS", ""))
_passages: Counter[str] = Counter()


def point(name: str) -> None:
    """Pass the fault point ``name``."""
    if name not in _PLAN:
        return
    action, passage = _PLAN[name]
    _passages[name] += 1
    if _passages[name] != passage:
        return
    if action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    raise InjectedFault(name)
