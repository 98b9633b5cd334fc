"""The keys of a platform on one machine, made at its first start."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from deploy.local.rundir import write_json, write_private


@dataclass(frozen=True)
class Keys:
    """The files of the signing key, of the public keys that tokens are verified with, of the key of codes, of the key
    of calendars' addresses, and of the key that signs certificates with the public ones that were ever used for it."""

    signing: Path
    verify: Path
    code: Path
    calendar: Path
    certificate: Path
    certificate_verify: Path

    @property
    def environment(self) -> dict[str, str]:
        """Where processes find the files."""
        return {
            "SANGGAR_VERIFY_KEYS": str(self.verify),
            "SANGGAR_SIGNING_KEY": str(self.signing),
            "SANGGAR_CODE_KEY": str(self.code),
            "SANGGAR_CALENDAR_KEY": str(self.calendar),
            "SANGGAR_CERTIFICATE_KEY": str(self.certificate),
            "SANGGAR_CERTIFICATE_VERIFY_KEYS": str(self.certificate_verify),
        }


def keys_in(folder: Path) -> Keys:
    """The keys kept in ``folder``; those that are missing are made. A file that is there is never written again."""
    keys = Keys(
        folder / "signing.json",
        folder / "verify.json",
        folder / "code.key",
        folder / "calendar.key",
        folder / "certificate.json",
        folder / "certificate_verify.json",
    )
    for private, public in ((keys.signing, keys.verify), (keys.certificate, keys.certificate_verify)):
        if not private.exists():
            write_json(private, _new_signing_key())
        if not public.exists():
            write_json(public, _public_of(private))
    for secret in (keys.code, keys.calendar):
        if not secret.exists():
            write_private(secret, secrets.token_hex(32) + "\n")
    return keys


def _new_signing_key() -> dict[str, str]:
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return {"kid": secrets.token_hex(4), "pem": pem.decode()}


def _public_of(signing: Path) -> dict[str, str]:
    key = json.loads(signing.read_text("utf-8"))
    private = load_pem_private_key(key["pem"].encode(), None)
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return {key["kid"]: public.decode()}
