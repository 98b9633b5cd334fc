"""Announcements: each thing that concerns a community is written down once."""

from __future__ import annotations

from datetime import datetime

from services.notification.domain.announcements import Announcement
from shared.messaging import Work
from shared.mongo import Doc


def announce(work: Work, announcement: Announcement, at: datetime) -> None:
    """Write the announcement down and have its audience told, by the ``fan_out`` job."""
    keep(work, announcement, at)
    work.store.fanouts.upsert(announcement.id, on_insert={"kind": "announcement", "announcement_id": announcement.id})
    work.wake("fan_out")


def keep(work: Work, announcement: Announcement, at: datetime) -> Doc:
    """The announcement as it stands in the store; made if it is not there yet. ``at`` is when the thing happened."""
    work.store.announcements.upsert(
        announcement.id,
        on_insert={
            "topic": announcement.topic,
            "community_id": announcement.community_id,
            "subject_kind": announcement.subject_kind,
            "subject_id": announcement.subject_id,
            "audience": announcement.audience,
            "person_id": announcement.person_id,
            "params": dict(announcement.params),
            "at": at,
        },
    )
    kept: Doc = work.store.announcements.require(announcement.id)
    return kept
