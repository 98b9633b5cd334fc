"""What content holds of a person (docs/decisions/0126).

What others read stays, by "Guru (dihapus)"; what nobody else was shown goes with its author.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from services.content.usecases.uploading import discard, remove_file
from shared.messaging import Work
from shared.mongo import Doc
from shared.personal import COPIES, IMPERSONAL_COPIES, Do, Forget, Holding, Personal, by, own


def _discard_uploads(work: Work, person_id: str, uploads: list[Doc]) -> None:
    for upload in uploads:
        if upload["file_id"] is None:
            discard(work, upload)
        else:
            work.store.uploads.delete(upload["id"])


def _erase_resources(work: Work, person_id: str, resources: list[Doc]) -> None:
    """A draft that was never handed in goes; what was is the community's too."""
    for resource in resources:
        if resource["submitted_at"] is None:
            work.store.resources.delete(resource["id"])


def _erase_files(work: Work, person_id: str, files: list[Doc]) -> None:
    """Files of resources that stay, and photos of minutes, lose the name that their owner gave them; the others go,
    with their bytes."""
    resources: dict[str, Any] = work.store.resources.get_many(
        file["resource_id"] for file in files if file["resource_id"] is not None
    )
    for file in files:
        if file["resource_id"] in resources or file.get("session_id") is not None:
            work.store.files.update(file["id"], set={"filename": "berkas" + PurePath(file["filename"]).suffix})
        else:
            remove_file(work, file)


PERSONAL = Personal(
    *COPIES,
    Holding(
        "uploads",
        by("owner_id"),
        Do(_discard_uploads),
        shows=("id", "filename", "length", "created_at"),
    ),
    Holding("quotas", own, Forget()),
    Holding(
        "resources",
        by("author_id"),
        Do(_erase_resources, why="works"),
        shows=("id", "community_id", "title", "kind", "subject", "phase", "text", "status", "file_ids", "created_at"),
    ),
    Holding(
        "files",
        by("owner_id"),
        Do(_erase_files, why="works"),
        shows=("id", "filename", "content_type", "size", "sha256", "created_at"),
    ),
    impersonal=(*IMPERSONAL_COPIES, "pieces", "previews", "versions", "shelf", "minutes"),
)
