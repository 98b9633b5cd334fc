"""Is anything on its way between the services?"""

from __future__ import annotations

from pymongo import MongoClient
from pymongo.database import Database

from deploy.checks.broker import queue_states
from shared.contracts.words import SERVICES
from shared.messaging import topology
from shared.messaging.lease import TABLE as LEASES
from shared.messaging.relay import LEASE, UNROUTABLE
from shared.messaging.unit_of_work import OUTBOX
from shared.mongo import Doc
from shared.settings import Settings


def is_published(database: Database[Doc]) -> bool:
    """Whether all that a service has committed is published."""
    if database[OUTBOX].find_one({}, {"_id": 1}) or database[UNROUTABLE].find_one({}, {"_id": 1}):
        return False
    lease = database[LEASES].find_one({"_id": LEASE}) or {}
    return bool(lease.get("last_seq", 0) == lease.get("published_through", 0))


def at_rest(client: MongoClient[Doc], settings: Settings) -> bool:
    """Whether everything is published and every inbox empty; what a service took and has not yet written is not seen.

    Cheap, unlike comparing all copies: what waits for the end of a large import should not slow it down.
    """
    if not all(is_published(client[settings.database(service)]) for service in SERVICES):
        return False
    queues = queue_states(settings)
    return not any(queues[topology.inbox_name(service)].ready for service in SERVICES)
