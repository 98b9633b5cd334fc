"""Password hashes: argon2id (19 MiB, two passes, one lane), in a real thread."""

from __future__ import annotations

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from shared.messaging import offload

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hash_password(password: str) -> str:
    """The hash of a password, with its own salt; some 20 ms of one core."""
    hashed: str = offload(_HASHER.hash, password)
    return hashed


def is_right(hashed: str | None, password: str) -> bool:
    """Whether the password has this hash. Without a hash it takes as long, and is not."""
    return bool(offload(_verify, hashed or _nobodys(), password)) and hashed is not None


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
