"""Fault points: named places where a fault run can make the process die or stumble.

``SANGGAR_FAULTS="relay.numbered=kill:20,inbox.committed=kill:50"`` kills the process (as ``kill -9`` does) at the
twentieth and fiftieth passage; ``unit_of_work.committed@imports=kill:7`` counts those of one job, or operation, alone.
``raise`` in place of ``kill`` raises :class:`InjectedFault`. ``inbox.reacting:WORD=kill`` does it each time that what
is handled there holds the word: a poison message. Without the variable a point is one look into an empty dict.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from typing import Any


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


def point(name: str, of: str = "") -> None:
    """Pass the fault point ``name``, in the course ``of`` an operation or job."""
    if not _PLAN:
        return
    for planned in (name, f"{name}@{of}"):
        if planned in _PLAN:
            action, passage = _PLAN[planned]
            _passages[planned] += 1
            if _passages[planned] == passage:
                _strike(planned, action)


def poison(name: str, handled: Any) -> None:
    """Pass the fault point ``name`` with what is handled there."""
    for planned, (action, _) in _PLAN.items():
        place, colon, word = planned.partition(":")
        if colon and place == name and word in str(handled):
            _strike(name, action)


def _strike(name: str, action: str) -> None:
    if action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    raise InjectedFault(name)
