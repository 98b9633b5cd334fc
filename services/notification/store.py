"""What notification keeps: who was told of what, the webhooks, and its copies of others' records."""

from __future__ import annotations

from shared.contracts.events.membership import (
    JOIN_DECIDED,
    JOIN_REQUESTED,
    MEMBER_JOINED,
    MEMBER_LEFT,
    MEMBER_ROLE_CHANGED,
    ROLE_CHANGED,
)
from shared.contracts.events.scheduling import (
    RSVP_CHANGED,
    SERIES_CHANGED,
    SESSION_CANCELLED,
    SESSION_RESCHEDULED,
    SESSION_SCHEDULED,
)
from shared.mongo import Copy, Index, Table
from shared.standing import StandingStore


class NotificationStore(StandingStore):
    """Notification's tables.

    An announcement's id is made of what it announces, a notification's is derived from announcement and recipient:
    being told twice is a primary key taken (docs/decisions/0052). What was read is not in the notification but, as
    ranges of ``n``, in the mailbox of its person. A ``fanout`` is work to be done, a ``retry`` a failed delivery's
    next turn; a lane, with the id of its webhook, says how far its deliveries have come (``reached``, one's ``n``).
    """

    members = Copy(
        "members",
        MEMBER_JOINED,
        MEMBER_LEFT,
        MEMBER_ROLE_CHANGED,
        Index("community_id", "person_id"),
        Index("community_id", "role"),
        Index("person_id"),
    )
    roles = Copy("roles", ROLE_CHANGED, Index("person_id"), Index("role", "scope_id"))
    join_requests = Copy("join_requests", JOIN_REQUESTED, JOIN_DECIDED)
    sessions = Copy(
        "sessions", SESSION_SCHEDULED, SESSION_RESCHEDULED, SESSION_CANCELLED, Index("community_id", "starts_at")
    )
    rsvps = Copy("rsvps", RSVP_CHANGED)
    series = Copy("series", SERIES_CHANGED, Index("community_id", "status"))

    announcements = Table("announcements", Index("community_id", "audience", "at"))
    fanouts = Table("fanouts")
    notifications = Table("notifications", Index("person_id", "n"), numbered_by=("person_id",))
    mailboxes = Table("mailboxes")

    webhooks = Table("webhooks", Index("n"), Index("updated_at", skips=True), numbered_by=())
    # ``person_id`` stands only in those that may name a person, so that they can be erased.
    deliveries = Table("deliveries", Index("webhook_id", "n"), Index("person_id"), numbered_by=("webhook_id",))
    retries = Table("retries", Index("webhook_id", "due_at"))
    lanes = Table("lanes")
