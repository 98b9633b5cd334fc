"""Telling the three kinds of failure apart: away, busy, and the rest (DESIGN 5, "Failures are of three kinds")."""

from __future__ import annotations

from typing import Any

import pymongo
from pymongo import MongoClient
from pymongo.errors import ConnectionFailure, OperationFailure, PyMongoError, WaitQueueTimeoutError

from shared.messaging.wire import WireLost
from shared.mongo import Raced

_WRITE_CONFLICT = 112
_NOT_NOW = {11600, 11602, 13435, 13436, 189, 91, 10107, 50, 262}


def reach(client: MongoClient[Any], within: float = 2.0) -> None:
    """Raise early when the database is known to be away, which costs nothing while it is not.

    Under ``pymongo.timeout`` the driver would look for a server until the deadline of the whole work.
    """
    if not client.topology_description.has_writable_server():
        with pymongo.timeout(within):
            client.admin.command("ping")


def is_away(error: BaseException) -> bool:
    """Whether something that the work needs cannot be reached: no fault of the work, so no attempt is spent."""
    if isinstance(error, (WireLost, ConnectionFailure, WaitQueueTimeoutError)):
        return True
    if isinstance(error, OperationFailure) and error.code in _NOT_NOW:
        return True
    return isinstance(error, PyMongoError) and bool(error.timeout)


def is_busy(error: BaseException) -> bool:
    """Whether another transaction was in the way: the same work, done again, will pass."""
    if isinstance(error, Raced):
        return True
    if isinstance(error, ConnectionFailure):
        return False
    if isinstance(error, OperationFailure) and error.code == _WRITE_CONFLICT:
        return True
    return isinstance(error, PyMongoError) and error.has_error_label("TransientTransactionError")
