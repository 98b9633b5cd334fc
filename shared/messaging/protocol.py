"""How a request and its answer look on the wire between the gateway and a service.

A request is JSON, or raw bytes with its fields in a header. An answer is JSON ``{"ok": ..., "data" | "error": ...,
"after": [...]}``, or raw bytes with that JSON in a header.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.errors import Refusal, Unavailable, refusal_from

JSON = "application/json"
RAW = "application/octet-stream"
FIELDS_HEADER = "sanggar-fields"
MOST_BODY = 256 * 1024
MOST_REQUEST = 1_200_000


class BadRequest(Exception):
    """A message is no request that can be answered."""


@dataclass(frozen=True)
class Answer:
    """What an operation answered: data as plain JSON, raw bytes if it streams, and what to have seen (``after``)."""

    data: Any
    body: bytes = b""
    after: tuple[str, ...] = ()


def encode(data: Any, raw: bytes | None) -> tuple[bytes, dict[str, Any], str]:
    """Body, headers and content type of a message with these fields and raw bytes."""
    # Half a surrogate pair, which JSON can spell and UTF-8 cannot, becomes a question mark.
    fields = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
    if raw is None:
        return fields, {}, JSON
    return raw, {FIELDS_HEADER: fields.decode()}, RAW


def decode(body: bytes, headers: Mapping[str, Any], content_type: str) -> tuple[Any, bytes]:
    """The fields and raw bytes of a message. Raises :class:`BadRequest`."""
    try:
        if content_type == RAW:
            return json.loads(headers[FIELDS_HEADER]), body
        if content_type == JSON:
            return json.loads(body), b""
    except (KeyError, TypeError, ValueError, RecursionError):
        pass
    raise BadRequest(content_type)


def answered(answer: Answer) -> dict[str, Any]:
    """The JSON of an answer."""
    return {"ok": True, "data": answer.data, "after": list(answer.after)}


def refused(refusal: Refusal) -> dict[str, Any]:
    """The JSON of a refusal."""
    return {"ok": False, "error": refusal.as_dict()}


def read_answer(fields: Any, raw: bytes) -> Answer:
    """The answer in a reply. Raises the refusal that it holds."""
    if not isinstance(fields, dict):
        raise Unavailable()
    if not fields.get("ok"):
        raise refusal_from(fields.get("error") or {})
    return Answer(fields.get("data"), raw, tuple(fields.get("after") or ()))
