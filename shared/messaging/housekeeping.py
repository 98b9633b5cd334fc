"""Housekeeping of each service: the event log's retention, and records past their time (docs/decisions/0097)."""

from __future__ import annotations

from datetime import timedelta
from itertools import takewhile

from pymongo.database import Database

from shared import clock
from shared.messaging.expiry import expire
from shared.messaging.lease import TABLE as LEASES
from shared.messaging.relay import FORGOTTEN, LEASE, LOG, PLACES
from shared.messaging.schema import expiring_tables
from shared.messaging.unit_of_work import SystemWork
from shared.mongo import Doc, first

EVERY_SECONDS = 600.0
LOG_KEPT = timedelta(days=400)
_WINDOW = 500


def run_once(work: SystemWork) -> bool:
    """Expire what is past its time and trim one window of the log. Returns whether there is more to do."""
    database = work.system.database
    more = expire(database, expiring_tables(work.system.store_cls))
    return _trim(database) or more


def _trim(database: Database[Doc]) -> bool:
    """Forget what of the log is older than it is kept, and published: of each district by itself, at most a window."""
    state = database[LEASES].find_one({"_id": LEASE}) or {}
    published, forgotten = state.get("published_through", 0), state.get(FORGOTTEN, {})
    trimmed = [
        _trim_district(database, district, forgotten.get(district, 0), published) for district in state.get(PLACES, ())
    ]
    return any(trimmed)


def _trim_district(database: Database[Doc], district: str, forgotten: int, published: int) -> bool:
    def old(entry: Doc | None) -> bool:
        return entry is not None and entry["seq"] <= published and entry["time"] < clock.now() - LOG_KEPT

    oldest = {"district": district, "place": forgotten + 1}
    if not old(first(database, LOG, oldest)):
        return False
    window = {"district": district, "place": {"$gt": forgotten, "$lte": forgotten + _WINDOW}}
    entries = sorted(database[LOG].find(window, {"place": 1, "seq": 1, "time": 1}), key=lambda entry: entry["place"])
    through = [entry["place"] for entry in takewhile(old, entries)][-1]
    # The border moves first: a reader behind it is told that its cursor expired, never shown a gap.
    database[LEASES].update_one({"_id": LEASE}, {"$max": {f"{FORGOTTEN}.{district}": through}})
    database[LOG].delete_many({"district": district, "place": {"$gte": 0, "$lte": through}})
    return len(entries) == _WINDOW
