"""Refusals: everything an operation may answer instead of doing its work.

A refusal crosses the wire as its ``code`` plus the key of a text (``shared/texts``) and that text's parameters; the
gateway renders it as problem+json in the reader's language. Exceptions that are no refusal are faults: the caller is
told ``unavailable`` and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple


class Text(NamedTuple):
    """A text by its key in ``shared/texts`` (``membership.unknown_school``), with what fills its gaps."""

    key: str
    params: Mapping[str, Any] = {}


class Refusal(Exception):
    """An operation was refused and changed nothing.

    ``text`` is a key of ``shared/texts``; ``fields`` maps a field's name to the texts about it; ``retry_after`` is in
    seconds. ``details`` (plain JSON) become members of the problem, beside its own. Further keyword arguments fill the
    text's gaps.
    """

    code: ClassVar[str] = "unavailable"
    default: ClassVar[str] = "common.unavailable"

    def __init__(
        self,
        text: str = "",
        /,
        *,
        fields: Mapping[str, Sequence[Text]] | None = None,
        retry_after: float | None = None,
        details: Mapping[str, Any] | None = None,
        **params: Any,
    ) -> None:
        self.text = Text(text or self.default, params)
        self.fields: dict[str, list[Text]] = {name: list(texts) for name, texts in (fields or {}).items()}
        self.retry_after = retry_after
        self.details: dict[str, Any] = dict(details or {})
        super().__init__(self.code, self.text.key)

    def as_dict(self) -> dict[str, Any]:
        """The refusal as plain JSON, for the wire."""
        return {
            "code": self.code,
            "text": self.text.key,
            "params": dict(self.text.params),
            "fields": {name: [[t.key, dict(t.params)] for t in texts] for name, texts in self.fields.items()},
            "retry_after": self.retry_after,
            "details": self.details,
        }


class Invalid(Refusal):
    """The request itself is wrong (422).

    ``Invalid.field("npsn", "membership.unknown_school", npsn=...)`` for one field.
    """

    code = "invalid"
    default = "common.invalid"

    @classmethod
    def field(cls, name: str, text: str, /, **params: Any) -> Invalid:
        return cls(fields={name: [Text(text, params)]})


class Unauthenticated(Refusal):
    """No token, or one that no longer counts (401)."""

    code = "unauthenticated"
    default = "common.unauthenticated"


class Forbidden(Refusal):
    """Known, but not allowed (403)."""

    code = "forbidden"
    default = "common.forbidden"


class NotFound(Refusal):
    """Not there, or not the caller's to know (404)."""

    code = "not_found"
    default = "common.not_found"


class Conflict(Refusal):
    """The present state does not allow it (409)."""

    code = "conflict"
    default = "common.conflict"


class InProgress(Refusal):
    """The same idempotency key is being worked on (409)."""

    code = "in_progress"
    default = "common.in_progress"


class Stale(Refusal):
    """Somebody changed the object since the caller read it (412).

    Where people write longer texts its ``details`` hold what is there now (``current``) and what was ``sent``.
    """

    code = "stale"
    default = "common.stale"


class TooLarge(Refusal):
    """The body is larger than the operation takes (413)."""

    code = "too_large"
    default = "common.too_large"


class TooMany(Refusal):
    """Too many tries (429)."""

    code = "too_many"
    default = "common.too_many"


class NotYet(Refusal):
    """The service's copies are not yet as new as the caller asked for (503)."""

    code = "not_yet"
    default = "common.not_yet"


class OutcomeUnknown(Refusal):
    """The answer was lost; repeating with the same idempotency key resolves it (503)."""

    code = "outcome_unknown"
    default = "common.outcome_unknown"


class Unavailable(Refusal):
    """Something the operation needs is away (503)."""

    code = "unavailable"
    default = "common.unavailable"


class Expired(Refusal):
    """It was there and is gone for good: a cursor too old, a link past its time (410)."""

    code = "cursor_expired"
    default = "common.cursor_expired"


REFUSALS: dict[str, type[Refusal]] = {
    cls.code: cls
    for cls in (
        Invalid,
        Unauthenticated,
        Forbidden,
        NotFound,
        Conflict,
        InProgress,
        Stale,
        TooLarge,
        TooMany,
        NotYet,
        OutcomeUnknown,
        Unavailable,
        Expired,
    )
}


def refusal_from(data: Mapping[str, Any]) -> Refusal:
    """The refusal that :meth:`Refusal.as_dict` gave; an unknown code becomes :class:`Unavailable`."""
    cls = REFUSALS.get(str(data.get("code")), Unavailable)
    refusal = cls(retry_after=data.get("retry_after"), details=data.get("details"))
    refusal.text = Text(data.get("text") or cls.default, data.get("params") or {})
    refusal.fields = {
        name: [Text(key, params) for key, params in texts] for name, texts in (data.get("fields") or {}).items()
    }
    return refusal


class MissingReference(Exception):
    """A reaction met an event that speaks of something whose own event has not arrived yet.

    The kernel tries again every 5 s for 10 minutes without spending an attempt (DESIGN 5, "Failures are of three
    kinds").
    """
