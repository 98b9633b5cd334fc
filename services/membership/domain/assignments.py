"""Assignments: where somebody teaches, as dated facts. Days are ``YYYY-MM-DD``; both ends belong to the time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from shared.errors import Conflict, Invalid
from shared.ids import new_id

Assignment = Mapping[str, Any]


def check_days(valid_from: str, valid_until: str | None) -> None:
    """Raises :class:`Invalid` when the last day comes before the first."""
    if valid_until is not None and valid_until < valid_from:
        raise Invalid.field("until", "membership.until_before_from")


def overlap(one: Assignment, other: Assignment) -> bool:
    """Whether two assignments share a day. One that ended before it began was taken back and has none."""
    if _is_empty(one) or _is_empty(other):
        return False
    return not (_ends_before(one, other) or _ends_before(other, one))


def check_new(new: Assignment, present: Iterable[Assignment]) -> None:
    """Raises :class:`Conflict` when ``new`` would be a second primary school, or doubles one at the same school."""
    for other in present:
        if overlap(new, other):
            if new["primary"] and other["primary"]:
                raise Conflict("membership.primary_overlaps", npsn=other["npsn"])
            if new["npsn"] == other["npsn"]:
                raise Conflict("membership.already_assigned", npsn=other["npsn"])


def current(assignments: Sequence[Assignment], today: str) -> list[Assignment]:
    """Those that count today, the primary one first."""
    open_ones = [fact for fact in assignments if fact["valid_from"] <= today]
    now = [fact for fact in open_ones if fact["valid_until"] is None or fact["valid_until"] >= today]
    return sorted(now, key=lambda fact: (not fact["primary"], fact["valid_from"]))


def begun(
    person_id: str, npsn: str, *, primary: bool, duty: str | None, since: str, until: str | None = None
) -> dict[str, Any]:
    """A new assignment; ``grant_id`` names the role that comes and goes with it."""
    return {
        "id": new_id(),
        "person_id": person_id,
        "npsn": npsn,
        "primary": primary,
        "duty": duty,
        "valid_from": since,
        "valid_until": until,
        "grant_id": None,
    }


def ended(fact: Assignment, day: str) -> dict[str, Any]:
    """The dated fact with its last day the one before ``day``."""
    before = (date.fromisoformat(day) - timedelta(days=1)).isoformat()
    return {**fact, "valid_until": before}


def post_of(assignment: Assignment) -> dict[str, Any]:
    """What a person's record keeps of a present assignment."""
    names = ("npsn", "primary", "duty", "grant_id")
    return {"assignment_id": assignment["id"], **{name: assignment[name] for name in names}}


def _is_empty(one: Assignment) -> bool:
    return one["valid_until"] is not None and bool(one["valid_until"] < one["valid_from"])


def _ends_before(one: Assignment, other: Assignment) -> bool:
    return one["valid_until"] is not None and bool(one["valid_until"] < other["valid_from"])
