"""Every event that may be emitted, by its type. Nobody emits or receives a type that does not stand here."""

from shared.contracts.base import Event
from shared.contracts.events import content, learning, membership, notification, scheduling

EVENTS: dict[str, Event] = {
    declared.type: declared
    for module in (membership, scheduling, content, learning, notification)
    for declared in vars(module).values()
    if isinstance(declared, Event)
}


def emitted_by(service: str) -> list[Event]:
    """The events that ``service`` owns."""
    return [event for event in EVENTS.values() if event.service == service]


def received_by(service: str) -> list[Event]:
    """The events that ``service`` subscribes to."""
    return [event for event in EVENTS.values() if service in event.subscribers]
