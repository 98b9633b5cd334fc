"""The envelope of an event: CloudEvents 1.0 in JSON (structured mode), with our extension attributes.

An event is checked against its contract's schema when it is emitted and again when it is received.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marshmallow import EXCLUDE, ValidationError, fields

from shared.contracts.base import Contract, Event, district_id, identifier, moment, read, write
from shared.contracts.events import EVENTS

CONTENT_TYPE = "application/cloudevents+json"
MOST_BYTES = 512 * 1024


class Malformed(Exception):
    """A message is no event of ours: undecodable, undeclared, from the wrong exchange or against its schema."""


class _Envelope(Contract):
    class Meta:
        unknown = EXCLUDE

    specversion = fields.String(required=True)
    id = identifier(required=True)
    type = fields.String(required=True)
    source = fields.String(required=True)
    subject = fields.String(required=True)
    time = moment(required=True)
    datacontenttype = fields.String(load_default="application/json")
    data = fields.Dict(required=True)
    district = district_id(required=True)
    sequence = fields.String(required=True)
    correlationid = fields.String(load_default=None, allow_none=True)
    causationid = fields.String(load_default=None, allow_none=True)
    traceparent = fields.String(load_default=None, allow_none=True)
    actor = fields.String(load_default=None, allow_none=True)
    replay = fields.Boolean(load_default=False)


@dataclass(frozen=True)
class Received:
    """An event as a reaction sees it; ``data`` is loaded by the event's schema, ``plain`` is the same as JSON."""

    event: Event
    id: str
    district: str
    subject: str
    sequence: int
    time: datetime
    data: dict[str, Any]
    plain: dict[str, Any]
    actor: str | None = None
    replay: bool = False
    correlation_id: str = ""
    causation_id: str | None = None
    traceparent: str | None = None

    @property
    def type(self) -> str:
        return self.event.type

    @property
    def subject_id(self) -> str:
        """The subject without its kind: ``<community>/<person>`` of ``member:<community>/<person>``."""
        return self.subject.partition(":")[2]

    def as_cloudevent(self) -> dict[str, Any]:
        """The event as a CloudEvent, ready for JSON."""
        return cloudevent(
            {
                "_id": self.id,
                "type": self.type,
                "subject": self.subject,
                "time": self.time,
                "data": self.plain,
                "district": self.district,
                "sequence": self.sequence,
                "correlation_id": self.correlation_id,
                "causation_id": self.causation_id,
                "traceparent": self.traceparent,
                "actor": self.actor,
            },
            replay=self.replay,
        )


def plain_data(event: Event, data: Mapping[str, Any]) -> dict[str, Any]:
    """``data`` as the JSON that the event carries, checked. Raises ``marshmallow.ValidationError``."""
    plain: dict[str, Any] = write(event.schema, data)
    read(event.schema, plain)
    return plain


def cloudevent(entry: Mapping[str, Any], *, replay: bool = False) -> dict[str, Any]:
    """A log entry as a CloudEvent. ``sequence`` is text, as the CloudEvents extension of that name asks."""
    district, kind = entry["district"], entry["type"]
    envelope = {
        "specversion": "1.0",
        "id": entry["_id"],
        "type": kind,
        "source": f"sanggar/{district}/{kind.partition('.')[0]}",
        "subject": entry["subject"],
        "time": write(_Envelope, {"time": entry["time"]})["time"],
        "datacontenttype": "application/json",
        "data": entry["data"],
        "district": district,
        "sequence": str(entry["sequence"]),
        "correlationid": entry.get("correlation_id"),
        "causationid": entry.get("causation_id"),
        "traceparent": entry.get("traceparent"),
        "actor": entry.get("actor"),
        "replay": replay or None,
    }
    return {name: value for name, value in envelope.items() if value is not None}


def encode(entry: Mapping[str, Any], *, replay: bool = False) -> bytes:
    """A log entry as the body of a message."""
    return json.dumps(cloudevent(entry, replay=replay), ensure_ascii=False, separators=(",", ":")).encode()


def decode(body: bytes, exchange: str | None = None) -> Received:
    """The event in a message's body. ``exchange`` is where it came from, when that is to be checked.

    Raises :class:`Malformed`.
    """
    if len(body) > MOST_BYTES:
        raise Malformed("larger than an event may be")
    try:
        raw = json.loads(body)
        if not isinstance(raw, dict):
            raise Malformed("not an object")
        envelope = read(_Envelope, raw)
        event = EVENTS[envelope["type"]]
        data = read(event.schema, envelope["data"])
        sequence = int(envelope["sequence"])
    except (ValueError, RecursionError, ValidationError) as error:
        # A validation error names fields; a JSON error quotes nothing but positions.
        detail = sorted(map(str, error.messages_dict)) if isinstance(error, ValidationError) else type(error).__name__
        raise Malformed(str(detail)) from None
    except KeyError:
        raise Malformed("undeclared type") from None
    if envelope["source"] != f"sanggar/{envelope['district']}/{event.service}":
        raise Malformed("source and type differ")
    if exchange is not None and exchange != f"{event.service}.events":
        raise Malformed("came through another service's exchange")
    if envelope["subject"] != event.subject_of(envelope["data"]):
        raise Malformed("subject and data differ")
    return Received(
        event=event,
        id=envelope["id"],
        district=envelope["district"],
        subject=envelope["subject"],
        sequence=sequence,
        time=envelope["time"],
        data=data,
        plain=envelope["data"],
        actor=envelope["actor"],
        replay=envelope["replay"],
        correlation_id=envelope["correlationid"] or "",
        causation_id=envelope["causationid"],
        traceparent=envelope["traceparent"],
    )
