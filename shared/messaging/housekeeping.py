"""Housekeeping of the kernel's own collections: the event log's retention, and records past their time.

MongoDB expires records by itself; the embedded database only when asked, so both are asked here.
"""

from __future__ import annotations

from datetime import timedelta

from pymongo.database import Database

from shared import clock
from shared.messaging import idempotency, inbox
from shared.messaging.lease import TABLE as LEASES
from shared.messaging.relay import LEASE, LOG
from shared.messaging.unit_of_work import LANE, SystemWork
from shared.mongo import Doc

EVERY_SECONDS = 600.0
LOG_KEPT = timedelta(days=400)
_WINDOW = 500


def run_once(work: SystemWork) -> bool:
    """Expire what is past its time and trim one window of the log. Returns whether there is more to trim."""
    database = work.system.database
    for table in (inbox.INBOX, inbox.ATTEMPTS, idempotency.TABLE):
        database[table].delete_many({"expires_at": {"$gt": clock.EPOCH, "$lt": clock.now()}})
    return _trim(database)


def _trim(database: Database[Doc]) -> bool:
    """Forget the oldest window of the log if all of it is older than the log is kept and was published."""
    state = database[LEASES].find_one({"_id": LEASE}) or {}
    trimmed, published = int(state.get("trimmed_through", 0)), int(state.get("published_through", 0))
    through = trimmed + _WINDOW
    if through > published:
        return False
    last = database[LOG].find_one({"lane": LANE, "seq": through}, {"time": 1})
    if last is None or last["time"] > clock.now() - LOG_KEPT:
        return False
    # The border moves first: a reader behind it is told that its cursor expired, never shown a gap.
    database[LEASES].update_one({"_id": LEASE}, {"$max": {"trimmed_through": through}})
    database[LOG].delete_many({"lane": LANE, "seq": {"$gte": 0, "$lte": through}})
    return True
