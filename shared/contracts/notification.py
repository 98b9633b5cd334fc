"""What notification answers to: the inbox and webhooks (API.md, "Notification and events")."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from shared.contracts.base import (
    Audited,
    Command,
    Contract,
    Followed,
    PageRequest,
    Query,
    Versioned,
    flag,
    identifier,
    moment,
    one_of,
    page_of,
    text,
)
from shared.contracts.events import received_by
from shared.ids import is_id

MOST_READ_AT_ONCE = 200
TOPICS = (
    "session_scheduled",
    "session_rescheduled",
    "session_cancelled",
    "session_due",
    "seat_given",
    "series_changed",
    "resource_submitted",
    "resource_published",
    "resource_returned",
    "cycle_opened",
    "cycle_advanced",
    "member_joined",
    "added_to_community",
    "community_merged",
    "join_requested",
    "join_decided",
    "community_proposed",
    "proposal_decided",
    "assignment_letter_requested",
    "assignment_letter_decided",
    "assignment_letter_affected",
    "certificate_issued",
    "certificate_revoked",
    "decree_ending",
    "term_ending",
    "minutes_approved",
    "commitment_made",
    "commitment_settled",
)
WEBHOOK_STATUSES = ("active", "disabled")
DELIVERY_STATUSES = ("queued", "delivered", "retrying", "given_up")
WEBHOOK_SCOPES = ("people:read",)


# --- inbox --------------------------------------------------------------------------------------------------------


class InboxFilter(PageRequest):
    """The caller's inbox, the newest first; with ``unread`` what is not read yet."""

    unread = flag(load_default=False)


class NotificationSubject(Contract):
    """What a notification is about: ``path`` is where to read it."""

    kind = text(required=True)
    id = text(required=True)
    path = text(500, required=True)


class NotificationView(Contract):
    """One thing that the reader was told of.

    ``title`` and ``body`` are in the reader's language, with times in the zone of the meeting. They speak of the
    present: a meeting that was moved is shown at its new time. ``at`` is when the thing happened (UTC).
    ``community_id`` is ``null`` for what concerns no community yet.
    """

    id = identifier(required=True)
    topic = one_of(*TOPICS, required=True)
    title = fields.String(required=True)
    body = fields.String(required=True)
    subject = fields.Nested(NotificationSubject, required=True)
    community_id = identifier(required=True, allow_none=True)
    at = moment(required=True)
    read = flag(required=True)


class UnreadCount(Contract):
    """How many notifications the caller has not read."""

    unread = fields.Integer(required=True)


def _up_to(value: str) -> None:
    try:
        if not is_id(value) and datetime.fromisoformat(value).tzinfo is None:
            raise ValidationError("notification.not_a_place")
    except ValueError:
        raise ValidationError("notification.not_a_place") from None


class MarkRead(Contract):
    """Which of the caller's notifications were read: these ``ids``, or all ``until`` one: a notification's id (all that
    arrived up to it, and itself) or a moment (all that happened before it, and what arrived earlier than those)."""

    ids = fields.List(identifier(), validate=validate.Length(1, MOST_READ_AT_ONCE))
    until = fields.String(validate=_up_to)

    @validates_schema
    def _one_of_both(self, data: dict[str, Any], **kwargs: Any) -> None:
        if ("ids" in data) == ("until" in data):
            raise ValidationError("notification.ids_or_until", "ids")


LIST_NOTIFICATIONS = Query("notification.list_notifications", takes=InboxFilter, gives=page_of(NotificationView))
COUNT_UNREAD = Query("notification.count_unread", gives=UnreadCount)
MARK_READ = Command("notification.mark_read", takes=MarkRead, gives=UnreadCount)


# --- webhooks -----------------------------------------------------------------------------------------------------


def _events(**kwargs: Any) -> fields.List[Any]:
    """Event types, each written in full; there is no ``*``, so that a new type never surprises a receiver."""
    known = frozenset(event.type for event in received_by("notification"))
    return fields.List(
        fields.String(validate=validate.OneOf(known, error="notification.unknown_event")),
        validate=validate.Length(1, len(known)),
        **kwargs,
    )


def _scopes(**kwargs: Any) -> fields.List[Any]:
    return fields.List(one_of(*WEBHOOK_SCOPES), validate=validate.Length(max=len(WEBHOOK_SCOPES)), **kwargs)


def _url(**kwargs: Any) -> fields.Url:
    return fields.Url(
        schemes={"http", "https"},
        require_tld=False,
        validate=validate.Length(max=500),
        error_messages={"invalid": "notification.not_a_url"},
        **kwargs,
    )


class RegisterWebhook(Contract):
    """Has the events of these types sent to ``url`` (https), signed after Standard Webhooks.

    The body is the CloudEvent. Without the scope ``people:read`` it lacks personal fields (names, contacts).
    """

    url = _url(required=True)
    events = _events(required=True)
    description = text(required=True)
    scopes = _scopes(load_default=list)


class WebhookId(Contract):
    """One webhook."""

    webhook_id = identifier(required=True)


class ChangeWebhook(Versioned):
    """Changes what is given and leaves the rest. ``status: active`` switches a disabled one on again: what waited for
    it is sent then."""

    webhook_id = identifier(required=True)
    url = _url()
    events = _events()
    description = text()
    scopes = _scopes()
    status = one_of(*WEBHOOK_STATUSES)


class WebhookView(Contract):
    """A webhook. ``previous_secret_until`` is how long the secret before the last rotation is still signed with.

    ``client_id`` is the id of the API client that registered it, ``schools`` are those whose events alone it is sent.
    """

    id = identifier(required=True)
    url = fields.String(required=True)
    events = fields.List(fields.String(), required=True)
    description = text(required=True)
    scopes = fields.List(fields.String(), required=True)
    status = one_of(*WEBHOOK_STATUSES, required=True)
    previous_secret_until = moment(required=True, allow_none=True)
    client_id = identifier(allow_none=True)
    schools = fields.List(fields.String())
    version = fields.Integer(required=True)
    created_at = moment(required=True)
    updated_at = moment(required=True)


class WebhookWithSecret(WebhookView):
    """A webhook and its secret (``whsec_...``), which is shown this once."""

    secret = fields.String(required=True)


class DeliveryFilter(PageRequest):
    """The deliveries of one webhook, the newest first."""

    webhook_id = identifier(required=True)


class DeliveryId(WebhookId):
    """One delivery of a webhook."""

    delivery_id = identifier(required=True)


class DeliveryView(Contract):
    """One event on its way to one webhook.

    ``last_status`` is the HTTP status last answered, ``last_error`` why there was none: ``address`` (not one that may
    be called), ``connect``, ``tls``, ``timeout`` or ``broken``.
    """

    id = identifier(required=True)
    webhook_id = identifier(required=True)
    event_id = identifier(required=True)
    event_type = fields.String(required=True)
    status = one_of(*DELIVERY_STATUSES, required=True)
    attempts = fields.Integer(required=True)
    last_status = fields.Integer(required=True, allow_none=True)
    last_error = fields.String(required=True, allow_none=True)
    next_attempt_at = moment(required=True, allow_none=True)
    delivered_at = moment(required=True, allow_none=True)
    created_at = moment(required=True)


_READ, _WRITE = "webhooks:read", "webhooks:write"

REGISTER_WEBHOOK = Command(
    "notification.register_webhook",
    takes=RegisterWebhook,
    gives=WebhookWithSecret,
    secret=True,
    scope=_WRITE,
    audited=Audited("webhook", values=("events", "scopes", "status")),
)
LIST_WEBHOOKS = Query("notification.list_webhooks", takes=Followed, gives=page_of(WebhookView), scope=_READ)
GET_WEBHOOK = Query("notification.get_webhook", takes=WebhookId, gives=WebhookView, scope=_READ)
CHANGE_WEBHOOK = Command(
    "notification.change_webhook",
    takes=ChangeWebhook,
    gives=WebhookView,
    scope=_WRITE,
    audited=Audited("webhook", values=("events", "scopes", "status")),
)
DELETE_WEBHOOK = Command("notification.delete_webhook", takes=WebhookId, scope=_WRITE, audited=Audited("webhook"))
ROTATE_SECRET = Command(
    "notification.rotate_secret",
    takes=WebhookId,
    gives=WebhookWithSecret,
    secret=True,
    scope=_WRITE,
    audited=Audited("webhook"),
)
TEST_WEBHOOK = Command("notification.test_webhook", takes=WebhookId, gives=DeliveryView, scope=_WRITE)
LIST_DELIVERIES = Query("notification.list_deliveries", takes=DeliveryFilter, gives=page_of(DeliveryView), scope=_READ)
RETRY_DELIVERY = Command("notification.retry_delivery", takes=DeliveryId, gives=DeliveryView, scope=_WRITE)
