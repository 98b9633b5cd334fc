"""The catalogue of events, for whoever subscribes to them: each type with its JSON Schema."""

from __future__ import annotations

import warnings
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import fields

from gateway import openapi
from shared.contracts.base import Contract, Event, Query
from shared.contracts.events import EVENTS


class EventTypeView(Contract):
    """One type of event. ``schema`` is the JSON Schema of ``data``; ``personal`` names the fields that only readers
    with the scope ``people:read`` are given."""

    type = fields.String(required=True)
    service = fields.String(required=True)
    subject = fields.String(required=True)
    description = fields.String(required=True)
    personal = fields.List(fields.String(), required=True)
    schema = fields.Dict(required=True)


class EventTypePage(Contract):
    """Every type of event, on one page."""

    items = fields.List(fields.Nested(EventTypeView), required=True)
    next = fields.String(allow_none=True, required=True)


LIST_EVENT_TYPES = Query("gateway.list_event_types", gives=EventTypePage, public=True)


def event_types() -> list[dict[str, Any]]:
    """Every declared event, in the order of their types."""
    return [_described(EVENTS[type_]) for type_ in sorted(EVENTS)]


def _described(event: Event) -> dict[str, Any]:
    return {
        "type": event.type,
        "service": event.service,
        "subject": event.subject,
        "description": " ".join(openapi.said_of(event.schema).split()),
        "personal": list(event.personal),
        "schema": _json_schema(event),
    }


def _json_schema(event: Event) -> dict[str, Any]:
    """A JSON Schema that stands by itself; events gain optional fields in time, so it is not closed."""
    plugin = MarshmallowPlugin()
    spec = APISpec("", "", "3.1.0", plugins=[plugin])
    openapi.teach(plugin)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        spec.components.schema("data", schema=event.schema)
    schemas = spec.to_dict()["components"]["schemas"]
    for schema in schemas.values():
        schema.pop("additionalProperties", None)
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schemas.pop("data")}
    if schemas:
        schema["$defs"] = schemas
    return _with_local_references(schema)


def _with_local_references(part: Any) -> Any:
    if isinstance(part, dict):
        return {
            name: inner.replace("#/components/schemas/", "#/$defs/")
            if name == "$ref" and isinstance(inner, str)
            else _with_local_references(inner)
            for name, inner in part.items()
        }
    return [_with_local_references(inner) for inner in part] if isinstance(part, list) else part
