"""Operations that the kernel gives every service."""

from functools import cache

from marshmallow import fields, validate

from shared.contracts.base import Contract, Query
from shared.contracts.events import EVENTS


class EventLogRequest(Contract):
    """``after`` is a cursor of an earlier page, or ``now`` for one that starts here; ``types`` are full event types."""

    after = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=100))
    limit = fields.Integer(load_default=20, validate=validate.Range(1, 100))
    types = fields.List(fields.String(validate=validate.OneOf(sorted(EVENTS))), load_default=list)


class EventLogPage(Contract):
    """Events in the order of the service's log; ``next`` is always there, so that a reader can come back for more."""

    items = fields.List(fields.Dict(), required=True)
    next = fields.String(required=True)


class Health(Contract):
    """Whether the service answers and reaches its database."""

    service = fields.String(required=True)
    database = fields.Boolean(required=True)


@cache
def list_events(service: str) -> Query:
    """The service's public event log, of the caller's district."""
    return Query(f"{service}.list_events", takes=EventLogRequest, gives=EventLogPage, scope="events:read")


@cache
def ping(service: str) -> Query:
    """Whether the service is there; needs no token and no district."""
    return Query(f"{service}.ping", gives=Health, public=True, deadline=1.0)
