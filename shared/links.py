"""Links: a signed token that opens one thing for five minutes, for what a browser opens by itself."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from shared.errors import Expired, NotFound

VALID = timedelta(minutes=5)


def token(district: str, what: str, key: bytes, expires_at: datetime) -> str:
    """``<district>-<seconds since the epoch>-<signature>``; ``key`` is a secret of the thing's own, or of its
    service's."""
    until = int(expires_at.timestamp())
    return f"{district}-{until}-{_signature(district, what, key, until)}"


def check(given: str, district: str, what: str, key: bytes, now: datetime) -> None:
    """Raises :class:`NotFound` for a token of another thing or of nobody's, :class:`Expired` for one past its time."""
    until = given.split("-")[1] if given.count("-") == 2 else ""
    if not (until.isascii() and until.isdigit() and len(until) <= 12):
        raise NotFound()
    expected = f"{district}-{until}-{_signature(district, what, key, int(until))}"
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise NotFound()
    if now.timestamp() >= int(until):
        raise Expired("common.link_expired")


def _signature(district: str, what: str, key: bytes, until: int) -> str:
    return hmac.new(key, f"{district}/{what}/{until}".encode(), hashlib.sha256).hexdigest()
