"""What rows of imports say of somebody who is erased: their own are emptied, others speak of them no more."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any

from services.membership.domain.imports import erased
from services.membership.importing.judging import counted, is_applied
from services.membership.store import MembershipStore
from shared.messaging import SystemWork, Work
from shared.mongo import Doc
from shared.personal import ERASED_NAME

_BATCH = 200


def forget_in_rows(work: SystemWork, district: str, person_id: str) -> int:
    """Look through all rows of the district's imports; returns how many spoke of the person."""
    person = work.store(district).people.get(person_id)
    if person is None:
        return 0
    store = work.store(district)
    found, batch = 0, []
    for row in work.system.walk(MembershipStore.import_rows, {"district": district}):
        if _is_theirs(store, row, person) or erased.without(row, person, ERASED_NAME):
            batch.append(row["id"])
        if len(batch) == _BATCH:
            found += work.run(district, partial(_forget, ids=batch, person=person))
            batch = []
    return found + work.run(district, partial(_forget, ids=batch, person=person))


def _is_theirs(store: Any, row: Doc, person: Doc) -> bool:
    """Whether the row is the person's. One of another on record is not, however like the two are."""
    if erased.has_number_of(row, person):
        return True
    return erased.is_like(row, person) and store.people.get(erased.subject_of(row)) is None


def _forget(work: Work, ids: list[str], person: Doc) -> int:
    rows = work.store.import_rows.get_many(ids)
    imports = work.store.imports.get_many(row["import_id"] for row in rows.values())
    counts = {id_: Counter(found["counts"]) for id_, found in imports.items()}
    for row in rows.values():
        found = imports[row["import_id"]]
        if _is_theirs(work.store, row, person):
            after = erased.emptied(row, applied=is_applied(row, found))
            work.store.import_rows.update(row["id"], set=after, unset=("first",))
        else:
            after = erased.without(row, person, ERASED_NAME)
            work.store.import_rows.update(row["id"], set=after)
        counts[found["id"]].subtract(counted(row))
        counts[found["id"]].update(counted({**row, **after}))
    for id_, found in imports.items():
        if counts[id_] != found["counts"]:
            work.store.imports.save({**found, "counts": dict(counts[id_])})
    return len(rows)
