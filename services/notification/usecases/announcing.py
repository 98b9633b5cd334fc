"""Announcements: each thing that concerns a community is written down once."""

from __future__ import annotations

from datetime import datetime

from services.notification.domain.announcements import Announcement
from shared.messaging import Work
from shared.mongo import Doc


def keep(work: Work, announcement: Announcement, at: datetime) -> Doc:
    """The announcement as it stands in the store; made if it is not there yet. ``at`` is when the thing happened."""
    kept: Doc | None = work.store.announcements.get(announcement.id)
    if kept is None:
        kept = work.store.announcements.insert(
            {
                "id": announcement.id,
                "topic": announcement.topic,
                "community_id": announcement.community_id,
                "subject_kind": announcement.subject_kind,
                "subject_id": announcement.subject_id,
                "audience": announcement.audience,
                "person_id": announcement.person_id,
                "params": dict(announcement.params),
                "at": at,
            }
        )
    return kept
