"""Who calls: the Bearer token, checked here so that nonsense goes no further; services check it again."""

from __future__ import annotations

from flask import Request

from shared.errors import Unauthenticated
from shared.identity import Caller, Verifier

_LONGEST_TOKEN = 4096


def token_of(request: Request) -> str:
    """The access token of ``Authorization: Bearer ...`` (RFC 6750). Raises :class:`Unauthenticated`."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token or len(token) > _LONGEST_TOKEN or not token.isascii():
        raise Unauthenticated()
    return token


def authenticate(verifier: Verifier, request: Request) -> tuple[str, Caller]:
    """The token and whom it proves. Raises :class:`Unauthenticated` for a missing, forged or expired one."""
    token = token_of(request)
    return token, verifier.verify(token)
