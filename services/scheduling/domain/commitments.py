"""Commitments: what the group undertakes for its pupils, until it is done or dropped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from shared.errors import Conflict, Invalid

OPEN = "open"
FURTHEST_DUE = timedelta(days=732)

_WORDS = ("title", "goal", "due_on", "owner_ids")


def check_due(due_on: str, today: date) -> None:
    """Raises :class:`Invalid` for a day that is over, or more than two years away."""
    if not today <= date.fromisoformat(due_on) <= today + FURTHEST_DUE:
        raise Invalid.field("due_on", "minutes.due_out_of_range")


def changed(before: Mapping[str, Any], order: Mapping[str, Any], person_id: str, now: datetime) -> dict[str, Any]:
    """The commitment after a change of its words, its status or both. Raises :class:`Conflict` for new words of one
    that is settled and stays so, :class:`Invalid` when it would be dropped without saying why."""
    after = {**before, **{name: order[name] for name in (*_WORDS, "status", "note") if name in order}}
    if before["status"] != OPEN != after["status"] and any(before[name] != after[name] for name in _WORDS):
        raise Conflict("minutes.commitment_settled")
    if after["status"] == "dropped" and not (after["note"] or "").strip():
        raise Invalid.field("note", "minutes.dropped_without_note")
    if after["status"] == OPEN:
        return {**after, "settled_by": None, "settled_at": None}
    if after["status"] != before["status"]:
        return {**after, "settled_by": person_id, "settled_at": now}
    return after
