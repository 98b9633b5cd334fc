"""Old imports are forgotten, with their rows: 90 days after they were handed in (docs/decisions/0097)."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from services.membership.store import MembershipStore
from shared import clock
from shared.contracts.membership import ROW_OUTCOMES
from shared.messaging import SystemWork, Work

KEPT = timedelta(days=90)
_IMPORTS = 20
_ROWS = 500


def forget_imports(work: SystemWork) -> bool:
    """Forget some rows of each old import. Returns whether there are more."""
    more = False
    for district in list(work.system.walk(MembershipStore.districts)):
        past = {"created_at": {"$gt": clock.EPOCH, "$lt": clock.now() - KEPT}}
        for old in work.store(district["id"]).imports.find(past, limit=_IMPORTS):
            more = work.run(district["id"], partial(_forget, import_id=old["id"])) or more
    return more


def _forget(work: Work, import_id: str) -> bool:
    """Forget the last of its rows, and with the first the import itself. Returns whether rows are left."""
    store: MembershipStore = work.store
    if store.import_jobs.get(import_id) is not None:
        return False
    kept = store.import_rows.count(import_id=import_id)
    border = max(0, kept - _ROWS)
    for outcome in ROW_OUTCOMES:
        store.import_rows.delete_where({"import_id": import_id, "outcome": outcome, "n": {"$gt": border, "$lte": kept}})
    if border:
        store.import_rows.recount(border, import_id=import_id)
        return True
    store.import_rows.recount(0, import_id=import_id)
    store.imports.delete(import_id)
    return False
