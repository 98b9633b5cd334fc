"""What every service tells when it has done its part for a person: given out what it holds of them, or erased it."""

from marshmallow import fields

from shared.contracts.base import Contract, Event, identifier, text


class Counted(Contract):
    """So many records of one kind; ``why`` says why they were kept."""

    what = text(60, required=True)
    count = fields.Integer(required=True)
    why = text(40, load_default=None, allow_none=True)


class ErasureDone(Contract):
    """A service has erased what it held of a person: what is gone, and what is kept without naming them, and why."""

    erasure_id = identifier(required=True)
    person_id = identifier(required=True)
    service = text(40, required=True)
    erased = fields.List(fields.Nested(Counted), required=True)
    kept = fields.List(fields.Nested(Counted), required=True)


class ExportDone(Contract):
    """A service has laid ready what it holds of a person, in so many pieces; what it is does not travel in events."""

    export_id = identifier(required=True)
    person_id = identifier(required=True)
    service = text(40, required=True)
    pieces = fields.Integer(required=True)


def erasure_done(service: str) -> Event:
    """``<service>.person_erasure_done.v1``."""
    subject = f"{service}_erasure"
    return Event(f"{service}.person_erasure_done.v1", ErasureDone, subject, ("erasure_id",), _collected(service))


def export_done(service: str) -> Event:
    """``<service>.person_export_done.v1``."""
    subject = f"{service}_export"
    return Event(f"{service}.person_export_done.v1", ExportDone, subject, ("export_id",), _collected(service))


def _collected(service: str) -> tuple[str, ...]:
    """Membership collects what the others confirm; its own part it knows."""
    return () if service == "membership" else ("membership",)
