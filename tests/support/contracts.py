"""Every operation that the contracts declare and the gateway serves."""

from __future__ import annotations

from gateway.catalogue import LIST_EVENT_TYPES
from shared.contracts import content, learning, membership, notification, scheduling
from shared.contracts.base import Operation
from shared.contracts.home import GET_HOME, GET_RECORD
from shared.contracts.kernel import export_audit, list_audit, list_events

_CONTRACTS = (membership, scheduling, content, learning, notification)

# Called by the gateway on behalf of another operation's route.
SERVED_BY_OTHERS = frozenset(
    {
        "membership.stage_import",
        "membership.check_import_file",
        "membership.show_waiting",
        "scheduling.show_coming",
        "content.show_waiting",
        "content.show_published",
        "content.show_photos",
        "scheduling.show_attended",
        "membership.print_linked_import_cards",
        "membership.print_linked_school_cards",
        "membership.link_path",
        "membership.open_link",
        "content.read_linked_file",
        "scheduling.print_linked_document",
        "scheduling.print_linked_letter",
    }
)


def declared() -> dict[str, Operation]:
    """By name; the kernel's own logs stand for those of each service."""
    found = [each for module in _CONTRACTS for each in vars(module).values() if isinstance(each, Operation)]
    own = [list_events("notification"), list_audit("membership"), export_audit("membership")]
    return {each.name: each for each in [*found, LIST_EVENT_TYPES, GET_HOME, GET_RECORD, *own]}


def served() -> list[str]:
    """The names of those that have a route."""
    return sorted(declared().keys() - SERVED_BY_OTHERS)
