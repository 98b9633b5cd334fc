"""Files of communities: hundreds founded at once, each with its ketua."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from services.membership import authority, deadlines, founding, leading
from services.membership.domain import communities, people
from services.membership.domain.imports import communities as rows_
from services.membership.domain.imports.doubles import Doubles
from services.membership.domain.imports.recognition import Recognised
from services.membership.domain.imports.rows import (
    CHANGED,
    CREATED,
    DOUBTFUL,
    REJECTED,
    Decision,
    Problem,
    Reading,
    Record,
    rejected,
    text,
)
from services.membership.domain.imports.sheets import Cell
from services.membership.importing import lookup
from services.membership.importing.kinds import Ask, Case, Kind, Source
from services.membership.phones import read_phone
from services.membership.snapshots import community_state
from shared.contracts.events.membership import COMMUNITY_CHANGED
from shared.mongo import Doc


def _read(cells: Mapping[str, Cell], source: Source) -> Reading:
    return rows_.read(cells, read_phone, source.rounded)


def _double(doubles: Doubles, row: int, values: Doc) -> Problem | None:
    key = communities.called_key(values["name"])
    return doubles.of_thing(row, "name", key, values["kind"], values["npsn"], values["level"])


def _decide(case: Case, asks: Sequence[Ask]) -> list[Decision]:
    known = lookup.communities_called(case, {ask.values["name"] for ask in asks})
    theirs = authority.run_by_others(case.work, known)
    schools = case.work.store.schools.get_many(ask.values["npsn"] for ask in asks if ask.values["npsn"])
    decisions: list[Decision | None] = []
    for ask in asks:
        npsn = ask.values["npsn"]
        found = next((each for each in known if rows_.same(ask.values, each)), None)
        if npsn is not None and npsn not in schools:
            decisions.append(rejected("npsn", text("unknown_school", npsn=npsn)))
        elif found is not None:
            decisions.append(rows_.decide_known(ask.values, found, own=found["id"] not in theirs))
        else:
            level = schools[npsn]["level"] if npsn is not None else None
            decisions.append(rows_.refused_founding(ask.values, level, case.work.district))
    new = [ask for ask, done in zip(asks, decisions, strict=True) if done is None]
    founded = iter(_remarked(case, new, schools, _leads(case, new)))
    return [next(founded) if done is None else done for done in decisions]


def _remarked(case: Case, asks: Sequence[Ask], schools: Mapping[str, Doc], leads: Sequence[Decision]) -> list[Decision]:
    """These decisions with what may be written later. It is told once, in the dry run and before any doubt."""
    decisions = []
    for ask, lead in zip(asks, leads, strict=True):
        told = case.applying or ask.choice is not None or lead.outcome == REJECTED
        level = schools[ask.values["npsn"]]["level"] if ask.values["npsn"] else None
        remarks = [] if told else rows_.missing_decree(ask.values, level, case.work.district)
        decisions.append(replace(lead, problems=[*remarks, *lead.problems]))
    return decisions


def _leads(case: Case, asks: Sequence[Ask]) -> list[Decision]:
    """What becomes of rows whose community is new, which is a question of who leads it."""
    chosen = case.work.store.people.get_many(ask.choice for ask in asks if ask.choice)
    open_ones = [at for at, ask in enumerate(asks) if ask.choice not in chosen and ask.values["lead"]]
    found = lookup.recognised(case, [asks[at].values["lead"] for at in open_ones])
    meant = dict(zip(open_ones, found, strict=True))
    importer = case.work.store.people.get(_imported_by(case))
    stands_in = importer is not None and importer["status"] in people.PRESENT
    return [
        _led_by(case, ask.values, chosen[ask.choice])
        if ask.choice in chosen
        else _led(case, ask.values, meant.get(at), stands_in)
        for at, ask in enumerate(asks)
    ]


def _led(case: Case, values: Doc, found: Recognised | None, stands_in: bool) -> Decision:
    """Who leads it as the row says; when it says nobody, whoever imports it if they can: an API client is no person."""
    if found is None and not stands_in:
        return rejected("lead_name", text("nobody_stands_in"))
    if found is None:
        remark = Problem("lead_name", text("community_without_lead"), text("suggest_lead"), rejects=False)
        return Decision(CREATED, problems=[remark])
    if found.doubt is not None:
        return Decision(DOUBTFUL, problems=[found.doubt], candidates=found.candidates)
    if found.person is None:
        return rejected("lead_name", text("lead_unknown", name=values["lead"]["name"]), text("suggest_person_first"))
    return _led_by(case, values, found.person)


def _led_by(case: Case, values: Doc, person: Record) -> Decision:
    if person["status"] not in people.PRESENT:
        return rejected("lead_name", text("person_unknown"))
    if not leading.may_lead(case.work, values, dict(person)):
        return rejected("lead_name", text("lead_of_another_school", name=person["name"]))
    return Decision(CREATED, record=person)


def _write(case: Case, rows: Sequence[Doc], decisions: Sequence[Decision]) -> list[Decision]:
    work = case.work
    stand_in = _imported_by(case)
    for row, decision in zip(rows, decisions, strict=True):
        if decision.outcome == CREATED:
            _found(case, row, decision, stand_in)
        elif decision.outcome == CHANGED and decision.record is not None:
            changed = communities.indexed({**decision.record, **decision.changes})
            saved = work.store.communities.save(changed)
            work.emit(COMMUNITY_CHANGED, community_state(saved), saved["version"])
            deadlines.watch_decree(work, saved)
    return list(decisions)


def _imported_by(case: Case) -> str:
    importer: str = case.work.store.imports.require(case.import_id)["created_by"]
    return importer


def _found(case: Case, row: Doc, decision: Decision, stand_in: str) -> None:
    """Found it; without a ketua whoever imports it stands in until one comes."""
    lead = decision.record["id"] if decision.record is not None else stand_in
    said = {name: value for name, value in row["values"].items() if name != "lead"}
    plan = {
        **said,
        "id": row["subject_id"],
        "parent_id": None,
        "join_policy": said["join_policy"] or "open",
        "stand_in": decision.record is None,
    }
    founding.found(case.work, plan, lead)


COMMUNITIES = Kind(_read, _double, _decide, _write)
