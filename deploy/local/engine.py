# SPDX-License-Identifier: GPL-3.0-or-later
"""The embedded database's own process: SecantusDB, with pages that may grow large in memory (docs/decisions/0084), and
with what it does for every document again and again done faster (docs/decisions/0191).

Run, never imported: what it imports is under the GPL, and so is this file, alone of all (docs/decisions/0011).
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from functools import lru_cache, wraps
from typing import Any

import bson
import wiredtiger
from secantus import storage
from secantus.cli import main
from wiredtiger import swig_wiredtiger
from wiredtiger.intpacking import pack_int, unpack_int

_PAGES = "memory_page_max=1GB"
_slow_pack: Callable[..., bytes] = swig_wiredtiger.pack
_slow_unpack: Callable[..., list[Any]] = swig_wiredtiger.unpack
# How many strings a table's format begins with, and what follows them. Nearly all tables are of these.
_SHAPES = {fmt: (fmt.count("S"), fmt.lstrip("S")) for fmt in ("u", "q", "S", "SS", "SSS", "SSu", "SSq", "SSSu")}


def _with_large_pages(create: Any) -> Any:
    def created(session: Any, name: str, config: str | None = None) -> Any:
        return create(session, name, f"{config},{_PAGES}" if config else _PAGES)

    return created


def pack(fmt: str, *values: Any) -> bytes:
    """As WiredTiger's own, which reads the format letter by letter each time."""
    if fmt not in _SHAPES:
        return _slow_pack(fmt, *values)
    count, tail = _SHAPES[fmt]
    strings = values[:count]
    if not all(type(each) is str and "\0" not in each for each in strings):
        return _slow_pack(fmt, *values)
    packed = "".join(each + "\0" for each in strings).encode()
    if tail == "u" and type(values[-1]) is not bytes:
        return _slow_pack(fmt, *values)
    if tail:
        packed += values[-1] if tail == "u" else pack_int(values[-1])
    return packed


def unpack(fmt: str, packed: bytes | None) -> list[Any]:
    """As WiredTiger's own; see :func:`pack`."""
    if fmt not in _SHAPES or packed is None:
        return _slow_unpack(fmt, packed)
    count, tail = _SHAPES[fmt]
    *strings, rest = packed.split(b"\0", count)
    values: list[Any] = [each.decode() for each in strings]
    if tail:
        values.append(rest if tail == "u" else unpack_int(rest)[0])
    return values


@lru_cache(maxsize=4096)
def _decoded(payload: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    decoded = bson.decode(payload)
    return decoded.get("key", {}), decoded.get("options", {})


def iter_indexes(self: Any, db: str, coll: str) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """As SecantusDB's own, which decodes each index of a collection anew several times a document.

    It still reads all of them each time, in the transaction of whoever asks.
    """
    cursor = self._cursor(storage._IDX_TABLE)
    cursor.set_key(db, coll, "")
    near = cursor.search_near()
    more = near != wiredtiger.WT_NOTFOUND and (near >= 0 or cursor.next() == 0)
    while more:
        key = cursor.get_key()
        if key[:2] != [db, coll]:
            return
        spec, options = _decoded(bytes(cursor.get_value()))
        yield key[2], dict(spec), dict(options)
        more = cursor.next() == 0


_chunk = threading.local()


def _keeping_options(insert_chunk: Any) -> Any:
    """An insert reads what the collection's indexes are like once, not three times a document."""

    @wraps(insert_chunk)
    def kept(*args: Any, **named: Any) -> Any:
        _chunk.options = {}
        try:
            return insert_chunk(*args, **named)
        finally:
            _chunk.options = None

    return kept


def _options_of_the_chunk(read: Any) -> Any:
    def options(self: Any, db: str, coll: str) -> Any:
        kept = getattr(_chunk, "options", None)
        if kept is None:
            return read(self, db, coll)
        if (db, coll) not in kept:
            kept[db, coll] = read(self, db, coll)
        return kept[db, coll]

    return options


def _hasten() -> None:
    swig_wiredtiger.pack, swig_wiredtiger.unpack = pack, unpack
    kind = storage.Storage
    kind._iter_indexes = iter_indexes
    kind._index_options_map = _options_of_the_chunk(kind._index_options_map)
    # Within its retries: who tries again reads again.
    kind._insert_chunk = storage._retry_write_conflicts(_keeping_options(kind._insert_chunk.__wrapped__))


if __name__ == "__main__":
    wiredtiger.Session.create = _with_large_pages(wiredtiger.Session.create)
    _hasten()
    sys.exit(main())
