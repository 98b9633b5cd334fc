"""Password hashes: argon2id (19 MiB, two passes, one lane), in real threads, one for each processor.

libsodium makes them, since it uses what the processor has (docs/decisions/0190). They are written in the usual form of
argon2 (PHC string), which other libraries read as well.
"""

from __future__ import annotations

import os
import threading
from functools import lru_cache

from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id
from prometheus_client import Counter

from shared.messaging import offload

HASHES = Counter("sanggar_password_hashes_total", "Password hashes made, for whichever login.")
_PASSES = 2
_KIBIBYTES = 19 * 1024
_COST = f"$argon2id$v=19$m={_KIBIBYTES},t={_PASSES},p=1$"
# More at once would be no faster, and each takes 19 MiB.
_PLACES = threading.BoundedSemaphore(os.cpu_count() or 1)


def hash_password(password: str) -> str:
    """The hash of a password, with its own salt; some 10 ms of one core."""
    HASHES.inc()
    with _PLACES:
        hashed: str = offload(_hash, password)
    return hashed


def is_right(hashed: str | None, password: str) -> bool:
    """Whether the password has this hash. Without a hash it takes as much work, and is not."""
    HASHES.inc()
    with _PLACES:
        right = offload(_verify, hashed or _nobodys(), password)
    return bool(right) and hashed is not None


def is_dated(hashed: str) -> bool:
    """Whether the hash was made at another cost than today's."""
    return not hashed.startswith(_COST)


def _hash(password: str) -> str:
    return argon2id.str(password.encode(), opslimit=_PASSES, memlimit=_KIBIBYTES * 1024).decode()


def _verify(hashed: str, password: str) -> bool:
    try:
        return argon2id.verify(hashed.encode(), password.encode())
    except (CryptoError, ValueError):
        return False


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return _hash("nobody has this password")
