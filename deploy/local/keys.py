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
    """The files of the signing key, of the public keys that tokens are verified with, and of the key of codes."""

    signing: Path
    verify: Path
    code: Path


def keys_in(folder: Path) -> Keys:
    """The keys kept in ``folder``; those that are missing are made. A file that is there is never written again."""
    keys = Keys(folder / "signing.json", folder / "verify.json", folder / "code.key")
    if not keys.signing.exists():
        write_json(keys.signing, _new_signing_key())
    if not keys.verify.exists():
        write_json(keys.verify, _public_of(keys.signing))
    if not keys.code.exists():
        write_private(keys.code, secrets.token_hex(32) + "\n")
    return keys


def _new_signing_key() -> dict[str, str]:
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return {"kid": secrets.token_hex(4), "pem": pem.decode()}


def _public_of(signing: Path) -> dict[str, str]:
    key = json.loads(signing.read_text("utf-8"))
    private = load_pem_private_key(key["pem"].encode(), None)
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return {key["kid"]: public.decode()}
