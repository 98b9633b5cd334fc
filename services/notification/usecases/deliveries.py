"""Deliveries as their operator sees them: listed, tried again, tried out."""

from __future__ import annotations

from typing import Any

from services.notification.usecases.queueing import queue
from services.notification.usecases.webhooks import asked, restart_lane
from shared.contracts.events.notification import WEBHOOK_TESTED
from shared.errors import Conflict, NotFound
from shared.ids import new_id
from shared.messaging import Work
from shared.messaging.envelope import cloudevent, plain_data
from shared.mongo import Doc


def list_deliveries(work: Work, order: dict[str, Any]) -> Doc:
    webhook = asked(work, order)
    page: Doc = work.store.deliveries.page({"webhook_id": webhook["id"]}, order, newest_first=True).as_dict()
    return page


def retry_delivery(work: Work, order: dict[str, Any]) -> Doc:
    """Sends it at once, also when it was given up; when that fails too, it is given up again."""
    webhook = _active(work, order)
    delivery = work.store.deliveries.get(order["delivery_id"])
    if delivery is None or delivery["webhook_id"] != webhook["id"]:
        raise NotFound("notification.no_delivery")
    if delivery["status"] == "delivered":
        raise Conflict("notification.already_delivered")
    restart_lane(work, webhook["id"])
    if delivery["status"] == "queued":
        return dict(delivery)
    work.store.retries.upsert(delivery["id"], set={"webhook_id": webhook["id"], "due_at": work.now})
    again: Doc = work.store.deliveries.save({**delivery, "status": "retrying", "next_attempt_at": work.now})
    return again


def test_webhook(work: Work, order: dict[str, Any]) -> Doc:
    """Sends an event of a type of its own to this webhook alone."""
    webhook = _active(work, order)
    data = plain_data(WEBHOOK_TESTED, {"webhook_id": webhook["id"]})
    event = cloudevent(
        {
            "_id": new_id(),
            "type": WEBHOOK_TESTED.type,
            "subject": WEBHOOK_TESTED.subject_of(data),
            "time": work.now,
            "data": data,
            "district": work.district,
            "sequence": webhook["version"],
            "correlation_id": work.correlation_id,
            "actor": work.caller.person_id,
        }
    )
    restart_lane(work, webhook["id"])
    return queue(work, webhook, event)


def _active(work: Work, order: dict[str, Any]) -> Doc:
    webhook = asked(work, order)
    if webhook["status"] != "active":
        raise Conflict("notification.webhook_is_off")
    return webhook
