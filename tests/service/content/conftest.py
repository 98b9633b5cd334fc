"""Content runs, and everybody around it is played."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest

from shared.contracts.base import Operation, read, write
from shared.contracts.content import (
    APPEND_CHUNK,
    APPROVE_RESOURCE,
    CREATE_UPLOAD,
    DRAFT_RESOURCE,
    READ_FILE,
    SUBMIT_RESOURCE,
)
from shared.ids import new_id
from shared.messaging.context import CallContext
from tests.support.ground import Cell
from tests.support.neighbours import Neighbours

PDF = b"%PDF-1.7\n" + hashlib.sha256(b"modul ajar").digest() * 100


class Around(Neighbours):
    """Those around content, who also send and fetch bytes."""

    def __init__(self, cell: Cell, district: str) -> None:
        super().__init__(cell, "content", district)
        self.system = cell.open("content")
        self.store = self.system.store(district)

    def __enter__(self) -> Around:
        return self

    def begin(self, who: str, length: int, filename: str = "modul.pdf", content_type: str = "application/pdf") -> str:
        """An upload that is announced; returns its id."""
        upload = self.ask(who, CREATE_UPLOAD, length=length, filename=filename, content_type=content_type)
        return str(upload["id"])

    def append(self, who: str, upload_id: str, offset: int, chunk: bytes, **more: Any) -> dict[str, Any]:
        """Send a chunk, as the gateway does: without an idempotency key."""
        order = {"upload_id": upload_id, "offset": offset, **more}
        answer = self._rpc.call(APPEND_CHUNK, order, self._context(who), body=chunk)
        return read(APPEND_CHUNK.gives, answer.data)

    def file(self, who: str, data: bytes = PDF, **about: Any) -> str:
        """A file, sent whole; returns its id."""
        upload_id = self.begin(who, len(data), **about)
        for offset in range(0, len(data), 256 * 1024):
            self.append(who, upload_id, offset, data[offset : offset + 256 * 1024])
        return upload_id

    def fetch(self, who: str | None, operation: Operation = READ_FILE, **order: Any) -> tuple[dict[str, Any], bytes]:
        """One piece of a file: what is said of it, and its bytes."""
        answer = self._rpc.call(operation, write(operation.takes, order), self._context(who))
        return read(operation.gives, answer.data), answer.body or b""

    def fetch_all(self, who: str, file_id: str) -> bytes:
        """A file's bytes, piece by piece."""
        data, offset = b"", 0
        while offset is not None:
            piece, raw = self.fetch(who, file_id=file_id, offset=offset)
            data, offset = data + raw, piece["next"]
        return data

    def draft(self, who: str, community_id: str, **changes: Any) -> dict[str, Any]:
        """A draft of the person's."""
        words = {"title": "Modul pecahan", "kind": "lesson_plan", "text": "# Pecahan\n\nMulai dari kue."}
        return self.ask(who, DRAFT_RESOURCE, community_id=community_id, **{**words, **changes})

    def publish(self, author: str, officer: str, community_id: str, **changes: Any) -> dict[str, Any]:
        """A resource, drafted, submitted and approved."""
        resource = self.draft(author, community_id, **changes)
        self.ask(author, SUBMIT_RESOURCE, resource_id=resource["id"])
        return self.ask(officer, APPROVE_RESOURCE, resource_id=resource["id"])

    def _context(self, who: str | None) -> CallContext:
        token = None if who is None else self._signer.issue(who, self.district, new_id())[0]
        return CallContext(new_id(), token=token)


@pytest.fixture(scope="module")
def content(module_cell: Cell) -> Iterator[Cell]:
    with module_cell.running("content"):
        yield module_cell


@pytest.fixture
def around(content: Cell, district: str) -> Iterator[Around]:
    with Around(content, district) as around:
        yield around


@pytest.fixture
def ketua(around: Around) -> str:
    return around.person("Ibu Ketua")


@pytest.fixture
def community(around: Around, ketua: str) -> str:
    return around.community(ketua)


@pytest.fixture
def author(around: Around, community: str) -> str:
    return around.member(community, around.person("Siti Aminah"))
