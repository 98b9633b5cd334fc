"""The next chunk of an upload; with the last one the upload becomes a file."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from services.content import filetypes
from services.content.domain import uploads as rules
from services.content.snapshots import file_state
from services.content.usecases.uploading import own_upload, piece_id, view
from shared.contracts.events.content import FILE_CHANGED
from shared.errors import Conflict
from shared.messaging import Work
from shared.mongo import Doc


def append_chunk(work: Work, order: dict[str, Any]) -> Doc:
    upload = own_upload(work, order["upload_id"])
    rules.check_digest(work.body, order["checksum"])
    if not rules.check_place(order["offset"], len(work.body), upload["received"], upload["length"]):
        _check_same(work, upload, order["offset"])
        return view(upload)
    for number, start, part in rules.split(order["offset"], work.body):
        _keep(work, upload["id"], number, start, part)
    upload["received"] += len(work.body)
    upload["expires_at"] = work.now + rules.WAITS
    if upload["found_type"] is None and upload["received"] >= min(rules.PIECE, upload["length"]):
        upload["found_type"] = filetypes.identify(_piece(work, upload["id"], 0), upload["declared_type"])
    if upload["received"] == upload["length"] and upload["file_id"] is None:
        upload["file_id"] = _finish(work, upload)["id"]
        upload["expires_at"] = work.now + rules.UNATTACHED
    return view(work.store.uploads.save(upload))


def _finish(work: Work, upload: Doc) -> Doc:
    digest = hashlib.sha256()
    for number in rules.pieces(upload["length"]):
        digest.update(_piece(work, upload["id"], number))
    file = work.store.files.insert(
        {
            "id": upload["id"],
            "owner_id": upload["owner_id"],
            "filename": upload["filename"],
            "content_type": upload["found_type"],
            "size": upload["length"],
            "sha256": digest.hexdigest(),
            "resource_id": None,
            "session_id": None,
            "published": False,
            "link_key": secrets.token_bytes(32),
        }
    )
    work.emit(FILE_CHANGED, file_state(file), file["version"])
    return file


def _keep(work: Work, upload_id: str, number: int, start: int, part: bytes) -> None:
    id_ = piece_id(upload_id, number)
    if start == 0:
        work.store.pieces.insert({"id": id_, "data": part})
    else:
        piece = work.store.pieces.require(id_)
        work.store.pieces.save({**piece, "data": piece["data"] + part})


def _piece(work: Work, upload_id: str, number: int) -> bytes:
    return bytes(work.store.pieces.require(piece_id(upload_id, number))["data"])


def _check_same(work: Work, upload: Doc, offset: int) -> None:
    """A chunk may be sent again, but not another in its place. Raises :class:`Conflict`."""
    for number, start, part in rules.split(offset, work.body):
        if _piece(work, upload["id"], number)[start : start + len(part)] != part:
            raise Conflict("content.wrong_offset", offset=upload["received"])
