"""How a contract is written: commands, queries and events, each with its schemas.

A contract names what crosses a boundary. The gateway calls it, a service implements it, subscribers receive it; all
three read the same object, so none of them can disagree. Data are plain JSON on the wire and plain dicts in Python,
with moments as aware UTC ``datetime`` and days as ``YYYY-MM-DD`` text.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, validate

from shared.ids import is_district, is_id

# Marks that let a reader see words in another order than that in which they stand (Unicode TR 9, 2.1 to 2.5).
_TURNS_WORDS_ROUND = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
LONGEST_TEXT = 200
LONGEST_NOTE = 4000
_FIRST_YEAR, _LAST_YEAR = 1900, 2500
_LENGTH_OF_A_DAY = len("2026-07-01")


_reading_the_wire: ContextVar[bool] = ContextVar("reading_the_wire", default=False)


class Contract(Schema):
    """The base of every schema. Unknown fields are refused at HTTP; on the wire between services they are dropped, in
    nested schemas too, so that versions N and N-1 live together."""

    class Meta:
        unknown = RAISE

    def load(self, data: Any, *, unknown: Any = None, **kwargs: Any) -> Any:
        if unknown is None and _reading_the_wire.get():
            unknown = EXCLUDE
        return super().load(data, unknown=unknown, **kwargs)

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """Views are dumped from dicts, which need not be asked in all the ways that marshmallow knows."""
        return obj.get(attr, default) if isinstance(obj, dict) else super().get_attribute(obj, attr, default)


SchemaClass = type[Schema]


class Nothing(Contract):
    """No fields."""


@dataclass(frozen=True)
class Audited:
    """That an operation leaves a row in the audit log of its service (docs/decisions/0125).

    ``kind`` is what it is about. Its id stands in the field ``key`` (``<kind>_id`` unless said) of what is asked, else
    it is the answer's ``id``; a use case that knows better says so (``work.concerns``). ``values`` names the fields
    whose values the row keeps beside the names of all: never personal ones.
    """

    kind: str
    key: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Operation:
    """A command or query that a service answers over RPC.

    ``name`` is ``<service>.<verb_noun>``. ``takes`` and ``gives`` are schema classes. ``public`` operations need no
    token. ``body`` operations take raw bytes (at most 256 kB) beside the fields; ``streams`` ones answer with raw bytes
    beside them. ``secret`` answers are never stored with an idempotency key. ``scope`` is what an API client needs.
    ``audited`` ones are written down: who did it, to what, from where.
    """

    name: str
    takes: type[Schema] = Nothing
    gives: type[Schema] = Nothing
    public: bool = False
    body: bool = False
    streams: bool = False
    secret: bool = False
    scope: str | None = None
    deadline: float = 10.0
    audited: Audited | None = None

    @property
    def service(self) -> str:
        return self.name.partition(".")[0]


@dataclass(frozen=True)
class Command(Operation):
    """Changes something, at most once for each idempotency key, in one transaction. What is ``repeatable`` may be done
    twice without harm: it has a key only where the caller gives one (docs/decisions/0103)."""

    repeatable: bool = False


@dataclass(frozen=True)
class Query(Operation):
    """Changes nothing; may be repeated freely."""


@dataclass(frozen=True)
class Event:
    """Something that happened, published by the service that owns it.

    ``type`` is ``<service>.<what_happened>.v1``. ``subject`` is the kind of replicated record the event speaks of
    (``member`` in ``member:<community>/<person>``); ``key`` names the fields of ``data`` that make the subject's id.
    ``subscribers`` are the services whose inbox receives it. A ``by_reference`` event is kept in the log without its
    data, which are rendered from the present record when it is published (docs/decisions/0005). ``personal`` names
    the fields that only a reader with the scope ``people:read`` is given.
    """

    type: str
    schema: SchemaClass
    subject: str
    key: tuple[str, ...]
    subscribers: tuple[str, ...] = ()
    by_reference: bool = False
    personal: tuple[str, ...] = ()
    example: dict[str, Any] = field(default_factory=dict, compare=False, hash=False)

    @property
    def service(self) -> str:
        return self.type.split(".")[0]

    @property
    def routing(self) -> str:
        """The routing key without its district: ``member_joined.v1``."""
        return self.type.partition(".")[2]

    def subject_of(self, data: dict[str, Any]) -> str:
        """The subject of an event with these data, such as ``member:<community>/<person>``."""
        return f"{self.subject}:" + "/".join(str(data[name]) for name in self.key)


def identifier(**kwargs: Any) -> fields.String:
    """A UUID in canonical form."""
    return fields.String(validate=_Is(is_id, "common.not_an_id"), **kwargs)


def district_id(**kwargs: Any) -> fields.String:
    """A district's id: ``3307`` or ``33c09``."""
    return fields.String(validate=_Is(is_district, "common.not_a_district"), **kwargs)


def npsn(**kwargs: Any) -> fields.String:
    """A school's NPSN: eight characters, digits but for a letter that may come first (DOMAIN, "Identifiers")."""
    return fields.String(validate=validate.Regexp(r"[A-Z0-9][0-9]{7}\Z", error="common.not_an_npsn"), **kwargs)


def text(longest: int = LONGEST_TEXT, shortest: int = 1, **kwargs: Any) -> fields.String:
    """Short text, trimmed when it is read, so that blanks alone are too short; without control characters other than
    line breaks and tabs."""
    return Trimmed(validate=[validate.Length(shortest, longest), _Is(_is_plain, "common.control_characters")], **kwargs)


def note(longest: int = LONGEST_NOTE, **kwargs: Any) -> fields.String:
    """Several lines of text."""
    return fields.String(validate=[validate.Length(0, longest), _Is(_is_plain, "common.control_characters")], **kwargs)


def moment(**kwargs: Any) -> fields.AwareDateTime:
    """A moment: RFC 3339, given and kept in UTC."""
    return UtcMoment(**kwargs)


def day(**kwargs: Any) -> fields.String:
    """A calendar day, ``YYYY-MM-DD``, of an age in which one can reckon with it; kept as that text, which sorts and
    compares as days do."""
    return fields.String(validate=_Is(_is_day, "common.not_a_day"), **kwargs)


def moment_or_day(**kwargs: Any) -> fields.String:
    """Where a stretch of time begins or ends: a moment, or a calendar day, which means the whole of it where the
    district lives (:func:`shared.dates.bounds`). Kept as what it is: an aware UTC ``datetime``, or a ``date``."""
    return MomentOrDay(**kwargs)


def one_of(*choices: str, **kwargs: Any) -> fields.String:
    """One of a few words."""
    return fields.String(validate=validate.OneOf(choices), **kwargs)


def flag(**kwargs: Any) -> fields.Boolean:
    """Yes or no."""
    return Flag(**kwargs)


class Flag(fields.Boolean):
    """``true`` or ``false``, in JSON or as a word of a query string; no other word or number that may mean either."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if isinstance(value, bool):
            return value
        if value in ("true", "false"):
            return bool(value == "true")
        raise self.make_error("invalid", input=value)


class Trimmed(fields.String):
    """Text without the blanks around it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return str(super()._deserialize(value, attr, data, **kwargs)).strip()


class UtcMoment(fields.AwareDateTime):
    """RFC 3339 in UTC with a ``Z``; to the millisecond, and of an age in which one can reckon with it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        given: datetime = super()._deserialize(value, attr, data, **kwargs)
        if not _FIRST_YEAR < given.year < _LAST_YEAR:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        return given.astimezone(UTC).replace(microsecond=given.microsecond // 1000 * 1000)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        if value is None:
            return None
        value = value.astimezone(UTC)
        return f"{value:%Y-%m-%dT%H:%M:%S}.{value.microsecond // 1000:03d}Z"


class MomentOrDay(fields.String):
    """RFC 3339 as :class:`UtcMoment` reads it, or ``YYYY-MM-DD``."""

    _moment = UtcMoment()

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if len(text) > _LENGTH_OF_A_DAY:
            return self._moment.deserialize(text, attr, data, **kwargs)
        if not _is_day(text) or not _FIRST_YEAR < int(text[:4]) < _LAST_YEAR:
            raise ValidationError("common.not_a_day_or_moment")
        return date.fromisoformat(text)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        if isinstance(value, datetime):
            return self._moment._serialize(value, attr, obj, **kwargs)
        return None if value is None else value.isoformat()


class _Is(validate.Validator):
    """A predicate as a validator; the message is the key of a text."""

    def __init__(self, predicate: Callable[[str], bool], text_key: str) -> None:
        self.predicate = predicate
        self.text_key = text_key

    def __call__(self, value: str) -> str:
        if not self.predicate(value):
            raise ValidationError(self.text_key)
        return value


def _is_day(value: str) -> bool:
    try:
        given = date.fromisoformat(value)
        return given.isoformat() == value and _FIRST_YEAR < given.year < _LAST_YEAR
    except ValueError:
        return False


def _is_plain(value: str) -> bool:
    return not any(
        (ord(char) < 32 and char not in "\n\r\t") or 0xD800 <= ord(char) <= 0xDFFF or char in _TURNS_WORDS_ROUND
        for char in value
    )


class PageRequest(Contract):
    """What every list takes."""

    limit = fields.Integer(load_default=20, validate=validate.Range(1, 100))
    after = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=500))


class LinkView(Contract):
    """An address that a browser can open by itself, without a token, until ``expires_at`` (five minutes from now)."""

    path = text(500, required=True)
    token = text(required=True)
    expires_at = moment(required=True)


class Followed(PageRequest):
    """What a list that one can follow takes: with ``updated_since`` it gives what changed at or after that moment, the
    longest unchanged first, with what ended or was withdrawn. Whoever polls asks from a minute before the last poll on:
    a change counts from when it was begun, and may be seen seconds later."""

    updated_since = moment(
        load_default=None,
        allow_none=True,
        metadata={
            "description": "Only what changed at or after this moment, the longest unchanged first, ended and withdrawn"
            " records included. Poll from a minute before your last poll on: you may be given a record twice."
        },
    )


class Versioned(Contract):
    """The version that an ``If-Match`` named; the gateway fills it in."""

    version = fields.Integer(required=True, strict=True)


def page_of(schema: type[Schema]) -> type[Schema]:
    """The schema of one page of a list: ``{"items": [...], "next": "<cursor>" | null}``."""
    return type(
        schema.__name__.removesuffix("View") + "Page",
        (Contract,),
        {
            "items": fields.List(fields.Nested(schema), required=True),
            "next": fields.String(allow_none=True, required=True),
            "__doc__": f"A page of {schema.__name__}.",
        },
    )


def read(schema: type[Schema], data: Any) -> dict[str, Any]:
    """Load ``data`` from the wire: unknown fields dropped. Raises ``marshmallow.ValidationError``."""
    token = _reading_the_wire.set(True)
    try:
        loaded: dict[str, Any] = _instance(schema).load(data)
        return loaded
    finally:
        _reading_the_wire.reset(token)


def write(schema: type[Schema], data: Any) -> Any:
    """Dump ``data`` to plain JSON for the wire."""
    return _instance(schema).dump(data)


@cache
def _instance(schema: type[Schema]) -> Schema:
    return schema()
