"""The keys of certificates: one signs, and every public key that ever signed verifies (docs/decisions/0173)."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from shared.mongo import Doc
from shared.settings import Misconfigured, Settings


class CertificateKeys:
    """Signs with the key ``kid``, and verifies with all that are known."""

    def __init__(self, kid: str, private: Ed25519PrivateKey, known: Mapping[str, Ed25519PublicKey]) -> None:
        self.kid = kid
        self._private = private
        self._known = {**known, kid: private.public_key()}

    def sign(self, said: bytes) -> bytes:
        """The signature (64 bytes) of the present key."""
        return self._private.sign(said)

    def verifies(self, kid: str, signature: bytes, said: bytes) -> bool:
        """Whether the key of this name, now or once ours, signed exactly that."""
        key = self._known.get(kid)
        if key is None:
            return False
        try:
            key.verify(signature, said)
        except InvalidSignature:
            return False
        return True

    def published(self) -> list[Doc]:
        """The public keys, for whoever checks without asking."""
        return [
            {
                "kid": kid,
                "algorithm": "Ed25519",
                "pem": key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
                "x": urlsafe(key.public_bytes_raw()),
            }
            for kid, key in sorted(self._known.items())
        ]


@lru_cache(maxsize=4)
def certificate_keys(given: Settings) -> CertificateKeys:
    """The keys of this deployment, read when first needed. Raises :class:`Misconfigured`."""
    if not given.certificate_key or not given.certificate_verify_keys:
        raise Misconfigured(
            "set SANGGAR_CERTIFICATE_KEY and SANGGAR_CERTIFICATE_VERIFY_KEYS: the paths of the key that signs "
            "certificates and of the public keys of all that ever did"
        )
    key = json.loads(Path(given.certificate_key).read_text("utf-8"))
    private = load_pem_private_key(key["pem"].encode(), None)
    known = {
        kid: load_pem_public_key(pem.encode())
        for kid, pem in json.loads(Path(given.certificate_verify_keys).read_text("utf-8")).items()
    }
    if not isinstance(private, Ed25519PrivateKey):
        raise Misconfigured("SANGGAR_CERTIFICATE_KEY holds no Ed25519 key")
    public = {kid: each for kid, each in known.items() if isinstance(each, Ed25519PublicKey)}
    return CertificateKeys(key["kid"], private, public)


def urlsafe(raw: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
