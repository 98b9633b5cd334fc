"""Rules of API clients: their names and secrets, and which scopes a token may carry."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from shared.errors import Invalid

MOST_CLIENTS = 1000
ROTATION = timedelta(hours=24)


def client_id(district: str, id_: str) -> str:
    """The public name of a client, by which its district is known."""
    return f"{district}-{id_}"


def id_of(client_id: str) -> str:
    """The id behind a public name."""
    return client_id.partition("-")[2]


def new_secret(district: str) -> str:
    """A secret of 256 random bits, after its district."""
    return f"{district}-{secrets.token_urlsafe(32)}"


def digest(secret: str) -> str:
    """What a secret is kept as. It is random and long, so nothing slow is needed (docs/decisions/0110)."""
    return hashlib.sha256(secret.encode()).hexdigest()


def proves(client: Mapping[str, Any], secret: str, now: datetime) -> bool:
    """Whether this is the secret of a client that is not revoked; the one before it for a day after a rotation."""
    kept = [client["digest"]]
    if client["previous_secret_until"] is not None and now < client["previous_secret_until"]:
        kept.append(client["previous_digest"])
    given = digest(secret)
    right = [hmac.compare_digest(each, given) for each in kept]
    return any(right) and client["status"] == "active"


def granted(client: Mapping[str, Any], asked: Sequence[str] | None) -> list[str]:
    """The scopes of a token: those asked for, else all of the client's. Raises :class:`Invalid` for one it lacks."""
    wanted = set(client["scopes"] if asked is None else asked)
    if not wanted or not wanted <= set(client["scopes"]):
        raise Invalid.field("scopes", "membership.scope_not_granted", scopes=" ".join(client["scopes"]))
    return sorted(wanted)
