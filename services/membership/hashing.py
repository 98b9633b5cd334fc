"""Password hashes: argon2id (19 MiB, two passes, one lane), in real threads, one for each processor."""

from __future__ import annotations

import os
import threading
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from prometheus_client import Counter

from shared.messaging import offload

HASHES = Counter("sanggar_password_hashes_total", "Password hashes made, for whichever login.")
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# More at once would be no faster, and each takes 19 MiB.
_PLACES = threading.BoundedSemaphore(os.cpu_count() or 1)


def hash_password(password: str) -> str:
    """The hash of a password, with its own salt; some 20 ms of one core."""
    HASHES.inc()
    with _PLACES:
        hashed: str = offload(_HASHER.hash, password)
    return hashed


def is_right(hashed: str | None, password: str) -> bool:
    """Whether the password has this hash. Without a hash it takes as much work, and is not."""
    HASHES.inc()
    with _PLACES:
        right = offload(_verify, hashed or _nobodys(), password)
    return bool(right) and hashed is not None


def is_dated(hashed: str) -> bool:
    """Whether the hash was made at another cost than today's."""
    return _HASHER.check_needs_rehash(hashed)


def _verify(hashed: str, password: str) -> bool:
    try:
        return _HASHER.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return _HASHER.hash("nobody has this password")
