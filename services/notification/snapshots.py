"""The state of what notification owns, as its events carry it. Nobody keeps copies of it, so nothing is replayed."""

from __future__ import annotations

from typing import Any

from shared.messaging.snapshots import Source
from shared.mongo import Doc

SOURCES: tuple[Source, ...] = ()


def delivery_state(doc: Doc) -> dict[str, Any]:
    """A delivery that was given up."""
    return {
        "delivery_id": doc["id"],
        "webhook_id": doc["webhook_id"],
        "event_type": doc["event_type"],
        "attempts": doc["attempts"],
        "status": doc["last_status"],
    }


def webhook_state(doc: Doc, failures: int) -> dict[str, Any]:
    """A webhook that was switched off after so many deliveries in a row were given up."""
    return {"webhook_id": doc["id"], "failures": failures}
