"""Rows of imports once somebody is erased: which are theirs, and what others say of them (docs/decisions/0126)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.membership.domain import names
from services.membership.domain.imports.rows import ENDED, REJECTED, UNCHANGED, Record

Row = Mapping[str, Any]
_NUMBERS = ("nuptk", "nip")
_CONTACTS = ("phone", "email")
_UNDONE = {UNCHANGED: UNCHANGED, ENDED: UNCHANGED}


def subject_of(row: Row) -> str:
    """The id of the person whom a row means; of a member's row what stands behind the community's."""
    return str(row["subject_id"] or "").rpartition("/")[2]


def has_number_of(row: Row, person: Record) -> bool:
    """Whether the row is this person's by its id or a number that nobody else has."""
    return subject_of(row) == person["id"] or _shares(row["values"], person, _NUMBERS)


def is_like(row: Row, person: Record) -> bool:
    """Whether a row that nobody else has may be this person's: by a contact or the name, unless a number differs."""
    return _means({"name": row["name"], **row["values"]}, person)


def emptied(row: Row, *, applied: bool) -> dict[str, Any]:
    """What is left of the person's own row: what became of it. What was not applied must not be: it would bring them
    back."""
    outcome = row["outcome"] if applied else _UNDONE.get(row["outcome"], REJECTED)
    problem = {"column": None, "text": ["personal.row_erased", {}], "suggestion": None}
    left: dict[str, Any] = {"name": None, "values": {}, "changes": [], "candidates": [], "guess": None, "choice": None}
    return {**left, "problems": [problem], "outcome": outcome}


def without(row: Row, person: Record, called: str) -> dict[str, Any]:
    """What changes in somebody else's row, or a community's, that speaks of the person, who is ``called`` so from now
    on; nothing in most."""
    left = {**row, **_unnamed(row, person, called)}
    if row.get("first"):
        left["first"] = {**row["first"], **_unnamed(row["first"], person, called)}
    if row["values"].get("lead") and _means(row["values"]["lead"], person):
        left["values"] = {**row["values"], "lead": None}
    if row["choice"] == person["id"]:
        left["choice"] = None
    return {name: value for name, value in left.items() if value != row[name]}


def _unnamed(said: Mapping[str, Any], person: Record, called: str) -> dict[str, Any]:
    candidates = [id_ for id_ in said["candidates"] if id_ != person["id"]]
    problems = []
    for problem in said["problems"]:
        key, params = problem["text"]
        hidden = {what: called if _names(value, person) else value for what, value in params.items()}
        problems.append({**problem, "text": [key, hidden]})
    return {"candidates": candidates, "problems": problems}


def _means(said: Mapping[str, Any], person: Record) -> bool:
    if _shares(said, person, _NUMBERS):
        return True
    if any(said.get(what) and person[what] and said[what] != person[what] for what in _NUMBERS):
        return False
    return _shares(said, person, _CONTACTS) or _names(said["name"], person)


def _shares(said: Mapping[str, Any], person: Record, whats: tuple[str, ...]) -> bool:
    return any(person[what] and said.get(what) == person[what] for what in whats)


def _names(said: Any, person: Record) -> bool:
    return isinstance(said, str) and bool(said) and names.core(said) == names.core(person["name"])
