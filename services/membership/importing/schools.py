"""Files of schools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.membership.domain import schools
from services.membership.domain.imports import schools as rows_
from services.membership.domain.imports.doubles import Doubles
from services.membership.domain.imports.rows import CHANGED, CREATED, Decision, Problem, Reading
from services.membership.domain.imports.sheets import Cell
from services.membership.importing.kinds import Ask, Case, Kind, Source
from services.membership.snapshots import school_state
from shared.contracts.events.membership import SCHOOL_CHANGED
from shared.mongo import Doc


def _read(cells: Mapping[str, Cell], source: Source) -> Reading:
    return rows_.read(cells)


def _double(doubles: Doubles, row: int, values: Doc) -> Problem | None:
    return doubles.of_thing(row, "npsn", values["npsn"])


def _decide(case: Case, asks: Sequence[Ask]) -> list[Decision]:
    known = case.work.store.schools.get_many(ask.values["npsn"] for ask in asks)
    return [rows_.decide(ask.values, known.get(ask.values["npsn"])) for ask in asks]


def _write(case: Case, rows: Sequence[Doc], decisions: Sequence[Decision]) -> list[Decision]:
    work = case.work
    made, saved = [], []
    for row, decision in zip(rows, decisions, strict=True):
        if decision.outcome == CREATED:
            made.append(schools.indexed({**row["values"], "id": row["values"]["npsn"], "active": True}))
        elif decision.outcome == CHANGED and decision.record is not None:
            saved.append(work.store.schools.save(schools.indexed({**decision.record, **decision.changes})))
    for school in (*work.store.schools.insert_many(made), *saved):
        work.emit(SCHOOL_CHANGED, school_state(school), school["version"])
    return list(decisions)


SCHOOLS = Kind(_read, _double, _decide, _write, known_id=True)
