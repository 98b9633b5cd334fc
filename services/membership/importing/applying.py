"""The application: what the dry run said is done, a batch of rows to a transaction.

Each row is decided again by the records as they are now, so that nothing is done twice. What the dry run did not show
is not done at all, so that nobody's later change is undone unseen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from services.membership.domain.imports.rows import CREATED, DONE_OUTCOMES, ENDED, UNCHANGED, Decision, as_shown
from services.membership.enrolment import Enrolment
from services.membership.importing.judging import counted, kept_decision, kept_problem
from services.membership.importing.kinds import Ask, Case
from services.membership.importing.listed import KINDS
from shared.messaging import Work
from shared.mongo import Doc

BATCH = 300


def apply_batch(work: Work, id_: str) -> None:
    """Do what the next rows say, and write down how far that has come."""
    found = work.store.imports.require(id_)
    if found["status"] != "applying":
        return
    cursor = found["cursor"]
    span = {"$gt": cursor, "$lte": cursor + BATCH}
    wanted: list[Doc] = []
    for outcome in DONE_OUTCOMES:
        wanted += work.store.import_rows.find({"import_id": id_, "outcome": outcome, "n": span}, limit=BATCH)
    wanted.sort(key=lambda row: int(row["n"]))
    rows = [row for row in wanted if row["outcome"] != ENDED]
    ending = [row for row in wanted if row["outcome"] == ENDED]
    decisions = _written(work, found, rows) + _ended(work, ending)
    counts = _settled(work, found["counts"], rows + ending, decisions)
    over = cursor + BATCH >= work.store.import_rows.count(import_id=id_)
    after = {**found, "cursor": cursor + BATCH, "counts": counts}
    after["progress"] = {**found["progress"], "done": found["progress"]["done"] + len(wanted)}
    work.store.imports.save({**after, "status": "applied" if over else "applying"})
    if over:
        work.store.import_jobs.delete(id_)


def _written(work: Work, an_import: Doc, rows: Sequence[Doc]) -> list[Decision]:
    if not rows:
        return []
    kind = KINDS[an_import["kind"]]
    case = Case(work, an_import["id"], applying=True)
    asks = [Ask(row["values"], row["choice"], row["subject_id"]) for row in rows]
    decided = kind.decide(case, asks)
    shown = [as_shown(each, row["outcome"], row["changes"]) for row, each in zip(rows, decided, strict=True)]
    return kind.write(case, rows, shown)


def _ended(work: Work, rows: Sequence[Doc]) -> list[Decision]:
    """End the posts at the schools whose list does not name these people any more."""
    people = work.store.people.get_many(row["subject_id"] for row in rows)
    enrolment = Enrolment(work)
    decisions = []
    for row in rows:
        person = people.get(row["subject_id"])
        posts = [post for post in person["posts"] if post["npsn"] == row["values"].get("npsn")] if person else []
        for post in posts:
            enrolment.end(person, post)
        decisions.append(Decision(ENDED if posts else UNCHANGED, row["subject_id"]))
    if rows:
        enrolment.save()
    return decisions


def _settled(work: Work, counts: Doc, rows: Sequence[Doc], decisions: Sequence[Decision]) -> dict[str, int]:
    """The counts, and the rows, set right where records have changed since the dry run."""
    settled = Counter(counts)
    for row, decision in zip(rows, decisions, strict=True):
        if decision.outcome == row["outcome"]:
            continue
        problems = [*row["problems"], *(kept_problem(problem, problem.field) for problem in decision.problems)]
        after = {**kept_decision(decision), "problems": problems}
        if decision.outcome == CREATED:
            after["subject_id"] = row["subject_id"]
        settled.subtract(counted(row))
        settled.update(counted({**row, **after}))
        work.store.import_rows.update(row["id"], set=after)
    return dict(settled)
