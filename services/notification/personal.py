"""What notification holds of a person (docs/decisions/0126)."""

from __future__ import annotations

from shared.messaging import Work
from shared.mongo import Doc
from shared.personal import COPIES, IMPERSONAL_COPIES, Do, Forget, Holding, Keep, Personal, by, by_sessions, own


def _forget_inbox(work: Work, person_id: str, notifications: list[Doc]) -> None:
    """In one go: there may be thousands."""
    work.store.notifications.delete_where({"person_id": person_id})


def _forget_deliveries(work: Work, person_id: str, deliveries: list[Doc]) -> None:
    """What webhooks have yet to be told of the person, or could not be told, in the words of that time."""
    for delivery in deliveries:
        work.store.retries.delete(delivery["id"])
        work.store.deliveries.delete(delivery["id"])


PERSONAL = Personal(
    *COPIES,
    Holding("rsvps", by_sessions, Keep("history")),
    Holding("notifications", by("person_id"), Do(_forget_inbox), shows=("announcement_id", "created_at")),
    Holding("mailboxes", own, Forget()),
    Holding("deliveries", by("person_id"), Do(_forget_deliveries)),
    impersonal=(
        *IMPERSONAL_COPIES,
        "sessions",
        "series",
        "announcements",
        "join_requests",
        "fanouts",
        "webhooks",
        "retries",
        "lanes",
    ),
)
