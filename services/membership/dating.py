"""Dated facts that say something else from now on: what they said before is kept."""

from __future__ import annotations

from collections.abc import Sequence

from shared.messaging import Work
from shared.mongo import Doc

_ROLES = "roles"


def redate(work: Work, grant: Doc, since: str, until: str | None) -> Doc:
    """Other days for a role."""
    guard_roles(work)
    keep_wording(work, [grant])
    saved: Doc = work.store.roles.save({**grant, "valid_from": since, "valid_until": until})
    return saved


def guard_roles(work: Work) -> None:
    """Of two at once who give or end a role, one is decided after the other: both write this."""
    work.store.registers.upsert(_ROLES, inc={"changes": 1})


def keep_wording(work: Work, facts: Sequence[Doc]) -> None:
    """Keep what dated facts have said until now, and who made them say something else."""
    by = work.caller.person_id if work.caller is not None else None
    work.store.superseded.insert_many(
        [{"fact_id": fact["id"], "person_id": fact["person_id"], "said": _plain(fact), "by": by} for fact in facts]
    )


def _plain(fact: Doc) -> Doc:
    return {name: value for name, value in fact.items() if name not in ("id", "district", "person_id")}
