"""Files of teachers, and a school's Dapodik workbook: who they are and where they teach."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
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
    """A person's primary school comes before the others, which may be where they have come from: these are carried out
    with what is on record by then."""
    first = [at for at, row in enumerate(rows) if row["values"]["primary"] is not False]
    second = [at for at, row in enumerate(rows) if row["values"]["primary"] is False]
    after = _numbers_apart(case, rows, decisions, (*first, *second))
    coming = [each.record for each in after if each.record and rows_.makes_primary(each.changes)]
    beside = lookup.named_beside(case, coming)
    _carry_out(case, rows, after, first, beside)
    people = case.work.store.people.get_many(after[at].subject_id for at in second if after[at].outcome == CHANGED)
    for at in second:
        after[at] = replace(after[at], record=people.get(after[at].subject_id))
    _carry_out(case, rows, after, second, beside)
    return after


def _carry_out(
    case: Case,
    rows: Sequence[Doc],
    decisions: list[Decision],
    places: Sequence[int],
    beside: Container[tuple[str, str]],
) -> None:
    """Do what was decided of the rows in these places, and put in the decision's place why it can't be."""
    enrolment = Enrolment(case.work)
    known: dict[str, Doc] = {}
    for at in places:
        values, decision = rows[at]["values"], decisions[at]
        if decision.outcome == CREATED:
            _enrol(enrolment, {**rows_.of_the_person(values), "import_id": case.import_id}, rows[at])
        elif decision.outcome == CHANGED and decision.record is not None:
            # Two rows of one batch may be one person's, for two schools: the first may have done what the second says.
            person = known.setdefault(decision.record["id"], dict(decision.record))
            left = rows_.decide_as(values, person).changes.keys()
            changes = {name: value for name, value in decision.changes.items() if name in left}
            try:
                _place(enrolment, person, values["npsn"], changes, beside)
                enrolment.change(person, rows_.of_the_person(changes))
            except Conflict as refused:
                decisions[at] = rejected("npsn", refused.text)
    enrolment.save()


def _numbers_apart(
    case: Case, rows: Sequence[Doc], decisions: Sequence[Decision], order: Sequence[int]
) -> list[Decision]:
    """The decisions, without those that would give somebody a NUPTK that is another's, on record or by an earlier row
    in this ``order``. Rows are told apart when they are read, but what was decided of doubtful ones may bring two
    together."""
    taken = lookup.owners(case, {each.changes["nuptk"] for each in decisions if "nuptk" in each.changes})
    owners: dict[str, tuple[str, int]] = {}
    after = list(decisions)
    for at in order:
        if decisions[at].changes.get("nuptk") in taken:
            after[at] = rejected("nuptk", text("nuptk_taken"), text("suggest_check"))
        elif (earlier := _row_of_owner(owners, rows[at], decisions[at])) is not None:
            after[at] = rejected("nuptk", text("person_twice", row=earlier), text("suggest_second_school_later"))
    return after


def _row_of_owner(owners: dict[str, tuple[str, int]], row: Doc, decision: Decision) -> int | None:
    """The row of this batch that gave the row's new NUPTK to somebody else."""
    number = (row["values"] if decision.outcome == CREATED else decision.changes).get("nuptk")
    if not number:
        return None
    subject = decision.subject_id or row["subject_id"]
    owner, earlier = owners.setdefault(number, (subject, row["row"]))
    return None if owner == subject else earlier


def _enrol(enrolment: Enrolment, said: Doc, row: Doc) -> None:
    person, values = enrolment.enrol(said, row["subject_id"]), row["values"]
    primary, duty, since = values["primary"] is not False, values["duty"], enrolment.today
    enrolment.begin(person, assignments.begun(person["id"], values["npsn"], primary=primary, duty=duty, since=since))


def _place(
    enrolment: Enrolment, person: Doc, npsn: str, changes: Mapping[str, Any], beside: Container[tuple[str, str]]
) -> None:
    """Another duty at the same school, another primary school (the one before stays on if it is ``beside``), or a
    second school beside it.

    Raises :class:`Conflict` when what is planned for the person speaks against it.
    """
    if not rows_.moves(changes):
        return
    here = next((post for post in person["posts"] if post["npsn"] == npsn), None)
    duty, today = changes.get("duty", here and here["duty"]), enrolment.today
    if rows_.makes_primary(changes):
        kind = "in" if person["status"] == transfers.GONE else "within"
        stays = (person["id"], person["npsn"]) in beside
        transfers.move(enrolment, person, npsn, kind=kind, duty=duty, stays=stays)
    elif here is not None:
        fact = enrolment.work.store.assignments.require(here["assignment_id"])
        enrolment.rewrite(person, fact, dated.ended(fact, today))
        primary = changes.get("primary", fact["primary"])
        how = {"primary": primary, "duty": duty, "since": today, "until": fact["valid_until"]}
        after = assignments.begun(person["id"], npsn, **how)
        enrolment.begin(person, after)
        transfers.stand_in(enrolment, person, fact, after)
    else:
        second = assignments.begun(person["id"], npsn, primary=False, duty=duty, since=today)
        assignments.check_new(second, facts_of(enrolment.work, person["id"]))
        transfers.check_stays(enrolment, person, second)
        enrolment.begin(person, second)


TEACHERS = Kind(_read, _double, _decide, _write, of_people=True, creates_people=True)
DAPODIK = TEACHERS
