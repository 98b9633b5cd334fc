"""Forgetting what has had its time: pieces of files, failed logins, codes and sessions."""

from __future__ import annotations

from datetime import timedelta

from services.membership.store import MembershipStore
from shared import clock
from shared.messaging import SystemWork
from shared.mongo import Table

_BATCH = 200
_KEPT: tuple[tuple[Table, str, timedelta], ...] = (
    (MembershipStore.chunks, "updated_at", timedelta(days=1)),
    (MembershipStore.failures, "last_at", timedelta(hours=1)),
    (MembershipStore.activations, "expires_at", timedelta(0)),
    (MembershipStore.sessions, "expires_at", timedelta(days=1)),
)


def run_once(work: SystemWork) -> bool:
    """Remove some of what is over. Returns whether more of it waits."""
    more = False
    for table, moment, kept in _KEPT:
        old = work.system.find(table, {moment: {"$lt": clock.now() - kept}}, _BATCH)
        for doc in old:
            getattr(work.store(doc["district"]), _attribute(table)).delete(doc["id"])
        more = more or len(old) == _BATCH
    return more


def _attribute(table: Table) -> str:
    return next(name for name, declared in MembershipStore.tables().items() if declared is table)
