"""What notification does when things happen elsewhere: it writes down whom to tell, and its jobs tell them."""

from __future__ import annotations

from datetime import timedelta

from services.notification.domain import announcements
from services.notification.usecases.announcing import announce
from services.notification.usecases.queueing import queue_for_webhooks
from shared.contracts.events.membership import MEMBER_JOINED
from shared.messaging import Received, Work

_OLD_NEWS = timedelta(days=1)

__all__ = ["announce_event", "queue_for_webhooks", "welcome"]


def announce_event(work: Work, event: Received) -> None:
    """Have everyone told whom it concerns."""
    kind = event.event.routing.removesuffix(".v1")
    announcement = announcements.of_event(kind, event.data, event.sequence)
    if announcement is not None:
        announce(work, announcement, event.time)


def welcome(work: Work, event: Received) -> None:
    """Have a new member, or a new officer, told of what happened since that its announcement could not tell them yet.

    The job looks for announcements after the membership is kept, and for members after the announcement is: of the two
    that arrive at the same time one always finds the other. A membership entered with a date of long ago brings no
    flood of old news.
    """
    joined = event.type == MEMBER_JOINED.type
    since = max(event.data["joined_at"], event.time - _OLD_NEWS) if joined else event.time
    work.store.fanouts.upsert(
        f"newcomer/{event.subject_id}/{event.sequence}",
        on_insert={
            "kind": "newcomer",
            "community_id": event.data["community_id"],
            "person_id": event.data["person_id"],
            "since": since,
            "as_member": joined,
        },
    )
    work.wake("fan_out")
