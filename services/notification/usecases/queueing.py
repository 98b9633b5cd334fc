"""Webhooks hear of an event: a delivery is written down for each that asked for its type."""

from __future__ import annotations

import json
from typing import Any

from services.notification.domain.derived import derived_id
from services.notification.domain.webhooks import MOST_WEBHOOKS
from shared.messaging import Received, Work
from shared.mongo import Doc
from shared.reach import Reach


def queue_for_webhooks(work: Work, event: Received) -> None:
    """Costs one read for a whole batch of events when nobody asked for them."""
    told = (event.event, event.data)
    asking = [webhook for webhook in _active(work) if event.type in webhook["events"]]
    wanting = [webhook for webhook in asking if Reach(work.store, webhook["schools"], work.now).events([told])[0]]
    for webhook in wanting:
        queue(work, webhook, event.as_cloudevent(), personal=event.event.personal)
    if wanting:
        work.wake("deliveries")


def queue(work: Work, webhook: Doc, cloudevent: dict[str, Any], personal: tuple[str, ...] = ()) -> Doc:
    """Write down a delivery; its body is from here on exactly what is sent, however often.

    The fields ``personal`` of the data are left out unless the webhook may see them.
    """
    hidden = () if "people:read" in webhook["scopes"] else personal
    shown = {**cloudevent, "data": {name: value for name, value in cloudevent["data"].items() if name not in hidden}}
    delivery: Doc = work.store.deliveries.insert(
        {
            "id": derived_id(work.now, webhook["id"], cloudevent["id"]),
            "webhook_id": webhook["id"],
            "event_id": cloudevent["id"],
            "event_type": cloudevent["type"],
            "body": json.dumps(shown, ensure_ascii=False, separators=(",", ":")),
            "status": "queued",
            "attempts": 0,
            "last_status": None,
            "last_error": None,
            "next_attempt_at": work.now,
            "delivered_at": None,
            **({"person_id": shown["data"]["person_id"]} if personal else {}),
        }
    )
    return delivery


def _active(work: Work) -> list[Doc]:
    key = ("webhooks", work.district)
    if key not in work.memo:
        webhooks = work.store.webhooks.find({}, limit=MOST_WEBHOOKS)
        work.memo[key] = [webhook for webhook in webhooks if webhook["status"] == "active"]
    found: list[Doc] = work.memo[key]
    return found
