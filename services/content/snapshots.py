"""The state of what content owns, as its events carry it."""

from __future__ import annotations

from typing import Any

from shared.contracts.events.content import FILE_CHANGED, RESOURCE_PUBLISHED
from shared.messaging.snapshots import Source
from shared.mongo import Doc


def resource_state(doc: Doc) -> dict[str, Any]:
    """A resource as others see it: what its author changed since the last version is unseen until it is submitted."""
    unseen = doc["status"] in ("draft", "withdrawn") and doc["face"] is not None
    face = doc["face"] if unseen else doc
    return {
        "resource_id": doc["id"],
        "community_id": doc["community_id"],
        "author_id": doc["author_id"],
        "title": face["title"],
        "kind": face["kind"],
        "subject": face["subject"],
        "phase": face["phase"],
        "status": "published" if doc["listed"] and doc["status"] == "draft" else doc["status"],
        "version_number": doc["version_number"],
    }


def file_state(doc: Doc, *, removed: bool = False) -> dict[str, Any]:
    """A file without its name, which may tell more than its owner thought."""
    return {
        "file_id": doc["id"],
        "owner_id": doc["owner_id"],
        "content_type": doc["content_type"],
        "session_id": doc.get("session_id"),
        "status": "removed" if removed else "stored",
    }


SOURCES = (
    Source("resources", resource_state, RESOURCE_PUBLISHED),
    Source("files", file_state, FILE_CHANGED),
)
