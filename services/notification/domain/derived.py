"""Ids that are derived, not drawn: telling the same thing twice makes the same id, and a primary key is taken once."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime


def derived_id(moment: datetime, *names: str) -> str:
    """A UUIDv7 (RFC 9562) of this moment whose random bits are a digest of the names."""
    digest = hashlib.sha256("\0".join(names).encode()).digest()
    high = int.from_bytes(digest[:2], "big") & 0x0FFF
    low = int.from_bytes(digest[2:10], "big") & 0x3FFF_FFFF_FFFF_FFFF
    milliseconds = int(moment.timestamp() * 1000) & 0xFFFF_FFFF_FFFF
    return str(uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low))
