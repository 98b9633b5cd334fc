"""Identifiers: UUIDv7 strings (RFC 9562, section 5.7), so that ids sort by the time they were made."""

from __future__ import annotations

import re

import uuid6

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")
_DISTRICT = re.compile(r"[0-9]{2}(?:[0-9]{2}|c[0-9]{2})\Z")


def new_id() -> str:
    """A fresh UUIDv7 in its canonical lower-case form; ids made in one process never go backwards."""
    return str(uuid6.uuid7())


def is_id(text: str) -> bool:
    """Whether ``text`` is a UUID in canonical form."""
    return _UUID.match(text) is not None


def made_at_ms(id_: str) -> int | None:
    """When a UUIDv7 was made, in milliseconds since the epoch; ``None`` for any other text."""
    if not is_id(id_) or id_[14] != "7":
        return None
    return int(id_[:8] + id_[9:13], 16)


def is_district(text: str) -> bool:
    """Whether ``text`` has the form of a district id: ``3307`` or, for a provincial branch office, ``33c09``."""
    return _DISTRICT.match(text) is not None
