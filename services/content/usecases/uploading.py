"""Uploads: announced, looked up, thrown away (tus 1.0: creation, expiration, termination)."""

from __future__ import annotations

from functools import partial
from typing import Any

from services.content.domain import uploads as rules
from services.content.store import ContentStore
from shared import clock
from shared.errors import NotFound
from shared.messaging import SystemWork, Work
from shared.mongo import Doc

_MOST_AT_ONCE = 50


def create_upload(work: Work, order: dict[str, Any]) -> Doc:
    work.allow()
    rules.check_length(order["length"])
    _spend(work, order["length"])
    upload = work.store.uploads.insert(
        {
            "owner_id": work.caller.person_id,
            "filename": _base_name(order["filename"]),
            "declared_type": order["content_type"],
            "found_type": None,
            "length": order["length"],
            "received": 0,
            "file_id": None,
            "expires_at": work.now + rules.WAITS,
        }
    )
    return view(upload)


def get_upload(work: Work, order: dict[str, Any]) -> Doc:
    return view(own_upload(work, order["upload_id"]))


def delete_upload(work: Work, order: dict[str, Any]) -> None:
    """Throws an upload away; a file that it became stays."""
    discard(work, own_upload(work, order["upload_id"]))


def expire_uploads(work: SystemWork) -> bool:
    """Throws away what waited for its next chunk too long. Returns whether there may be more."""
    late = work.system.find(ContentStore.uploads, {"expires_at": {"$lt": clock.now()}}, _MOST_AT_ONCE)
    for upload in late:
        work.run(upload["district"], partial(_expire, upload_id=upload["id"]))
    return len(late) == _MOST_AT_ONCE


def own_upload(work: Work, upload_id: str) -> Doc:
    """The caller's upload. Raises :class:`NotFound` for anybody else's."""
    upload = work.store.uploads.get(upload_id)
    if upload is None or upload["owner_id"] != work.caller.person_id:
        raise NotFound("content.no_upload")
    work.allow(person_id=upload["owner_id"])
    return upload


def discard(work: Work, upload: Doc) -> None:
    """Remove an upload; when it became no file, its bytes too, and what never arrived is given back to the quota."""
    if upload["file_id"] is None:
        for number in rules.pieces(upload["received"]):
            work.store.pieces.delete(piece_id(upload["id"], number))
        work.store.quotas.update(
            upload["owner_id"],
            inc={"bytes": -max(0, rules.charge(upload["length"]) - upload["received"])},
            where={"day": _day(upload["created_at"])},
        )
    work.store.uploads.delete(upload["id"])


def piece_id(upload_id: str, number: int) -> str:
    return f"{upload_id}/{number}"


def view(upload: Doc) -> Doc:
    return {**upload, "offset": upload["received"]}


def _expire(work: Work, upload_id: str) -> None:
    upload = work.store.uploads.get(upload_id)
    if upload is not None and upload["expires_at"] < work.now:
        discard(work, upload)


def _spend(work: Work, length: int) -> None:
    quota = work.store.quotas.get(work.caller.person_id)
    today = _day(work.now)
    used = quota["bytes"] if quota is not None and quota["day"] == today else 0
    work.store.quotas.upsert(work.caller.person_id, set={"day": today, "bytes": rules.spend(used, length, work.now)})


def _day(moment: Any) -> str:
    return str(moment.date().isoformat())


def _base_name(filename: str) -> str:
    """The name without the folders that some senders put before it."""
    return filename.replace("\\", "/").rstrip("/").rpartition("/")[2] or "file"
