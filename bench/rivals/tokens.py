"""The check of an access token as PyJWT's own documentation shows it: signature, issuer and times, each time anew."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.serialization import load_pem_public_key


class Tokens:
    """Checks tokens by the public keys of a file ``{kid: PEM}``, which are read once."""

    def __init__(self, path: str) -> None:
        pems = json.loads(Path(path).read_text("utf-8"))
        self._keys: dict[str, Any] = {kid: load_pem_public_key(pem.encode()) for kid, pem in pems.items()}

    def claims(self, token: str) -> dict[str, Any]:
        """What a good token says. Raises ``jwt.InvalidTokenError``."""
        key = self._keys[jwt.get_unverified_header(token)["kid"]]
        claims: dict[str, Any] = jwt.decode(token, key, algorithms=["EdDSA"], issuer="sanggar", leeway=30)
        return claims
