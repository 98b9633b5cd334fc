"""Are the keys there, readable by their owner alone, and of one pair?"""

from __future__ import annotations

import json
import os
from collections.abc import Generator, Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from deploy.checks.finding import Finding, broken, good
from shared.settings import Settings

_NO_PATH = "set {name} to the path of the {what}, the same for all processes"


def check_keys(settings: Settings) -> Iterator[Finding]:
    """The public keys that every service verifies tokens with, the signing key and the key of activation codes."""
    public: dict[str, Ed25519PublicKey] = {}
    for file, name, what, secret in (
        (settings.verify_keys, "SANGGAR_VERIFY_KEYS", "public keys", False),
        (settings.signing_key, "SANGGAR_SIGNING_KEY", "signing key", True),
        (settings.code_key, "SANGGAR_CODE_KEY", "key of activation codes", True),
    ):
        trouble = _unreadable(file, name, what) or (_exposed(Path(file), what) if secret else None)
        if trouble is not None:
            yield trouble
        if not file or not os.access(file, os.R_OK):
            continue
        if name == "SANGGAR_VERIFY_KEYS":
            public = yield from _read_public(Path(file))
        elif name == "SANGGAR_SIGNING_KEY":
            yield from _check_pair(Path(file), public)
        elif trouble is None:
            yield good("keys", f"{what} present")


def _unreadable(file: str, name: str, what: str) -> Finding | None:
    if not file:
        return broken("keys", f"not configured: the {what}", _NO_PATH.format(name=name, what=what))
    if not Path(file).is_file():
        return broken(
            "keys", f"no {what} at {file}", "`make run` makes keys when they are missing; or restore the file"
        )
    if not os.access(file, os.R_OK):
        return broken(
            "keys", f"the {what} at {file} cannot be read", f"let the platform's user own it: chown ... {file}"
        )
    return None


def _exposed(file: Path, what: str) -> Finding | None:
    mode = file.stat().st_mode & 0o777
    if mode & 0o077:
        return broken("keys", f"the {what} can be read by others (mode {mode:o})", f"chmod 600 {file}")
    return None


def _read_public(file: Path) -> Generator[Finding, None, dict[str, Ed25519PublicKey]]:
    keys: dict[str, Ed25519PublicKey] = {}
    try:
        for kid, pem in json.loads(file.read_text("utf-8")).items():
            key = load_pem_public_key(pem.encode())
            if not isinstance(key, Ed25519PublicKey):
                raise ValueError(kid)
            keys[kid] = key
    except (ValueError, AttributeError):
        yield broken("keys", f"{file} holds no Ed25519 public keys", 'restore it; it reads {"<kid>": "<public PEM>"}')
        return keys
    yield good("keys", f"{len(keys)} public key(s): {', '.join(sorted(keys))}")
    return keys


def _check_pair(file: Path, public: dict[str, Ed25519PublicKey]) -> Iterator[Finding]:
    try:
        key = json.loads(file.read_text("utf-8"))
        private = load_pem_private_key(key["pem"].encode(), None)
        if not isinstance(private, Ed25519PrivateKey):
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError):
        yield broken("keys", f"{file} holds no Ed25519 signing key", 'restore it; it reads {"kid": ..., "pem": ...}')
        return
    known = public.get(key["kid"])
    if known is None:
        yield broken(
            "keys",
            f"nobody knows the signing key {key['kid']}",
            "add its public key to SANGGAR_VERIFY_KEYS and restart",
        )
    elif known.public_bytes_raw() != private.public_key().public_bytes_raw():
        yield broken(
            "keys", f"the public key {key['kid']} belongs to another signing key", "restore the pair, or make a new one"
        )
    else:
        yield good("keys", f"signing key {key['kid']} fits its public key")
