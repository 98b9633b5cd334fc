"""Assignments: where somebody teaches, as dated facts (``dated.py``): one primary school at a time, no school twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.membership.domain import dated
from shared.errors import Conflict
from shared.ids import new_id

Assignment = Mapping[str, Any]


@dataclass(frozen=True)
class Move:
    """Those assignments that end, as they will be, and the one that begins."""

    ended: list[dict[str, Any]]
    begun: dict[str, Any]


def check_new(new: Assignment, present: Iterable[Assignment]) -> None:
    """Raises :class:`Conflict` when ``new`` would be a second primary school, or doubles one at the same school."""
    for other in present:
        if dated.overlap(new, other):
            if new["primary"] and other["primary"]:
                raise Conflict("membership.primary_overlaps", npsn=other["npsn"])
            if new["npsn"] == other["npsn"]:
                raise Conflict("membership.already_assigned", npsn=other["npsn"])


def current(assignments: Sequence[Assignment], today: str) -> list[Assignment]:
    """Those that count today, the primary one first."""
    now = [fact for fact in assignments if dated.holds(fact, today)]
    return sorted(now, key=lambda fact: (not fact["primary"], fact["valid_from"]))


def schools_from(assignments: Iterable[Assignment], day: str) -> set[str]:
    """The schools of that day, and those to come."""
    return {fact["npsn"] for fact in assignments if not (dated.is_empty(fact) or dated.is_over(fact, day))}


def draws(before: Assignment, after: Assignment) -> bool:
    """Whether a correction has somebody teach there on more days, or makes their own school another one."""
    return dated.adds_days(after, before) or bool(before["primary"] != after["primary"])


def primary_on(assignments: Iterable[Assignment], day: str) -> Assignment | None:
    """The primary one of that day."""
    return next((fact for fact in assignments if fact["primary"] and dated.holds(fact, day)), None)


def moved(
    assignments: Sequence[Assignment],
    person_id: str,
    npsn: str,
    *,
    day: str,
    duty: str | None,
) -> Move:
    """Another primary school from ``day`` on. The one before ends; other schools stay, but for a second post at the new
    one. Raises :class:`Conflict` when that is their primary school then, or a later primary one is on record."""
    before = primary_on(assignments, day)
    if before is not None and before["npsn"] == npsn:
        raise Conflict("membership.already_assigned", npsn=npsn)
    leaving = [fact for fact in current(assignments, day) if fact["primary"] or fact["npsn"] == npsn]
    begins = begun(person_id, npsn, primary=True, duty=duty, since=day)
    check_new(begins, [fact for fact in assignments if fact not in leaving])
    return Move([dated.ended(fact, day) for fact in leaving], begins)


def left(assignments: Iterable[Assignment], day: str) -> list[dict[str, Any]]:
    """Every assignment as it ends when somebody goes for good; those that were to begin later are taken back."""
    return [dated.ended(fact, day) for fact in assignments if not (dated.is_empty(fact) or dated.is_over(fact, day))]


def undone(
    assignments: Sequence[Assignment], begun_id: str | None, ended_before: Mapping[str, str | None], day: str
) -> list[dict[str, Any]]:
    """Those that a planned move or leaving on ``day`` wrote, as they are without it: the one that it began is taken
    back, those that it ended (with their ends before) go on, unless their ends were changed since.

    Raises :class:`Conflict` when other assignments have come in between.
    """
    last = dated.day_before(day)
    taken_back = [dated.ended(fact, fact["valid_from"]) for fact in assignments if fact["id"] == begun_id]
    reopened = [
        {**fact, "valid_until": ended_before[fact["id"]]}
        for fact in assignments
        if fact["id"] in ended_before and fact["valid_until"] == last
    ]
    changed = {fact["id"] for fact in (*taken_back, *reopened)}
    for at, fact in enumerate(reopened):
        check_new(fact, [*reopened[:at], *(other for other in assignments if other["id"] not in changed)])
    return [*taken_back, *reopened]


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


def post_of(assignment: Assignment) -> dict[str, Any]:
    """What a person's record keeps of a present assignment."""
    names = ("npsn", "primary", "duty", "grant_id")
    return {"assignment_id": assignment["id"], **{name: assignment[name] for name in names}}
