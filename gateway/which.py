"""Which service a route asks that every service answers: its event log, its audit log."""

from __future__ import annotations

from typing import Any

from shared.contracts.words import SERVICES
from shared.errors import Invalid


def parameter(said: str, *, usual: str | None = None) -> dict[str, Any]:
    """The query parameter ``service`` as the OpenAPI document shows it; ``usual`` is meant where it is absent."""
    schema: dict[str, Any] = {"type": "string", "enum": list(SERVICES)}
    if usual is not None:
        schema["default"] = usual
    return {"name": "service", "in": "query", "required": usual is None, "schema": schema, "description": said}


def service_of(given: dict[str, Any], *, usual: str | None = None) -> str:
    """Takes ``service`` out of a query string. Raises :class:`Invalid`."""
    service = given.pop("service", usual)
    if service is None:
        raise Invalid.field("service", "fields.required")
    if service not in SERVICES:
        raise Invalid.field("service", "fields.not_one_of", choices=", ".join(SERVICES))
    return str(service)
