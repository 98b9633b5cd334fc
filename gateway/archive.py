"""A person's data as one archive: a zip that is made while it is sent, of JSON, a page to read, and their files."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import PurePath
from typing import Any

from flask import render_template

from shared.errors import Text
from shared.texts import exists, render

# What a phone can fetch before its token is too old; larger collections are fetched file by file.
MOST_OF_FILES = 100 * 1024 * 1024

Entry = tuple[str, Iterable[bytes]]
Part = dict[str, Any]


def entries(parts: Sequence[Part], language: str, read_file: Callable[[str], Iterable[bytes]]) -> Iterator[Entry]:
    """The archive's files in their order; ``read_file(id)`` gives an uploaded file's bytes, in pieces."""
    taken, left = _files(parts)
    yield "index.html", [_page(parts, language, bool(taken), left).encode()]
    for part in parts:
        text = json.dumps(part, ensure_ascii=False, indent=2)
        yield f"data/{part['service']}.json", [text.encode()]
    for file in taken:
        yield f"files/{file['id']}-{PurePath(file['filename']).name}", read_file(file["id"])


def stream(of: Iterable[Entry]) -> Iterator[bytes]:
    """The zip, piece by piece, never more of it in memory than a piece of a file."""
    buffer = _Buffer()
    unseekable: Any = buffer
    with zipfile.ZipFile(unseekable, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, pieces in of:
            with archive.open(name, "w", force_zip64=True) as member:
                for piece in pieces:
                    member.write(piece)
                    yield buffer.take()
    yield buffer.take()


class _Buffer:
    """What was written and not yet taken; it cannot be wound back, and says so by having no ``tell``."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, data: bytes) -> int:
        self._written += data
        return len(data)

    def flush(self) -> None:
        """There is nothing behind it."""

    def take(self) -> bytes:
        taken = bytes(self._written)
        self._written.clear()
        return taken


def _files(parts: Sequence[Part]) -> tuple[list[Any], list[Any]]:
    """The files that come along, and those that there is no room for."""
    found = [
        file
        for part in parts
        if part["service"] == "content"
        for section in part["sections"]
        if section["name"] == "files"
        for file in section["items"]
    ]
    taken: list[Any] = []
    left: list[Any] = []
    size = 0
    for file in found:
        size += file["size"]
        (taken if size <= MOST_OF_FILES else left).append(file)
    return taken, left


def _page(parts: Sequence[Part], language: str, with_files: bool, left: Sequence[Any]) -> str:
    def say(name: str, **params: Any) -> str:
        return render(Text(f"personal.{name}", params), language)

    def label(field: str) -> str:
        return say(f"field_{field}") if exists(f"personal.field_{field}") else field.replace("_", " ")

    def value(given: Any) -> str:
        if isinstance(given, bool):
            return say("yes" if given else "no")
        if isinstance(given, list):
            return ", ".join(value(each) for each in given)
        return "" if given is None else str(given)

    return render_template(
        "my_data.html",
        language=language,
        parts=parts,
        say=say,
        label=label,
        value=value,
        with_files=with_files,
        left=", ".join(file["filename"] for file in left),
    )
