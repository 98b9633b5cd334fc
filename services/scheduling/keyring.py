"""What scheduling alone can make: the secret addresses of calendars."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from shared.settings import Misconfigured, Settings

_SHORTEST_KEY = 32
_TOKEN = re.compile(r"[0-9a-z]+-([A-Za-z0-9_-]{22})([A-Za-z0-9_-]{22})?\.([A-Za-z0-9_-]{43})")


@dataclass(frozen=True)
class CalendarToken:
    """What a calendar's address names: a person, perhaps one community of theirs, and the proof that it was given."""

    person_id: str
    community_id: str | None
    proof: str


class CalendarKey:
    """Derives the secret part of calendars' addresses, so that none is stored (docs/decisions/0171)."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def token(self, district: str, person_id: str, community_id: str | None, salt: str) -> str:
        """The token of a person's calendar, or of one community's for this person; ``salt`` is the person's own."""
        whose = _short(person_id) + (_short(community_id) if community_id else "")
        return f"{district}-{whose}.{self._proof(district, person_id, community_id, salt)}"

    def proves(self, token: CalendarToken, district: str, salt: str) -> bool:
        """Whether the token was given to this person, and not renewed since."""
        return hmac.compare_digest(token.proof, self._proof(district, token.person_id, token.community_id, salt))

    def _proof(self, district: str, person_id: str, community_id: str | None, salt: str) -> str:
        said = "\0".join(("calendar", district, person_id, community_id or "", salt))
        return _urlsafe(hmac.new(self._key, said.encode(), hashlib.sha256).digest())


def read_calendar_token(token: str) -> CalendarToken | None:
    """What a token claims, or ``None`` for what is none."""
    found = _TOKEN.fullmatch(token)
    if found is None:
        return None
    person, community, proof = found.groups()
    return CalendarToken(_long(person), _long(community) if community else None, proof)


@lru_cache(maxsize=4)
def calendar_key(given: Settings) -> CalendarKey:
    """The key of this deployment's calendars, read when first needed. Raises :class:`Misconfigured`."""
    if not given.calendar_key:
        raise Misconfigured("set SANGGAR_CALENDAR_KEY: the path of the file with the key of calendars' addresses")
    key = Path(given.calendar_key).read_bytes().strip()
    if len(key) < _SHORTEST_KEY:
        raise Misconfigured(f"the key in SANGGAR_CALENDAR_KEY must have at least {_SHORTEST_KEY} bytes")
    return CalendarKey(key)


def _short(id_: str) -> str:
    return _urlsafe(UUID(id_).bytes)


def _long(short: str) -> str:
    return str(UUID(bytes=base64.urlsafe_b64decode(short + "==")))


def _urlsafe(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
