"""Forgetting what has had its time: pieces of files, failed logins, codes and sessions."""

from __future__ import annotations

from services.membership.store import MembershipStore
from shared import clock
from shared.messaging import SystemWork


def run_once(work: SystemWork) -> None:
    """Remove what is over, district by district."""
    over = {"expires_at": {"$gt": clock.EPOCH, "$lt": clock.now()}}
    for district in work.system.walk(MembershipStore.districts):
        store: MembershipStore = work.store(district["id"])
        for table in (store.chunks, store.failures, store.activations, store.sessions):
            table.delete_where(over)
