"""What membership alone can make: access tokens, refresh tokens and activation codes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from shared.identity import Signer
from shared.settings import Misconfigured, Settings

_CODE_LETTERS = 12
_SHORTEST_KEY = 32


@dataclass(frozen=True)
class RefreshToken:
    """What a refresh token names: a login session and how often it was rotated; ``proof`` shows that it was issued."""

    sid: str
    generation: int
    proof: str


@dataclass(frozen=True)
class OwnLink:
    """What a link to something of one's own claims: the login session in which it was made, and up to when it counts
    (seconds since the epoch)."""

    sid: str
    until: int


class Keyring:
    """Makes and checks tokens and codes with the deployment's keys.

    Codes and refresh tokens are derived, never stored: a card can be printed again, and a lost answer be repeated.
    """

    def __init__(self, signer: Signer, key: bytes) -> None:
        self.signer = signer
        self._key = key

    def code(self, district: str, person_id: str, number: int) -> str:
        """The ``number``-th activation code of a person, as printed: ``7KQ2-M9XH-4TNB`` (60 bits)."""
        letters = _letters(self._mac("code", district, person_id, str(number)))[:_CODE_LETTERS]
        return "-".join(letters[at : at + 4] for at in range(0, _CODE_LETTERS, 4))

    def code_id(self, district: str, code: str) -> str:
        """What a code, however it was typed, is kept as; useless to whoever reads it."""
        typed = re.sub(r"[^0-9A-Z]", "", code.upper()).replace("O", "0").translate(str.maketrans("IL", "11"))
        return self._mac("code-id", district, typed).hex()[:40]

    def refresh_token(self, district: str, sid: str, generation: int, salt: str) -> str:
        """The refresh token of a login session's ``generation``; ``salt`` is the session's own, kept with it."""
        return f"{district}-{sid}.{generation}.{self._proof(district, sid, generation, salt)}"

    def proves(self, token: RefreshToken, district: str, salt: str) -> bool:
        """Whether the token was issued for this session."""
        return hmac.compare_digest(token.proof, self._proof(district, token.sid, token.generation, salt))

    def reset_token(self, district: str, person_id: str, letter_id: str) -> str:
        """What a letter lets a person set a new password with; the same for the same letter (256 bits)."""
        return f"{district}-{_urlsafe(self._mac('reset', district, person_id, letter_id))}"

    def reset_id(self, district: str, token: str) -> str:
        """What such a token is kept as; useless to whoever reads it."""
        return self._mac("reset-id", district, token).hex()[:40]

    def own_link(self, district: str, sid: str, until: int, path: str) -> str:
        """What opens ``path`` for whoever was logged in as ``sid``, until then."""
        return f"{district}-{sid}.{until}.{_urlsafe(self._mac('own-link', district, sid, str(until), path))}"

    def seal(self, district: str, data: Mapping[str, Any]) -> str:
        """Data that travel through other hands and come back unchanged, ``<district>-<data>.<HMAC>``."""
        body = _urlsafe(json.dumps(data, separators=(",", ":")).encode())
        return f"{district}-{body}.{_urlsafe(self._mac('seal', district, body))}"

    def unseal(self, district: str, text: str) -> dict[str, Any] | None:
        """What was sealed for this district; ``None`` for anything else."""
        body, _, mac = text.removeprefix(f"{district}-").partition(".")
        if not hmac.compare_digest(mac.encode(), _urlsafe(self._mac("seal", district, body)).encode()):
            return None
        data: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        return data

    @property
    def link_key(self) -> bytes:
        """What links are signed with."""
        return self._mac("links")

    def pseudonym(self, district: str, text: str) -> str:
        """A stable stand-in for a text that must not be stored as it is."""
        return self._mac("pseudonym", district, text).hex()[:40]

    def _proof(self, district: str, sid: str, generation: int, salt: str) -> str:
        return _urlsafe(self._mac("refresh", district, sid, str(generation), salt))

    def _mac(self, *parts: str) -> bytes:
        return hmac.new(self._key, "\0".join(parts).encode(), hashlib.sha256).digest()


def read_refresh_token(token: str) -> RefreshToken | None:
    """What a refresh token claims, or ``None`` for what is none."""
    found = re.fullmatch(r"[0-9a-z]+-([0-9a-f-]{36})\.([0-9]{1,9})\.([A-Za-z0-9_-]{43})", token)
    return None if found is None else RefreshToken(found[1], int(found[2]), found[3])


def read_own_link(token: str) -> OwnLink | None:
    """What a link's token claims, or ``None`` for what is none."""
    found = re.fullmatch(r"[0-9a-z]+-([0-9a-f-]{36})\.([0-9]{1,12})\.[A-Za-z0-9_-]{43}", token)
    return None if found is None else OwnLink(found[1], int(found[2]))


@lru_cache(maxsize=4)
def keyring(given: Settings) -> Keyring:
    """The secrets of this deployment, read when first needed. Raises :class:`Misconfigured`."""
    if not given.signing_key or not given.code_key:
        raise Misconfigured("set SANGGAR_SIGNING_KEY and SANGGAR_CODE_KEY: the paths of membership's key files")
    key = Path(given.code_key).read_bytes().strip()
    if len(key) < _SHORTEST_KEY:
        raise Misconfigured(f"the key in SANGGAR_CODE_KEY must have at least {_SHORTEST_KEY} bytes")
    return Keyring(Signer.from_file(given.signing_key), key)


def _urlsafe(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _letters(raw: bytes) -> str:
    """Crockford's base 32: digits and letters that nobody mistakes for one another."""
    return (
        base64.b32encode(raw)
        .decode()
        .translate(str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
    )
