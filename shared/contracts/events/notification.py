"""Events of notification: what could not be delivered."""

from marshmallow import fields

from shared.contracts.base import Contract, Event, identifier, text
from shared.contracts.events.personal import erasure_done, export_done


class DeliveryState(Contract):
    """One delivery that was given up; ``status`` is the last HTTP status, or ``null`` when there was no answer."""

    delivery_id = identifier(required=True)
    webhook_id = identifier(required=True)
    event_type = text(required=True)
    attempts = fields.Integer(required=True)
    status = fields.Integer(required=True, allow_none=True)


class WebhookState(Contract):
    """A webhook that was switched off because its receiver kept failing."""

    webhook_id = identifier(required=True)
    failures = fields.Integer(required=True)


class WebhookTest(Contract):
    """Nothing happened: an operator tries a webhook. Sent to that webhook alone, and not kept in the log."""

    webhook_id = identifier(required=True)


DELIVERY_FAILED = Event("notification.delivery_failed.v1", DeliveryState, "delivery", ("delivery_id",))
WEBHOOK_DISABLED = Event("notification.webhook_disabled.v1", WebhookState, "webhook", ("webhook_id",))
WEBHOOK_TESTED = Event("notification.webhook_tested.v1", WebhookTest, "webhook", ("webhook_id",))

PERSON_ERASURE_DONE = erasure_done("notification")
PERSON_EXPORT_DONE = export_done("notification")
