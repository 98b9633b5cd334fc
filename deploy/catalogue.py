"""Writes docs/event-catalogue.md from the contracts: ``python -m deploy.catalogue`` (``make catalogue``)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gateway.catalogue import event_types
from shared.contracts.events import EVENTS

PATH = Path(__file__).parents[1] / "docs" / "event-catalogue.md"

_HEAD = """# Event catalogue

Made from `shared/contracts/events` by `make catalogue`; a test keeps it current. The same, with JSON Schemas, is
served at `GET /v1/event-types`.

An event is a [CloudEvent](https://cloudevents.io) 1.0 in JSON, on webhooks, in `GET /v1/events` and on AMQP alike
(exchange `<service>.events`, routing key `<district>.<event>.v1`). Beside the standard's attributes it carries
`district`, `sequence` (grows with each change of its subject; an older one that comes late is to be ignored),
`correlationid`, `causationid`, `traceparent`, `actor` (a person's id) and, when it was sent again to fill a copy,
`replay: true`. `data` is the full state of the event's subject. A `v1` only gains optional fields. Personal fields are
given to readers with the scope `people:read` only.
"""


def text() -> str:
    """The page."""
    parts = [_HEAD]
    service = ""
    for described in event_types():
        if described["service"] != service:
            service = described["service"]
            parts.append(f"\n## {service}\n")
        parts.append(_section(described))
    return "\n".join(parts)


def _section(described: dict[str, Any]) -> str:
    event = EVENTS[described["type"]]
    subject = f"{event.subject}:" + "/".join(f"<{name}>" for name in event.key)
    received = ", ".join(event.subscribers) or "no service (event log and webhooks only)"
    lines = [f"### `{event.type}`", "", described["description"], ""]
    lines += [f"* Subject: `{subject}`", f"* Received by: {received}"]
    if event.by_reference:
        lines.append("* Kept in the log by reference: its data are those of the present record when it is read.")
    lines += ["", "| field | type | |", "|---|---|---|"]
    schema = described["schema"]
    for name, field in schema.get("properties", {}).items():
        marks = [
            mark
            for mark, holds in (
                ("personal", name in event.personal),
                ("optional", name not in schema.get("required", ())),
            )
            if holds
        ]
        lines.append(f"| `{name}` | {_type(field)} | {', '.join(marks)} |")
    return "\n".join([*lines, ""])


def _type(field: dict[str, Any]) -> str:
    kinds = field.get("type", "object")
    words = [kinds] if isinstance(kinds, str) else list(kinds)
    if "array" in words:
        words = [f"list of {_type(field.get('items', {}))}" if word == "array" else word for word in words]
    text = " or ".join(field.get("format", word) if word == "string" else word for word in words)
    choices = [str(choice) for choice in field.get("enum", ()) if choice is not None]
    return text + (": " + " / ".join(f"`{choice}`" for choice in choices) if choices else "")


if __name__ == "__main__":
    PATH.write_text(text(), "utf-8")
