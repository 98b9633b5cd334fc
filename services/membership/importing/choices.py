"""What a person decides about a row of which the dry run was in doubt, or with which they do not agree."""

from __future__ import annotations

from services.membership.domain.imports.doubles import places
from services.membership.domain.imports.rows import (
    CREATE,
    CREATED,
    DOUBTFUL,
    ENDED,
    MATCH,
    REJECTED,
    SKIP,
    UNCHANGED,
    Decision,
)
from services.membership.importing import lookup
from services.membership.importing.judging import kept_decision, kept_problem
from services.membership.importing.kinds import Ask, Case, Kind
from shared.errors import Conflict, Invalid
from shared.ids import new_id
from shared.messaging import Work
from shared.mongo import Doc

_MOST_ROWS = 1000
_KEPT = ("outcome", "subject_id", "changes", "candidates", "guess", "problems")


def decided(work: Work, row: Doc, kind: Kind, decision: str, person_id: str | None) -> dict[str, Doc]:
    """What changes in which rows, by their ids. Raises :class:`Conflict` and :class:`Invalid`.

    ``match``: the row means this person. ``create``: it means somebody new. ``skip``: it is left out, and who would be
    ended is not.
    """
    first = row.get("first") or {name: row[name] for name in _KEPT}
    if first["outcome"] == REJECTED or not row["values"] or (first["outcome"] == ENDED and decision != SKIP):
        raise Conflict("membership.row_not_to_decide")
    if decision == SKIP:
        return {row["id"]: {**_skipped(first), "first": first, "choice": SKIP}}
    found = _decide(work, row, kind, decision, person_id)
    after = {**kept_decision(found), "candidates": first["candidates"], "guess": first["guess"]}
    after["problems"] = [*_remarks(first), *(kept_problem(problem, problem.field) for problem in found.problems)]
    if found.outcome == CREATED and found.subject_id is None:
        after["subject_id"] = first["subject_id"] or new_id()
    choice = person_id if decision == MATCH else CREATE
    return {row["id"]: {**after, "first": first, "choice": choice}, **_others(work, row, after["subject_id"])}


def _skipped(first: Doc) -> Doc:
    ended = first["outcome"] == ENDED
    skipped: Doc = {"column": None, "text": ["membership.row_skipped", {}], "suggestion": None}
    return {
        **first,
        "outcome": UNCHANGED if ended else REJECTED,
        "subject_id": first["subject_id"] if ended else None,
        "changes": [],
        "problems": [*_remarks(first), skipped],
    }


def _decide(work: Work, row: Doc, kind: Kind, decision: str, person_id: str | None) -> Decision:
    case = Case(work, row["import_id"])
    if decision == MATCH:
        person = work.store.people.get(person_id) if person_id is not None else None
        if person is None:
            raise Invalid.field("person_id", "membership.person_unknown" if person_id else "fields.required")
        meant = _sound("person_id", kind.decide(case, [Ask(row["values"], person_id)])[0])
        if "nuptk" in meant.changes and lookup.owners(case, [meant.changes["nuptk"]]):
            raise Conflict("membership.nuptk_taken")
        return meant
    if not kind.creates_people:
        raise Invalid.field("decision", "membership.row_makes_nobody")
    found = kind.decide(case, [Ask(row["values"], CREATE)])[0]
    if found.outcome == DOUBTFUL:
        raise Conflict("membership.nuptk_taken")
    return _sound("decision", found)


def _sound(field: str, found: Decision) -> Decision:
    """The decision. Raises :class:`Invalid` with the reason of one that would leave the row out."""
    if found.outcome == REJECTED:
        raise Invalid(fields={field: [problem.text for problem in found.problems]})
    return found


def _others(work: Work, row: Doc, subject_id: str) -> dict[str, Doc]:
    """Nobody is ended whom a row turns out to mean. Raises :class:`Conflict` when another row means them already, for
    the same school or as their primary one too."""
    changed = {}
    for other in work.store.import_rows.find({"subject_id": subject_id}, limit=_MOST_ROWS):
        if other["import_id"] != row["import_id"] or other["id"] == row["id"]:
            continue
        if other["outcome"] == ENDED:
            changed[other["id"]] = {"outcome": UNCHANGED}
        elif other["outcome"] != REJECTED and not places(other["values"]).isdisjoint(places(row["values"])):
            raise Conflict("membership.row_means_them", row=other["row"])
    return changed


def _remarks(first: Doc) -> list[Doc]:
    """What was told of the row beside the doubt about whom it means, which stands last."""
    problems: list[Doc] = first["problems"]
    return problems[:-1] if first["outcome"] == DOUBTFUL else problems
