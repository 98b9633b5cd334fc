"""Whom a row means among the people on record (docs/decisions/0035, 0100).

NUPTK first, then NIP, then a phone with a like name, then the same name at the same school. What is only similar is
left for a person to decide: two people are never made one silently.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.membership.domain import names
from services.membership.domain.imports.rows import Problem, Record, text

MOST_CANDIDATES = 10
_NUMBERS = ("nuptk", "nip")
_MARKS = ("nuptk", "nip", "phone", "email")


@dataclass(frozen=True)
class Recognised:
    """The person whom a row surely means, or the ``doubt`` about it with those who come into question, or neither:
    then nobody on record is meant. A ``guess`` rests on names alone."""

    person: Record | None = None
    doubt: Problem | None = None
    candidates: Sequence[Record] = ()
    guess: bool = False


NOBODY = Recognised()


def recognise(values: Mapping[str, Any], candidates: Sequence[Record]) -> Recognised:
    """Whom a row with these ``values`` means; without ``npsn`` it says nothing of a school."""
    return _by_number(values, candidates) or _by_phone_or_name(values, candidates) or _by_likeness(values, candidates)


def _by_number(values: Mapping[str, Any], candidates: Sequence[Record]) -> Recognised | None:
    for what in _NUMBERS:
        owners = [person for person in candidates if values[what] and person[what] == values[what]]
        for person in owners:
            if _near(values, person) and (what == "nuptk" or not _differ(values, person, "nuptk")):
                return Recognised(person)
        if owners:
            named = text(f"{what}_of_another", name=owners[0]["name"])
            return _doubt(Problem(what, named, text("suggest_check")), owners)
    return None


def _by_phone_or_name(values: Mapping[str, Any], candidates: Sequence[Record]) -> Recognised | None:
    name = values["name"]
    open_ones = [person for person in candidates if not _differ(values, person, "nuptk")]
    sharing = [p for p in open_ones if values["phone"] and p["phone"] == values["phone"]]
    by_phone = [p for p in sharing if names.alike(name, p["name"]) or names.similar(name, p["name"])]
    here = [p for p in open_ones if _teaches_there(values, p) and not _differ(values, p, "nip")]
    by_name = [p for p in here if names.core(p["name"]) == names.core(name)]
    for matches in (by_phone, by_name):
        if len(matches) == 1:
            return Recognised(matches[0])
        if matches:
            several = text("several_match", count=len(matches))
            return _doubt(Problem("name", several, text("suggest_tell_apart")), matches)
    return None


def _by_likeness(values: Mapping[str, Any], candidates: Sequence[Record]) -> Recognised:
    """Those of a similar name at the same school, and those of the same full name elsewhere, whom nothing tells apart
    from the row's person."""
    name, core = values["name"], names.core(values["name"])
    close = [p for p in candidates if _teaches_there(values, p) and not _any_differs(values, p, _NUMBERS)]
    similar = [p for p in close if names.similar(name, p["name"])]
    full = " " in core
    same = [p for p in candidates if full and names.core(p["name"]) == core and not _any_differs(values, p, _MARKS)]
    if similar:
        problem = Problem("name", text("similar_name", name=similar[0]["name"]), text("suggest_decide"))
        return _doubt(problem, [*similar, *(person for person in same if person not in similar)], guess=True)
    if same:
        problem = Problem("name", text("same_name_elsewhere", name=same[0]["name"]), text("suggest_decide"))
        return _doubt(problem, same, guess=True)
    return NOBODY


def _doubt(problem: Problem, candidates: Sequence[Record], *, guess: bool = False) -> Recognised:
    return Recognised(None, problem, tuple(candidates)[:MOST_CANDIDATES], guess)


def _near(values: Mapping[str, Any], person: Record) -> bool:
    name = values["name"]
    return _teaches_there(values, person) or names.alike(name, person["name"]) or names.similar(name, person["name"])


def _teaches_there(values: Mapping[str, Any], person: Record) -> bool:
    return values["npsn"] is not None and values["npsn"] in person["schools"]


def _any_differs(values: Mapping[str, Any], person: Record, whats: Sequence[str]) -> bool:
    return any(_differ(values, person, what) for what in whats)


def _differ(values: Mapping[str, Any], person: Record, what: str) -> bool:
    return bool(values.get(what) and person[what] and values[what] != person[what])
