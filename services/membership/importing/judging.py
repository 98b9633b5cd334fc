"""The dry run: what would become of each row, a batch of them to a transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from services.membership.domain.imports.rows import CHANGED, CREATED, REJECTED, UNCHANGED, Decision, Problem
from services.membership.importing.files import OpenFile, Prepared
from services.membership.importing.kinds import Ask, Case
from shared.errors import Text
from shared.ids import new_id
from shared.messaging import Work
from shared.mongo import Doc


def judge(work: Work, id_: str, start: int, prepared: Sequence[Prepared], file: OpenFile) -> None:
    """Write down what would become of these rows, the first of which is the file's ``start``-th."""
    found = work.store.imports.require(id_)
    if found["status"] not in ("queued", "reading") or found["stage"] != "rows" or found["progress"]["done"] != start:
        return
    case = Case(work, id_, file.hints)
    sound = [row for row in prepared if not row.reading.rejected]
    decided = file.kind.decide(case, [Ask(row.reading.values) for row in sound])
    decisions = {row.number: decision for row, decision in zip(sound, decided, strict=True)}
    rows = [_judged(row, decisions.get(row.number), file) for row in prepared]
    insert_rows(work, id_, rows)
    counts = Counter(found["counts"])
    for row in rows:
        counts.update(counted(row))
    total, done = file.table.total, start + len(prepared)
    file.judged = done
    progress = {"done": done, "total": total}
    after = {
        **found,
        "status": "reading",
        "counts": dict(counts),
        "progress": progress,
        "schools": _schools(found, rows),
    }
    if done >= total:
        after |= {"stage": "doubts", "cursor": 0, "last_row": file.table.last_number}
    work.store.imports.save(after)


def insert_rows(work: Work, import_id: str, rows: Sequence[Mapping[str, Any]]) -> None:
    work.store.import_rows.insert_many(
        [{"id": row_id(import_id, row["row"]), "import_id": import_id, "choice": None, **row} for row in rows]
    )


def counted(row: Mapping[str, Any]) -> Counter[str]:
    """What a row adds to the counts of its import."""
    taken = row["outcome"] in (CREATED, CHANGED, UNCHANGED)
    return Counter({row["outcome"]: 1, "reported": int(taken and bool(row["problems"]))})


def is_applied(row: Mapping[str, Any], an_import: Mapping[str, Any]) -> bool:
    """Whether what the row says has been done."""
    return bool(
        an_import["status"] == "applied" or (an_import["status"] == "applying" and row["n"] <= an_import["cursor"])
    )


def row_id(import_id: str, number: int) -> str:
    """What a row is kept as."""
    return f"{import_id}/{number}"


def kept_decision(decision: Decision) -> Doc:
    """A decision as a row keeps it, but for its problems. Of candidates the ids are kept; names are read when shown."""
    return {
        "outcome": decision.outcome,
        "subject_id": decision.subject_id,
        "changes": sorted(decision.changes) if decision.outcome == CHANGED else [],
        "candidates": [person["id"] for person in decision.candidates],
        "guess": decision.guess,
    }


def kept_problem(problem: Problem, column: str | None) -> Doc:
    """A problem as a row keeps it: the keys of its texts, with what fills their gaps."""
    return {
        "column": column,
        "text": plain(problem.text),
        "suggestion": problem.suggestion and plain(problem.suggestion),
    }


def plain(text: Text) -> list[Any]:
    """A text as it is kept."""
    return [text.key, dict(text.params)]


def _judged(row: Prepared, decision: Decision | None, file: OpenFile) -> Doc:
    decision = decision or Decision(REJECTED)
    problems = [*row.reading.problems, *decision.problems]
    if (double := file.note(row.number, decision.outcome, decision.subject_id, row.reading.values)) is not None:
        decision, problems = Decision(REJECTED, decision.subject_id), [*problems, double]
    kept = kept_decision(decision)
    if decision.outcome == CREATED and decision.subject_id is None:
        # Known beforehand, so that the row can tell whom it made, and applying it twice makes nobody twice.
        kept["subject_id"] = new_id()
    return {
        **kept,
        "row": row.number,
        "name": row.name,
        "values": row.reading.values,
        "problems": [kept_problem(problem, file.title(problem)) for problem in problems],
    }


def _schools(found: Doc, rows: Sequence[Doc]) -> list[str]:
    """Whose whole list the file is: the schools that were said, else all that it names."""
    if found["scope"] != "full" or found["schools_said"]:
        return list(found["schools"])
    named = {row["values"].get("npsn") for row in rows if row["outcome"] != REJECTED}
    return sorted({*found["schools"], *(npsn for npsn in named if npsn)})
