"""What a zip archive says of itself, looked up before anything of it is unpacked."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import IO

from services.membership.domain.imports.sheets import Unreadable

# The list of an archive's parts is read as a whole; a workbook's has some ten.
MOST_LISTED = 500_000
# Where archives end: the record of their list, the same for large ones, and where these say how long the list is.
_ENDS = ((b"PK\x05\x06", 12, 4), (b"PK\x06\x06", 40, 8))
_TAIL = 66_000


def sizes_in(file: IO[bytes]) -> dict[str, int]:
    """What the parts of an archive unpack to, as its list says; no more than that is ever unpacked."""
    if _listed_in(file) > MOST_LISTED:
        raise Unreadable("file_unpacks_too_large")
    with zipfile.ZipFile(file) as archive:
        return {entry.filename: entry.file_size for entry in archive.infolist()}


def head_of(file: IO[bytes], part: str, length: int = 4096) -> bytes:
    """How a part of an archive begins; nothing of one that can't be unpacked."""
    try:
        with zipfile.ZipFile(file) as archive, archive.open(part) as unpacked:
            return unpacked.read(length)
    except (zipfile.BadZipFile, zlib.error, KeyError, NotImplementedError, RuntimeError, EOFError):
        return b""
    finally:
        file.seek(0)


def _listed_in(file: IO[bytes]) -> int:
    """How many bytes the list of an archive's parts takes."""
    file.seek(max(0, file.seek(0, io.SEEK_END) - _TAIL))
    tail = file.read()
    file.seek(0)
    places = ((tail.rfind(mark), at, size) for mark, at, size in _ENDS)
    lengths = (int.from_bytes(tail[end + at : end + at + size], "little") for end, at, size in places if end >= 0)
    return max(lengths, default=0)
