"""Old deliveries are thrown away: after 30 days, or with their webhook."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from services.notification.store import NotificationStore
from shared.messaging import SystemWork, Work

KEPT = timedelta(days=30)
_AT_ONCE = 100


def sweep_deliveries(work: SystemWork) -> bool:
    """Sweep a little in each lane. Returns whether there may be more."""
    lanes = list(work.system.walk(NotificationStore.lanes))
    more = [work.run(lane["district"], partial(_sweep, webhook_id=lane["id"])) for lane in lanes]
    return any(more)


def _sweep(work: Work, webhook_id: str) -> bool:
    lane = work.store.lanes.get(webhook_id)
    if lane is None:
        return False
    orphaned = work.store.webhooks.get(webhook_id) is None
    swept = lane["swept"]
    found = work.store.deliveries.find(
        {"webhook_id": webhook_id, "n": {"$gt": swept, "$lte": swept + _AT_ONCE}}, limit=_AT_ONCE
    )
    old = [delivery for delivery in found if orphaned or delivery["created_at"] < work.now - KEPT]
    for delivery in old:
        work.store.retries.delete(delivery["id"])
        work.store.deliveries.delete(delivery["id"])
    if orphaned and not found:
        work.store.lanes.delete(webhook_id)
    elif old:
        swept = max(delivery["n"] for delivery in old)
        # What was never sent is gone too: the next one in line comes after it.
        work.store.lanes.update(webhook_id, set={"swept": swept, "reached": max(lane["reached"], swept)})
    return len(old) == _AT_ONCE
