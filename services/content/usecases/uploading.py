"""Uploads: announced, looked up, thrown away (tus 1.0: creation, expiration, termination)."""

from __future__ import annotations

from functools import partial
from typing import Any

from services.content.domain import uploads as rules
from services.content.snapshots import file_state
from services.content.store import ContentStore
from shared import clock
from shared.contracts.events.content import FILE_CHANGED
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
            "ended": False,
            "expires_at": work.now + rules.WAITS,
        }
    )
    return view(upload)


def get_upload(work: Work, order: dict[str, Any]) -> Doc:
    return view(own_upload(work, order["upload_id"]))


def delete_upload(work: Work, order: dict[str, Any]) -> None:
    """Throws an upload away; a file that it became stays as long as it waits to be attached, or is."""
    upload = own_upload(work, order["upload_id"])
    if upload["file_id"] is None:
        discard(work, upload)
    else:
        work.store.uploads.save({**upload, "ended": True})


def expire_uploads(work: SystemWork) -> bool:
    """Throws away what waited for its next chunk too long, and files that were never attached to anything. Returns
    whether there may be more."""
    more = False
    for district in list(work.system.walk(ContentStore.districts)):
        past = {"expires_at": {"$gt": clock.EPOCH, "$lt": clock.now()}}
        late = work.store(district["id"]).uploads.find(past, limit=_MOST_AT_ONCE)
        for upload in late:
            work.run(district["id"], partial(_expire, upload_id=upload["id"]))
        more = more or len(late) == _MOST_AT_ONCE
    return more


def own_upload(work: Work, upload_id: str) -> Doc:
    """The caller's upload. Raises :class:`NotFound` for anybody else's."""
    upload = work.store.uploads.get(upload_id)
    if upload is None or upload["owner_id"] != work.caller.person_id or upload.get("ended"):
        raise NotFound("content.no_upload")
    work.allow(person_id=upload["owner_id"])
    return upload


def piece_id(upload_id: str, number: int) -> str:
    return f"{upload_id}/{number}"


def view(upload: Doc) -> Doc:
    return {**upload, "offset": upload["received"]}


def _expire(work: Work, upload_id: str) -> None:
    upload = work.store.uploads.get(upload_id)
    if upload is None or upload["expires_at"] >= work.now:
        return
    if upload["file_id"] is None:
        discard(work, upload)
        return
    file = work.store.files.get(upload["file_id"])
    if file is not None and file["resource_id"] is None and file.get("session_id") is None:
        remove_file(work, file)
    work.store.uploads.delete(upload["id"])


def discard(work: Work, upload: Doc) -> None:
    """Remove an upload that became no file, and its bytes; what never arrived is given back to the quota."""
    _remove_pieces(work, upload)
    work.store.quotas.update(
        upload["owner_id"],
        inc={"bytes": -max(0, rules.charge(upload["length"]) - upload["received"])},
        where={"day": _day(upload["created_at"])},
    )
    work.store.uploads.delete(upload["id"])


def remove_file(work: Work, file: Doc) -> None:
    """Remove a file and its bytes; whoever keeps a copy of what files there are is told."""
    for number in rules.pieces(file["size"]):
        work.store.pieces.delete(piece_id(file["id"], number))
    work.store.files.delete(file["id"])
    work.emit(FILE_CHANGED, file_state(file, removed=True), clock.next_version(file["version"]))


def _remove_pieces(work: Work, upload: Doc) -> None:
    for number in rules.pieces(upload["received"]):
        work.store.pieces.delete(piece_id(upload["id"], number))


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
