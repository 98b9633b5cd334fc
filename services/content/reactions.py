"""What content does when things happen elsewhere.

The photos that the minutes of a meeting name are kept, and shown to the community's members. Scheduling says who
attached each file; only the owner's own counts (docs/decisions/0152).
"""

from __future__ import annotations

from services.content.domain.uploads import UNATTACHED
from services.content.snapshots import file_state
from services.content.usecases import previews
from shared.contracts.events.content import FILE_CHANGED
from shared.messaging import Received, Work
from shared.mongo import Doc

_MOST_PHOTOS = 100


def follow_minutes(work: Work, event: Received) -> None:
    """Attach the photos that the newest minutes of a meeting name, and let go of those that they name no more."""
    session_id = event.data["session_id"]
    minutes = work.store.minutes.require(session_id)
    wanted = {photo["file_id"]: photo["attached_by"] for photo in minutes["photos"]}
    held = {file["id"]: file for file in work.store.files.find({"session_id": session_id}, limit=_MOST_PHOTOS)}
    for id_, file in work.store.files.get_many(wanted.keys() - held.keys()).items():
        if file["owner_id"] == wanted[id_] and file.get("session_id") is None and _is_image(file):
            _bind(work, file, session_id)
            previews.want(work, file)
    for id_ in held.keys() - wanted.keys():
        _bind(work, held[id_], None)
        previews.forget(work, held[id_])
        _wait_again(work, held[id_])


def _is_image(file: Doc) -> bool:
    return str(file["content_type"]).startswith("image/")


def _bind(work: Work, file: Doc, session_id: str | None) -> None:
    file = work.store.files.save({**file, "session_id": session_id})
    work.emit(FILE_CHANGED, file_state(file), file["version"])


def _wait_again(work: Work, file: Doc) -> None:
    """What was taken out is its owner's alone, and goes after a week unless it is attached to something again."""
    upload = work.store.uploads.get(file["id"])
    until = work.now + UNATTACHED
    if upload is not None:
        work.store.uploads.save({**upload, "expires_at": until})
        return
    work.store.uploads.insert(
        {
            "id": file["id"],
            **{name: file[name] for name in ("owner_id", "filename")},
            "declared_type": file["content_type"],
            "found_type": file["content_type"],
            "length": file["size"],
            "received": file["size"],
            "file_id": file["id"],
            "ended": True,
            "expires_at": until,
        }
    )
