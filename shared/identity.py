"""Access tokens: Ed25519 JSON Web Tokens that every service verifies for itself (DESIGN 7).

A token names the person, the district and the login session, never roles: those are each service's own copy.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt

from shared import clock
from shared.errors import Unauthenticated

ACCESS_TOKEN_LIFE = timedelta(minutes=10)
_LEEWAY = timedelta(seconds=30)
_REMEMBERED = 4096


@dataclass(frozen=True)
class Caller:
    """Who sent a request, as far as the token proves it.

    ``issued_at`` is UTC. An API client has a ``client_id``, ``scopes``, and its own id for ``person_id``; the
    ``schools`` (NPSN) that it is bound to are none when it may see the whole district.
    """

    person_id: str
    district: str
    sid: str
    issued_at: datetime
    client_id: str | None = None
    scopes: frozenset[str] | None = None
    schools: frozenset[str] = frozenset()

    @property
    def machine(self) -> bool:
        """Whether this is an API client, and not a person."""
        return self.client_id is not None


class Signer:
    """Issues access tokens with one private key."""

    def __init__(self, kid: str, private_pem: str) -> None:
        self._kid = kid
        self._pem = private_pem

    @classmethod
    def from_file(cls, path: str) -> Signer:
        """The signer of a key file ``{"kid": ..., "pem": ...}``."""
        key = json.loads(Path(path).read_text("utf-8"))
        return cls(key["kid"], key["pem"])

    def issue(self, person_id: str, district: str, sid: str) -> tuple[str, datetime]:
        """A person's token and the moment it expires (UTC), ten minutes from now."""
        return self._issue(person_id, district, sid)

    def issue_to_client(
        self, id_: str, client_id: str, district: str, scopes: Iterable[str], schools: Iterable[str]
    ) -> str:
        """An API client's token, for ten minutes; its claims are named after RFC 9068."""
        said = {"client_id": client_id, "scope": " ".join(sorted(scopes)), "schools": sorted(schools)}
        return self._issue(id_, district, id_, **said)[0]

    def _issue(self, subject: str, district: str, sid: str, **said: Any) -> tuple[str, datetime]:
        issued = clock.now()
        expires = issued + ACCESS_TOKEN_LIFE
        claims = {
            "iss": "sanggar",
            "sub": subject,
            "district": district,
            "sid": sid,
            **said,
            "iat": issued.timestamp(),
            "exp": int(expires.timestamp()),
        }
        return jwt.encode(claims, self._pem, algorithm="EdDSA", headers={"kid": self._kid}), expires


class Verifier:
    """Checks access tokens against the district's public keys, remembering those it has checked until they expire."""

    def __init__(self, public_pems: Mapping[str, str]) -> None:
        self._keys = dict(public_pems)
        self._known: OrderedDict[str, tuple[float, Caller]] = OrderedDict()
        self._lock = threading.Lock()

    @classmethod
    def from_file(cls, path: str) -> Verifier:
        """The verifier of a key file ``{kid: public PEM}``."""
        return cls(json.loads(Path(path).read_text("utf-8")))

    def verify(self, token: str) -> Caller:
        """The caller that a token proves. Raises :class:`Unauthenticated` for a forged, foreign or expired one."""
        now = clock.now().timestamp()
        with self._lock:
            known = self._known.get(token)
        if known is not None and known[0] > now:
            return known[1]
        claims = self._claims(token)
        caller = Caller(
            person_id=str(claims["sub"]),
            district=str(claims["district"]),
            sid=str(claims["sid"]),
            issued_at=datetime.fromtimestamp(claims["iat"], UTC),
            **_of_a_client(claims),
        )
        with self._lock:
            self._known[token] = (float(claims["exp"]), caller)
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return caller

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            key = self._keys[jwt.get_unverified_header(token)["kid"]]
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=["EdDSA"],
                issuer="sanggar",
                options={"require": ["exp", "iat", "sub", "district", "sid"], "verify_exp": False, "verify_iat": False},
            )
        except (jwt.InvalidTokenError, KeyError, TypeError, ValueError):
            raise Unauthenticated() from None
        if float(claims["exp"]) + _LEEWAY.total_seconds() < clock.now().timestamp():
            raise Unauthenticated()
        return claims


def _of_a_client(claims: Mapping[str, Any]) -> dict[str, Any]:
    """What an API client's token says beside a person's. One that names no scope opens nothing."""
    if "client_id" not in claims:
        return {}
    return {
        "client_id": str(claims["client_id"]),
        "scopes": frozenset(str(claims.get("scope", "")).split()),
        "schools": frozenset(claims.get("schools", ())),
    }
