"""The imports job: dry runs and applications, a batch of rows to a transaction.

How far an import has come stands in its own document, which each batch's transaction updates: killed at any point it
goes on where it was, and two replicas at once cannot do a batch twice.
"""

from __future__ import annotations

import difflib
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pymongo.errors import PyMongoError

from services.membership import calendar
from services.membership.domain import assignments, identifiers, imports, schools
from services.membership.domain.imports import CHANGED, CREATED, REJECTED, Decision, Problem, Reading, Rows
from services.membership.domain.sheets import Unreadable, text_of
from services.membership.enrolment import Enrolment
from services.membership.phones import read_phone
from services.membership.readers import Table, read_table
from services.membership.snapshots import school_state
from services.membership.store import MembershipStore
from services.membership.usecases.imports import chunk_id
from shared.contracts.events.membership import SCHOOL_CHANGED
from shared.errors import Text
from shared.messaging import SystemWork, Work, offload
from shared.mongo import Doc

BATCH = 300
_TRIES = 3
# Longer lists of values cost the embedded database more than proportionally (docs/decisions/0033).
_IN = 20
_MOST_SHARING = 5000
_MOST_HINTS = 100


@dataclass
class _Prepared:
    """A row that was read and compared with the rows before it."""

    number: int
    name: str
    reading: Reading


@dataclass
class _OpenFile:
    """A file in the middle of its dry run; lost with the process, read again by the next one."""

    kind: str
    table: Table
    rows: Rows = field(default_factory=Rows)
    seen: int = 0
    schools: set[str] = field(default_factory=set)
    hints: int = _MOST_HINTS

    def read(self, start: int, until: int) -> list[_Prepared]:
        """The rows from ``start`` to before ``until``; earlier ones are looked at too, for doubles of them."""
        prepared = []
        for at in range(self.seen, min(until, len(self.table.rows))):
            number, row = self.table.rows[at]
            cells = self.table.header.cells(row)
            reading = self._reading(number, cells)
            if at >= start:
                prepared.append(_Prepared(number, text_of(cells["name"])[: identifiers.LONGEST_NAME], reading))
        self.seen = max(self.seen, until)
        return prepared

    def hint(self, npsn: str) -> Text | None:
        """A school that may have been meant; only for the first so many rows, for each costs a look at all schools."""
        if self.hints <= 0:
            return None
        self.hints -= 1
        close = difflib.get_close_matches(npsn, self.schools, n=1, cutoff=0.85)
        return Text("membership.suggest_npsn", {"npsn": close[0]}) if close else None

    def _reading(self, number: int, cells: Mapping[str, Any]) -> Reading:
        if self.kind == "schools":
            reading = imports.read_school(cells)
            double = None if reading.rejected else self.rows.double_of_school(number, reading.values)
        else:
            reading = imports.read_teacher(cells, read_phone)
            double = None if reading.rejected else self.rows.double_of_teacher(number, reading.values)
        if double is not None:
            reading.problems.append(double)
        return reading


class Importer:
    """Works off the imports that wait, one at a time; keeps the file of the present dry run in memory."""

    def __init__(self) -> None:
        self._open: dict[str, _OpenFile] = {}
        self._failures: Counter[str] = Counter()

    def run_once(self, work: SystemWork) -> bool:
        """One batch of one import. Returns whether there was any.

        An import that fails again and again, for whatever reason but the database's absence, is given up.
        """
        waiting = work.system.find(MembershipStore.import_jobs, {}, 1)
        if not waiting:
            self._open.clear()
            return False
        district, id_ = waiting[0]["district"], waiting[0]["id"]
        try:
            self._step(work, district, id_)
            self._failures.pop(id_, None)
        except Exception as error:
            self._open.pop(id_, None)
            if isinstance(error, PyMongoError):
                raise
            self._failures[id_] += 1
            if self._failures[id_] >= _TRIES:
                work.run(district, lambda w: _give_up(w, id_, Text("membership.import_fault")))
            raise
        return True

    def _step(self, work: SystemWork, district: str, id_: str) -> None:
        found = work.store(district).imports.get(id_)
        if found is None or found["status"] not in ("queued", "reading", "applying"):
            work.run(district, lambda w: w.store.import_jobs.delete(id_))
        elif found["status"] == "applying":
            work.run(district, lambda w: _apply_batch(w, id_))
        else:
            self._judge(work, district, found)

    def _judge(self, work: SystemWork, district: str, found: Doc) -> None:
        try:
            file = self._file(work, district, found)
        except Unreadable as unreadable:
            problem = unreadable.text
            work.run(district, lambda w: _give_up(w, found["id"], problem))
            return
        start = found["progress"]["done"]
        prepared = offload(file.read, start, start + BATCH)
        work.run(district, lambda w: _judge_batch(w, found["id"], start, prepared, file))

    def _file(self, work: SystemWork, district: str, found: Doc) -> _OpenFile:
        if found["id"] not in self._open:
            self._open.clear()
            data = _staged(work, district, found)
            table = offload(read_table, data, found["kind"])
            self._open[found["id"]] = _OpenFile(found["kind"], table)
        return self._open[found["id"]]


def _staged(work: SystemWork, district: str, found: Doc) -> bytes:
    """The file, put together from its pieces. Raises :class:`Unreadable` when some are not there or damaged."""
    chunks = work.store(district).chunks
    pieces = [chunks.get(chunk_id(found["created_by"], found["sha256"], at)) for at in range(found["chunks"])]
    data = b"".join(piece["data"] for piece in pieces if piece is not None)
    if len(data) != found["size"] or hashlib.sha256(data).hexdigest() != found["sha256"]:
        raise Unreadable("file_incomplete")
    return data


# --- the dry run --------------------------------------------------------------------------------------------------


def _judge_batch(work: Work, id_: str, start: int, prepared: Sequence[_Prepared], file: _OpenFile) -> None:
    found = work.store.imports.require(id_)
    if found["status"] not in ("queued", "reading") or found["progress"]["done"] != start:
        return
    sound = [row for row in prepared if not row.reading.rejected]
    decided = _decide(work, file.kind, [row.reading.values for row in sound], file)
    decisions = {row.number: decision for row, (decision, _) in zip(sound, decided, strict=True)}
    rows = [_judged(row, decisions.get(row.number), file) for row in prepared]
    work.store.import_rows.insert_many([{"id": f"{id_}/{row['row']}", "import_id": id_, **row} for row in rows])
    counts = Counter(found["counts"])
    counts.update(row["outcome"] for row in rows)
    counts["reported"] += sum(1 for row in rows if row["problems"] and row["outcome"] != REJECTED)
    total = len(file.table.rows)
    done = start + len(prepared)
    over = done >= total
    work.store.imports.save(
        {
            **found,
            "status": "ready" if over else "reading",
            "counts": dict(counts),
            "progress": {"done": done, "total": total},
        }
    )
    if over:
        work.store.import_jobs.delete(id_)


def _judged(row: _Prepared, decision: Decision | None, file: _OpenFile) -> Doc:
    problems = [*row.reading.problems, *(decision.problems if decision else ())]
    subject_id = decision.subject_id if decision else None
    outcome = decision.outcome if decision else REJECTED
    if outcome != REJECTED and (double := file.rows.meant_before(row.number, subject_id)) is not None:
        outcome, problems = REJECTED, [*problems, double]
    return {
        "row": row.number,
        "outcome": outcome,
        "name": row.name,
        "subject_id": subject_id,
        "changes": sorted(decision.changes) if decision and outcome == CHANGED else [],
        "values": row.reading.values,
        "problems": [_kept(problem, file) for problem in problems],
    }


def _kept(problem: Problem, file: _OpenFile) -> Doc:
    return {
        "column": problem.field and file.table.header.titles.get(problem.field, problem.field),
        "text": _plain(problem.text),
        "suggestion": problem.suggestion and _plain(problem.suggestion),
    }


# --- what rows mean, beside the records -----------------------------------------------------------------------------


def _decide(
    work: Work, kind: str, values: Sequence[Doc], file: _OpenFile | None = None
) -> list[tuple[Decision, Doc | None]]:
    """What becomes of each row by the records as they are now, with the record that it means."""
    npsns = {row["npsn"] for row in values}
    known = work.store.schools.get_many(npsns)
    if kind == "schools":
        return [(imports.decide_school(row, known.get(row["npsn"])), known.get(row["npsn"])) for row in values]
    if file is not None:
        file.schools.update(known)
    candidates = _candidates(work, values)
    decided: list[tuple[Decision, Doc | None]] = []
    for row, people in zip(values, candidates, strict=True):
        if row["npsn"] in known:
            decision = imports.decide_teacher(row, people)
        else:
            hint = file.hint(row["npsn"]) if file is not None else None
            reason = Text("membership.unknown_school", {"npsn": row["npsn"]})
            decision = Decision(REJECTED, problems=[Problem("npsn", reason, hint)])
        decided.append((decision, next((p for p in people if p["id"] == decision.subject_id), None)))
    return decided


def _candidates(work: Work, values: Sequence[Doc]) -> list[list[Doc]]:
    """Those whom each row may mean: whoever has its NUPTK, else all who share another key with it."""
    numbers = {row["nuptk"] for row in values if row["nuptk"]}
    owners = {person["nuptk"]: person for person in _sharing(work, "logins", numbers)}
    others = [row for row in values if row["nuptk"] not in owners]
    by_key: dict[str, list[Doc]] = {}
    for person in _sharing(work, "keys", {key for row in others for key in imports.lookup_keys(row)}):
        for key in person["keys"]:
            by_key.setdefault(key, []).append(person)
    found = []
    for row in values:
        if row["nuptk"] in owners:
            found.append([owners[row["nuptk"]]])
        else:
            alike = [person for key in imports.lookup_keys(row) for person in by_key.get(key, ())]
            found.append(list({person["id"]: person for person in alike}.values()))
    return found


def _sharing(work: Work, field_: str, wanted: Iterable[str]) -> list[Doc]:
    values = sorted(wanted)
    found: dict[str, Doc] = {}
    for start in range(0, len(values), _IN):
        where = {field_: {"$in": values[start : start + _IN]}}
        found.update((person["id"], person) for person in work.store.people.find(where, limit=_MOST_SHARING))
    return list(found.values())


# --- the application ------------------------------------------------------------------------------------------------


def _apply_batch(work: Work, id_: str) -> None:
    found = work.store.imports.require(id_)
    if found["status"] != "applying":
        return
    cursor = found["cursor"]
    span = {"$gt": cursor, "$lte": cursor + BATCH}
    wanted: list[Doc] = []
    for outcome in (CREATED, CHANGED):
        where = {"import_id": id_, "outcome": outcome, "n": span}
        wanted += work.store.import_rows.find(where, limit=BATCH)
    wanted.sort(key=lambda row: int(row["n"]))
    decided = _decide(work, found["kind"], [row["values"] for row in wanted])
    if found["kind"] == "schools":
        _write_schools(work, wanted, decided)
    else:
        _write_teachers(work, wanted, decided)
    counts = _settled(work, found["counts"], wanted, decided)
    progress = {**found["progress"], "done": found["progress"]["done"] + len(wanted)}
    over = cursor + BATCH >= work.store.import_rows.count(import_id=id_)
    status = "applied" if over else "applying"
    work.store.imports.save(
        {**found, "status": status, "cursor": cursor + BATCH, "counts": counts, "progress": progress}
    )
    if over:
        work.store.import_jobs.delete(id_)


def _write_schools(work: Work, rows: Sequence[Doc], decided: Sequence[tuple[Decision, Doc | None]]) -> None:
    made, saved = [], []
    for row, (decision, school) in zip(rows, decided, strict=True):
        if decision.outcome == CREATED:
            made.append(schools.indexed({**row["values"], "id": row["values"]["npsn"], "active": True}))
        elif decision.outcome == CHANGED and school is not None:
            saved.append(work.store.schools.save(schools.indexed({**school, **decision.changes})))
    for school in (*work.store.schools.insert_many(made), *saved):
        work.emit(SCHOOL_CHANGED, school_state(school), school["version"])


def _write_teachers(work: Work, rows: Sequence[Doc], decided: Sequence[tuple[Decision, Doc | None]]) -> None:
    today = calendar.today(work)
    enrolment = Enrolment(work)
    for row, (decision, person) in zip(rows, decided, strict=True):
        values = row["values"]
        if decision.outcome == CREATED:
            new = enrolment.enrol({name: value for name, value in values.items() if name not in ("npsn", "duty")})
            post = assignments.begun(new["id"], values["npsn"], primary=True, duty=values["duty"], since=today)
            enrolment.begin(new, post)
        elif decision.outcome == CHANGED and person is not None:
            said = {name: value for name, value in decision.changes.items() if name not in ("npsn", "duty")}
            enrolment.change(person, said)
            if "duty" in decision.changes:
                _move(enrolment, person, values["npsn"], decision.changes["duty"], today)
    enrolment.save()


def _move(enrolment: Enrolment, person: Doc, npsn: str, duty: str | None, today: str) -> None:
    """Another duty at the same school, or another primary school: the earlier post ends, a new one begins."""
    here = next((post for post in person["posts"] if post["npsn"] == npsn), None)
    ending = here or next((post for post in person["posts"] if post["primary"]), None)
    primary = here is None or here["primary"]
    if ending is not None:
        enrolment.end(person, ending)
    enrolment.begin(person, assignments.begun(person["id"], npsn, primary=primary, duty=duty, since=today))


def _settled(
    work: Work, counts: Doc, rows: Sequence[Doc], decided: Sequence[tuple[Decision, Doc | None]]
) -> dict[str, int]:
    """The counts, and the rows, set right where records have changed since the dry run."""
    settled = Counter(counts)
    for row, (decision, _) in zip(rows, decided, strict=True):
        if decision.outcome != row["outcome"]:
            settled[row["outcome"]] -= 1
            settled[decision.outcome] += 1
            problems = [
                {"column": p.field, "text": _plain(p.text), "suggestion": p.suggestion and _plain(p.suggestion)}
                for p in decision.problems
            ]
            work.store.import_rows.update(
                row["id"], set={"outcome": decision.outcome, "problems": [*row["problems"], *problems]}
            )
    return dict(settled)


def _give_up(work: Work, id_: str, problem: Text) -> None:
    found = work.store.imports.require(id_)
    work.store.imports.save({**found, "status": "failed", "problem": _plain(problem)})
    work.store.import_jobs.delete(id_)


def _plain(text: Text) -> list[Any]:
    return [text.key, dict(text.params)]
