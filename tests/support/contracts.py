"""Every operation that the contracts declare and the gateway serves."""

from __future__ import annotations

from gateway.catalogue import LIST_EVENT_TYPES
from shared.contracts import content, learning, membership, notification, scheduling
from shared.contracts.base import Operation
from shared.contracts.kernel import list_events

_CONTRACTS = (membership, scheduling, content, learning, notification)

# Called by the gateway on behalf of another operation's route.
SERVED_BY_OTHERS = frozenset({"membership.stage_import", "content.read_linked_file"})


def declared() -> dict[str, Operation]:
    """By name; the kernel's own event log stands for that of each service."""
    found = [each for module in _CONTRACTS for each in vars(module).values() if isinstance(each, Operation)]
    return {each.name: each for each in [*found, LIST_EVENT_TYPES, list_events("notification")]}


def served() -> list[str]:
    """The names of those that have a route."""
    return sorted(declared().keys() - SERVED_BY_OTHERS)
