"""What notification does when things happen elsewhere: it writes down whom to tell, and its jobs tell them."""

from __future__ import annotations

from datetime import datetime, timedelta

from services.notification.domain import announcements
from services.notification.usecases.announcing import keep
from services.notification.usecases.queueing import queue_for_webhooks
from services.notification.usecases.webhooks import switch_off_webhooks_of
from shared.contracts.events.membership import MEMBER_JOINED, MEMBER_ROLE_CHANGED
from shared.messaging import Received, Work
from shared.mongo import Doc

__all__ = ["queue_for_webhooks", "shut_out", "tell"]

_OLD_NEWS = timedelta(days=1)


def tell(work: Work, event: Received) -> None:
    """Have everyone told whom the event concerns; and a new member or officer, of what happened before they were known.

    The job looks for announcements after the membership is kept, and for members after the announcement is: of the two
    that arrive at the same time one always finds the other.
    """
    rows = []
    kind = event.event.routing.removesuffix(".v1")
    for of in (announcements.of_event, announcements.of_membership):
        announcement = of(kind, event.data, event.sequence)
        if announcement is not None:
            kept = keep(work, announcement, event.time)
            rows.append({"kind": "announcement", "announcement_id": kept["id"]})
    if event.type in (MEMBER_JOINED.type, MEMBER_ROLE_CHANGED.type):
        rows.append(_newcomer(event))
    if rows:
        work.store.fanouts.insert_many(rows)
        work.wake("fan_out")


def shut_out(work: Work, event: Received) -> None:
    """An API client that was revoked is sent nothing any more, whatever it registered."""
    if event.data["disabled"]:
        switch_off_webhooks_of(work, event.data["person_id"])


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
