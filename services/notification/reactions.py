"""What notification does when things happen elsewhere: it writes down whom to tell, and its jobs tell them."""

from __future__ import annotations

from datetime import datetime, timedelta

from services.notification.domain import announcements
from services.notification.usecases.announcing import keep
from services.notification.usecases.queueing import queue_for_webhooks
from shared.contracts.events.membership import MEMBER_JOINED, MEMBER_ROLE_CHANGED
from shared.messaging import Received, Work
from shared.mongo import Doc

__all__ = ["queue_for_webhooks", "tell"]

_OLD_NEWS = timedelta(days=1)


def tell(work: Work, event: Received) -> None:
    """Have everyone told whom the event concerns; and a new member or officer, of what happened before they were known.

    The job looks for announcements after the membership is kept, and for members after the announcement is: of the two
    that arrive at the same time one always finds the other.
    """
    rows = []
    announcement = announcements.of_event(event.event.routing.removesuffix(".v1"), event.data, event.sequence)
    if announcement is not None:
        kept = keep(work, announcement, event.time)
        rows.append({"kind": "announcement", "announcement_id": kept["id"]})
    if event.type in (MEMBER_JOINED.type, MEMBER_ROLE_CHANGED.type):
        rows.append(_newcomer(event))
    if rows:
        work.store.fanouts.insert_many(rows)
        work.wake("fan_out")


def _newcomer(event: Received) -> Doc:
    joined = event.type == MEMBER_JOINED.type
    return {
        "kind": "newcomer",
        "community_id": event.data["community_id"],
        "person_id": event.data["person_id"],
        "since": _joined_at(event) if joined else event.time,
        "as_member": joined,
    }


def _joined_at(event: Received) -> datetime:
    """A membership that was entered with a date of long ago brings no flood of old news."""
    joined_at: datetime = event.data["joined_at"]
    return max(joined_at, event.time - _OLD_NEWS)
