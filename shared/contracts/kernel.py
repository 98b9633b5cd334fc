"""Operations that the kernel gives every service."""

from functools import cache

from marshmallow import fields, validate

from shared.contracts.base import Audited, Contract, PageRequest, Query, flag, identifier, moment, moment_or_day
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


class AuditFilter(PageRequest):
    """``subject`` is a kind and an id, such as ``person:<id>``; ``operation`` an operation's name, such as
    ``membership.grant_role``; ``from`` and ``to`` are moments or days of the district, both included."""

    actor = identifier()
    subject = fields.String(validate=validate.Regexp(r"[a-z_]{1,40}:[!-~]{1,120}\Z", error="audit.not_a_subject"))
    operation = fields.String(validate=validate.Regexp(r"[a-z]{1,40}\.[a-z_]{1,60}\Z", error="audit.not_an_operation"))
    since = moment_or_day(data_key="from")
    until = moment_or_day(data_key="to")


class AuditRow(Contract):
    """What somebody did, or tried to do: ``outcome`` is ``done``, or the code of the refusal.

    ``actor_id`` is ``null`` where nobody was logged in (yet). ``fields`` names what was given, ``values`` says it where
    it is not personal. ``address`` is the network address that the request came from. Names are those of today.
    """

    id = fields.String(required=True)
    at = moment(required=True)
    operation = fields.String(required=True)
    what = fields.String(required=True)
    outcome = fields.String(required=True)
    actor_id = fields.String(required=True, allow_none=True)
    actor = fields.String(required=True, allow_none=True)
    client_id = fields.String(required=True, allow_none=True)
    subject = fields.String(required=True, allow_none=True)
    subject_name = fields.String(required=True, allow_none=True)
    fields_ = fields.List(fields.String(), required=True, data_key="fields", attribute="fields")
    values = fields.Dict(required=True)
    address = fields.String(required=True, allow_none=True)
    correlation_id = fields.String(required=True)


class AuditPage(Contract):
    """The newest first."""

    items = fields.List(fields.Nested(AuditRow), required=True)
    next = fields.String(allow_none=True, required=True)


class AuditExport(AuditFilter):
    """The whole of what the filter finds, as CSV."""

    limit = fields.Integer(load_default=100, validate=validate.Range(1, 100))


class AuditPiece(Contract):
    """Lines of the file stand beside it; ``next`` asks for those that follow."""

    next = fields.String(allow_none=True, required=True)


class PartRequest(Contract):
    """Which piece, from 0, of the service's part of a person's archive."""

    export_id = identifier(required=True)
    number = fields.Integer(required=True, strict=True, validate=validate.Range(0, 10_000))


class Health(Contract):
    """Whether the service answers and reaches its database."""

    service = fields.String(required=True)
    database = flag(required=True)


@cache
def list_events(service: str) -> Query:
    """The service's public event log, of the caller's district."""
    return Query(f"{service}.list_events", takes=EventLogRequest, gives=EventLogPage, scope="events:read")


@cache
def list_audit(service: str) -> Query:
    """The service's audit log, of the caller's district."""
    return Query(f"{service}.list_audit", takes=AuditFilter, gives=AuditPage)


@cache
def export_audit(service: str) -> Query:
    """The same as lines of CSV."""
    about = Audited("audit_log", values=("actor", "subject", "operation", "from", "to"))
    return Query(f"{service}.export_audit", takes=AuditExport, gives=AuditPiece, streams=True, audited=about)


@cache
def read_part(service: str) -> Query:
    """A piece of what the service laid ready for the caller's archive: JSON, beside it as raw bytes."""
    return Query(f"{service}.read_part", takes=PartRequest, streams=True)


@cache
def ping(service: str) -> Query:
    """Whether the service is there; needs no token and no district."""
    return Query(f"{service}.ping", gives=Health, public=True, deadline=1.0)
