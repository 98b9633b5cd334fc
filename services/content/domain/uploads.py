"""Rules of uploads: how chunks become pieces, what a person may send in a day, how long an upload waits."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta

from shared.errors import Conflict, Invalid, TooLarge, TooMany

PIECE = 256 * 1024
LARGEST_FILE = 50 * 1024 * 1024
DAILY_QUOTA = 500 * 1024 * 1024
LEAST_CHARGE = 64 * 1024
WAITS = timedelta(hours=24)
# So long a file waits to be attached to something.
UNATTACHED = timedelta(days=7)

_DIGESTS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}


def check_length(length: int) -> None:
    """Raises :class:`TooLarge` for a file of more than 50 MB."""
    if length > LARGEST_FILE:
        raise TooLarge("content.file_too_large", megabytes=LARGEST_FILE // 1024**2)


def charge(length: int) -> int:
    """What an upload of ``length`` bytes takes of the quota; small ones count as 64 kB, which bounds their number."""
    return max(length, LEAST_CHARGE)


def spend(used: int, length: int, now: datetime) -> int:
    """What of the quota is used once this upload is announced. A day is one in UTC. Raises :class:`TooMany`."""
    after = used + charge(length)
    if after > DAILY_QUOTA:
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        raise TooMany("content.quota", retry_after=(midnight - now).total_seconds(), megabytes=DAILY_QUOTA // 1024**2)
    return after


def check_place(offset: int, size: int, received: int, length: int) -> bool:
    """Whether a chunk is the next one; ``False`` when all of it arrived before.

    Raises :class:`Conflict` for one that leaves a gap or arrived in part, :class:`Invalid` for one beyond the end.
    """
    if offset + size > length:
        raise Invalid.field("offset", "content.beyond_the_end", length=length)
    if offset == received:
        return True
    if offset + size <= received:
        return False
    raise Conflict("content.wrong_offset", offset=received)


def check_digest(data: bytes, checksum: str | None) -> None:
    """Raises :class:`Invalid` when the chunk is not what its sender summed up (tus 1.0, checksum extension)."""
    if checksum is None:
        return
    algorithm, _, digest = checksum.partition(" ")
    if algorithm not in _DIGESTS:
        raise Invalid.field("checksum", "content.unknown_checksum")
    try:
        expected = base64.b64decode(digest, validate=True)
    except binascii.Error:
        raise Invalid.field("checksum", "content.unknown_checksum") from None
    if _DIGESTS[algorithm](data).digest() != expected:
        raise Invalid.field("checksum", "content.checksum_differs")


def split(offset: int, data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """The pieces that a chunk fills: number, where in the piece it begins, bytes."""
    at = 0
    while at < len(data):
        number, start = divmod(offset + at, PIECE)
        part = data[at : at + PIECE - start]
        yield number, start, part
        at += len(part)


def pieces(length: int) -> range:
    """The numbers of the pieces that ``length`` bytes are kept in."""
    return range(-(-length // PIECE))
