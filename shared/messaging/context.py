"""What travels with a request beside its data: a short, closed list of headers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.ids import new_id

_PREFIX = "sanggar-"
MOST_AFTER = 40


@dataclass(frozen=True)
class CallContext:
    """The circumstances of one call.

    ``after`` holds ``<district>/<subject>:<sequence>`` entries that the answer must have seen. ``address`` is where the
    caller called from, as the gateway knows it; it travels with audited operations only.
    """

    correlation_id: str
    token: str | None = None
    idempotency_key: str | None = None
    after: tuple[str, ...] = ()
    language: str = "id"
    traceparent: str | None = None
    address: str | None = None

    def headers(self, left_ms: int) -> dict[str, Any]:
        """The AMQP headers that carry it, with the milliseconds that are left to answer."""
        values = {
            "correlation": self.correlation_id,
            "token": self.token,
            "key": self.idempotency_key,
            "after": " ".join(self.after) or None,
            "language": self.language,
            "traceparent": self.traceparent,
            "address": self.address,
            "left-ms": left_ms,
        }
        return {_PREFIX + name: value for name, value in values.items() if value is not None}


def read_headers(headers: Mapping[str, Any]) -> tuple[CallContext, int | None]:
    """The context and the milliseconds left that a message's headers carry; whatever else stands there is ignored."""

    def text(name: str, longest: int = 4096) -> str | None:
        value = headers.get(_PREFIX + name)
        return value if isinstance(value, str) and len(value) <= longest else None

    left = headers.get(_PREFIX + "left-ms")
    context = CallContext(
        correlation_id=text("correlation", 100) or new_id(),
        token=text("token"),
        idempotency_key=text("key", 200),
        after=tuple((text("after", 20_000) or "").split()[:MOST_AFTER]),
        language="en" if text("language") == "en" else "id",
        traceparent=text("traceparent", 100),
        address=text("address", 45),
    )
    return context, left if isinstance(left, int) and not isinstance(left, bool) else None
