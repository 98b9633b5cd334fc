"""Files of teachers, and a school's Dapodik workbook: who they are and where they teach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.membership import transfers
from services.membership.domain import assignments, dated
from services.membership.domain.imports import teachers as rows_
from services.membership.domain.imports.doubles import Doubles
from services.membership.domain.imports.rows import (
    CHANGED,
    CREATE,
    CREATED,
    Decision,
    Problem,
    Reading,
    rejected,
    text,
)
from services.membership.domain.imports.sheets import Cell
from services.membership.enrolment import Enrolment, facts_of
from services.membership.importing import lookup
from services.membership.importing.kinds import Ask, Case, Kind, Source
from services.membership.phones import read_phone
from shared.errors import Conflict
from shared.mongo import Doc


def _read(cells: Mapping[str, Cell], source: Source) -> Reading:
    return rows_.read(cells if source.npsn is None else {**cells, "npsn": source.npsn}, read_phone, source.rounded)


def _double(doubles: Doubles, row: int, values: Doc) -> Problem | None:
    return doubles.of_teacher(row, values)


def _decide(case: Case, asks: Sequence[Ask]) -> list[Decision]:
    schools = case.work.store.schools.get_many(ask.values["npsn"] for ask in asks)
    case.hints.known.update(schools)
    chosen = case.work.store.people.get_many(ask.choice for ask in asks if ask.choice not in (None, CREATE))
    open_ones = [at for at, ask in enumerate(asks) if ask.values["npsn"] in schools and ask.choice not in chosen]
    found = lookup.recognised(case, [asks[at].values for at in open_ones], [asks[at].meant for at in open_ones])
    meant = dict(zip(open_ones, found, strict=True))
    decisions = []
    for at, ask in enumerate(asks):
        npsn = ask.values["npsn"]
        if npsn not in schools:
            hint = case.hints.like(npsn)
            suggestion = text("suggest_npsn", npsn=hint) if hint else None
            decisions.append(rejected("npsn", text("unknown_school", npsn=npsn), suggestion))
        elif ask.choice in chosen:
            decisions.append(rows_.decide_as(ask.values, chosen[ask.choice]))
        else:
            decisions.append(rows_.decide(ask.values, meant[at], ask.choice))
    return decisions


def _write(case: Case, rows: Sequence[Doc], decisions: Sequence[Decision]) -> list[Decision]:
    enrolment = Enrolment(case.work)
    known: dict[str, Doc] = {}
    after = []
    for row, decision in zip(rows, decisions, strict=True):
        values = row["values"]
        if decision.outcome == CREATED:
            _enrol(enrolment, {**rows_.of_the_person(values), "import_id": case.import_id}, row)
        elif decision.outcome == CHANGED and decision.record is not None:
            # Two rows of one batch may be one person's, for two schools.
            person = known.setdefault(decision.record["id"], dict(decision.record))
            try:
                _place(enrolment, person, values["npsn"], decision.changes)
                enrolment.change(person, rows_.of_the_person(decision.changes))
            except Conflict as refused:
                decision = rejected("npsn", refused.text)
        after.append(decision)
    enrolment.save()
    return after


def _enrol(enrolment: Enrolment, said: Doc, row: Doc) -> None:
    person, values = enrolment.enrol(said, row["subject_id"]), row["values"]
    primary, duty, since = values["primary"], values["duty"], enrolment.today
    enrolment.begin(person, assignments.begun(person["id"], values["npsn"], primary=primary, duty=duty, since=since))


def _place(enrolment: Enrolment, person: Doc, npsn: str, changes: Mapping[str, Any]) -> None:
    """Another duty at the same school, another primary school, or a second school beside it.

    Raises :class:`Conflict` when what is planned for the person speaks against it.
    """
    if not rows_.moves(changes):
        return
    duty, today = changes["duty"], enrolment.today
    here = next((post for post in person["posts"] if post["npsn"] == npsn), None)
    if here is not None:
        fact = enrolment.work.store.assignments.require(here["assignment_id"])
        enrolment.rewrite(person, fact, dated.ended(fact, today))
        how = {"primary": fact["primary"], "duty": duty, "since": today, "until": fact["valid_until"]}
        enrolment.begin(person, assignments.begun(person["id"], npsn, **how))
    elif changes.get("primary") is False:
        second = assignments.begun(person["id"], npsn, primary=False, duty=duty, since=today)
        assignments.check_new(second, facts_of(enrolment.work, person["id"]))
        enrolment.begin(person, second)
    else:
        kind = "in" if person["status"] == transfers.GONE else "within"
        transfers.move(enrolment, person, npsn, kind=kind, duty=duty)


TEACHERS = Kind(_read, _double, _decide, _write, of_people=True, creates_people=True)
DAPODIK = TEACHERS
