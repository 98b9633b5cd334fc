"""Minutes: written together, revision by revision, and approved by somebody who did not write them alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.errors import Conflict, Forbidden, Invalid

CONTENT = ("sections", "decisions", "done_differently", "photos", "photo_consent")
APPROVED = "approved"
DRAFT = "draft"


def check_photos(photos: Sequence[Mapping[str, Any]], consent: bool) -> None:
    """Raises :class:`Invalid` for photos without the consent of those who are in them, and for one attached twice."""
    if photos and not consent:
        raise Invalid.field("photo_consent", "minutes.photo_consent_missing")
    ids = [photo["file_id"] for photo in photos]
    for place, id_ in enumerate(ids):
        if id_ in ids[:place]:
            raise Invalid.field(f"photos.{place}.file_id", "minutes.photo_twice")


def check_attachable(file_id: str, file: Mapping[str, Any] | None, session_id: str, person_id: str) -> None:
    """Raises :class:`Invalid` unless this is a picture of the person's own that belongs to no other meeting."""
    if (
        file is None
        or file["status"] != "stored"
        or file["owner_id"] != person_id
        or file["session_id"] not in (None, session_id)
    ):
        raise Invalid.field("photos", "minutes.unknown_photo", id=file_id)
    if not file["content_type"].startswith("image/"):
        raise Invalid.field("photos", "minutes.not_a_photo", id=file_id)


def written(before: Mapping[str, Any] | None, order: Mapping[str, Any], person_id: str) -> dict[str, Any] | None:
    """What minutes hold once somebody saves this: their next revision, to be approved (again). ``None`` when nothing
    is new. Each photo keeps who attached it."""
    attached = {photo["file_id"]: photo["attached_by"] for photo in before["photos"]} if before else {}
    content = {name: order[name] for name in CONTENT}
    content["photos"] = [
        {**photo, "attached_by": attached.get(photo["file_id"], person_id)} for photo in order["photos"]
    ]
    if before is not None and all(content[name] == before[name] for name in CONTENT):
        return None
    revision = 1 if before is None else before["revision"] + 1
    return {
        **content,
        "status": DRAFT,
        "revision": revision,
        "saved_by": person_id,
        "approved_by": None,
        "approved_at": None,
    }


def approved(
    minutes: Mapping[str, Any], revision: int | None, person_id: str, other_officers: Collection[str], now: datetime
) -> dict[str, Any]:
    """The minutes, approved. Raises :class:`Conflict` when they are, when they say nothing, when another revision than
    ``revision`` is the latest; :class:`Forbidden` for whoever saved that one though there are other officers who could
    look at it (four eyes)."""
    if minutes["status"] == APPROVED:
        raise Conflict("minutes.already_approved")
    if revision is not None and revision != minutes["revision"]:
        raise Conflict("minutes.changed_meanwhile", revision=minutes["revision"])
    if not (minutes["sections"] or minutes["decisions"] or minutes["done_differently"].strip()):
        raise Conflict("minutes.empty")
    if minutes["saved_by"] == person_id and other_officers:
        raise Forbidden("minutes.four_eyes")
    return {**minutes, "status": APPROVED, "approved_by": person_id, "approved_at": now}


def reopened(minutes: Mapping[str, Any]) -> dict[str, Any]:
    """Approved minutes as a draft again: the meeting they are about took another time."""
    return {**minutes, "status": DRAFT, "approved_by": None, "approved_at": None}


def check_begun(starts_at: datetime, now: datetime) -> None:
    """Raises :class:`Conflict` while the session has not begun: nothing can be said yet of what came of it."""
    if now < starts_at:
        raise Conflict("minutes.not_begun")
