"""Removing what is past its ``expires_at``, one stretch of time after another, so that no turn is long.

MongoDB expires documents by itself; the embedded database would read all of them for it (docs/decisions/0097).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from pymongo.database import Database

from shared import clock
from shared.messaging.lease import TABLE as LEASES
from shared.mongo import Doc

_STATE = "expiry"
_STRETCH = timedelta(minutes=1)
_MANY = 500
_MOST_STRETCHES = 60
# Some are over when they are written, or soon after: clocks differ, and what ends early is given an end of now.
_LOOK_BACK = timedelta(hours=1)


def expire(database: Database[Doc], tables: Iterable[str]) -> bool:
    """Remove what is over from these collections, each with an index on ``expires_at``. Returns whether more waits."""
    begun = clock.now()
    reached = (database[LEASES].find_one({"_id": _STATE}) or {}).get("reached", {})
    through = {table: _expire(database[table], reached.get(table), begun) for table in tables}
    database[LEASES].update_one(
        {"_id": _STATE}, {"$set": {f"reached.{table}": moment for table, moment in through.items()}}, upsert=True
    )
    return any(moment < begun for moment in through.values())


def _expire(collection: Any, reached: datetime | None, now: datetime) -> datetime:
    """Remove what is over, from where the last turn came to; returns how far this one came."""
    if reached is None:
        collection.delete_many({"expires_at": {"$gt": clock.EPOCH, "$lt": now}})
        return now
    low, stretch = reached - _LOOK_BACK, _STRETCH
    for _ in range(_MOST_STRETCHES):
        high = min(now, reached + stretch)
        gone = collection.delete_many({"expires_at": {"$gt": low, "$lt": high}}).deleted_count
        low, reached = high - timedelta(milliseconds=1), high
        if reached >= now:
            break
        stretch = stretch / 2 if gone > _MANY else stretch * 2
    return reached
