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

# A path, the variable that names it, and what it holds.
_File = tuple[str, str, str]

_SECRETS = Path("/run/secrets")
_NO_PATH = "set {name} to the path of the {what}, the same for all processes"


def check_keys(settings: Settings) -> Iterator[Finding]:
    """The pairs that sign and verify tokens and certificates, and the keys of activation codes and calendars."""
    yield from _check_pair_files(
        (settings.verify_keys, "SANGGAR_VERIFY_KEYS", "public keys"),
        (settings.signing_key, "SANGGAR_SIGNING_KEY", "signing key"),
    )
    yield from _check_pair_files(
        (settings.certificate_verify_keys, "SANGGAR_CERTIFICATE_VERIFY_KEYS", "public keys of certificates"),
        (settings.certificate_key, "SANGGAR_CERTIFICATE_KEY", "signing key of certificates"),
    )
    for file, name, what in (
        (settings.code_key, "SANGGAR_CODE_KEY", "key of activation codes"),
        (settings.calendar_key, "SANGGAR_CALENDAR_KEY", "key of calendars"),
    ):
        yield _unreadable(file, name, what) or _exposed(Path(file), what) or good("keys", f"{what} present")


def _check_pair_files(public: _File, private: _File) -> Iterator[Finding]:
    known: dict[str, Ed25519PublicKey] = {}
    trouble = _unreadable(*public)
    if trouble is None:
        known = yield from _read_public(Path(public[0]))
    else:
        yield trouble
    file, name, what = private
    trouble = _unreadable(file, name, what)
    if trouble is not None:
        yield trouble
        return
    exposed = _exposed(Path(file), what)
    if exposed is not None:
        yield exposed
    yield from _check_pair(Path(file), known, public[1])


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
    # In a container only its own process is there to read it, under a user that the file's owner does not know.
    if mode & 0o077 and not file.is_relative_to(_SECRETS):
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


def _check_pair(file: Path, public: dict[str, Ed25519PublicKey], published_by: str) -> Iterator[Finding]:
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
            f"add its public key to {published_by} and restart",
        )
    elif known.public_bytes_raw() != private.public_key().public_bytes_raw():
        yield broken(
            "keys", f"the public key {key['kid']} belongs to another signing key", "restore the pair, or make a new one"
        )
    else:
        yield good("keys", f"signing key {key['kid']} fits its public key")
