"""Imports as people see them: hand in a file, look at what it would do, decide what is in doubt, apply it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta

from services.membership.domain.imports.rows import (
    CREATE,
    CREATED,
    DONE_OUTCOMES,
    ENDED,
    MATCH,
    SKIP,
    is_missing,
    names_somebody,
)
from services.membership.domain.imports.sheets import Unreadable
from services.membership.importing import choices, judging
from services.membership.importing.files import check_file, chunk_id
from services.membership.importing.judging import row_id
from services.membership.importing.listed import KINDS
from shared import texts
from shared.contracts.membership import ROW_OUTCOMES
from shared.errors import Conflict, Invalid, Text
from shared.messaging import Work
from shared.mongo import Doc

JOB = "imports"
_PIECES_KEPT = timedelta(days=1)
_UNCONFIRMED_PERCENT = 5
_NONE_YET = dict.fromkeys((*ROW_OUTCOMES, "reported"), 0)


def stage_import(work: Work, order: Doc) -> None:
    """Keep a piece of a file; the same piece again changes nothing."""
    work.allow()
    piece = {"data": work.body, "expires_at": work.now + _PIECES_KEPT}
    work.store.chunks.upsert(chunk_id(work.caller.person_id, order["sha256"], order["number"]), set=piece)


def check_import_file(work: Work, order: Doc) -> None:
    """Refuse a file that can't be taken before anything is begun (docs/decisions/0129). Raises :class:`Invalid`."""
    work.allow(kind=order["kind"])
    try:
        check_file(work, order)
    except Unreadable as unreadable:
        raise Invalid(fields={"file": [unreadable.text]}) from None


def start_import(work: Work, order: Doc) -> Doc:
    """Begin the dry run of a file whose pieces are staged."""
    work.allow(kind=order["kind"])
    _check_scope(work, order)
    made = work.store.imports.insert(
        {
            **order,
            "schools_said": bool(order["schools"]),
            "status": "queued",
            "stage": "rows",
            "cursor": 0,
            "last_row": 0,
            "staff": 0,
            "counts": _NONE_YET,
            "progress": {"done": 0, "total": None},
            "problem": None,
            "created_by": work.caller.person_id,
        }
    )
    _set_to_work(work, made)
    return _shown(work, made)


def get_import(work: Work, order: Doc) -> Doc:
    work.allow()
    return _shown(work, work.store.imports.require(order["import_id"]))


def list_import_rows(work: Work, order: Doc) -> Doc:
    """The rows in the file's order, with what becomes of each and why; those who are missing from it come last."""
    work.allow()
    an_import = work.store.imports.require(order["import_id"])
    outcomes = [order["outcome"]] if "outcome" in order else ROW_OUTCOMES
    where = [{"import_id": order["import_id"], "outcome": outcome} for outcome in outcomes]
    page = work.store.import_rows.page(where, order)
    return {"items": _rows_shown(work, an_import, page.items), "next": page.next}


def decide_row(work: Work, order: Doc) -> Doc:
    """Say what a row means, where the dry run could not or should not have. It may be said anew until it is applied."""
    found = work.store.imports.require(order["import_id"])
    work.allow(kind=found["kind"])
    if found["status"] in ("applying", "applied"):
        raise Conflict("membership.import_is_applied")
    if found["status"] != "ready":
        raise Conflict("membership.import_not_ready")
    row = work.store.import_rows.require(row_id(found["id"], order["n"]))
    changed = choices.decided(work, row, KINDS[found["kind"]], order["decision"], order["person_id"])
    counts: Counter[str] = Counter(found["counts"])
    for id_, after in changed.items():
        before = row if id_ == row["id"] else work.store.import_rows.require(id_)
        counts.subtract(judging.counted(before))
        counts.update(judging.counted({**before, **after}))
        work.store.import_rows.update(id_, set=after)
    work.store.imports.save({**found, "counts": dict(counts)})
    return _rows_shown(work, found, [{**row, **changed[row["id"]]}])[0]


def apply_import(work: Work, order: Doc) -> Doc:
    """Do what the dry run said. Asked again, it answers how far that has come.

    Raises :class:`Conflict` when so many would be ended that somebody must confirm it.
    """
    found = work.store.imports.require(order["import_id"])
    work.allow(kind=found["kind"])
    if found["status"] in ("applying", "applied"):
        return _shown(work, found)
    if found["status"] != "ready":
        raise Conflict("membership.import_not_ready")
    if _needs_confirmation(found) and not order["confirm_ended"]:
        raise Conflict("membership.many_would_end", ended=found["counts"][ENDED], staff=found["staff"])
    total = sum(found["counts"][outcome] for outcome in DONE_OUTCOMES)
    saved = work.store.imports.save(
        {**found, "status": "applying", "cursor": 0, "progress": {"done": 0, "total": total}}
    )
    _set_to_work(work, saved)
    return _shown(work, saved)


def _check_scope(work: Work, order: Doc) -> None:
    """A whole list is one of people; the schools that it is said to be of are on record."""
    if order["scope"] == "full" and not KINDS[order["kind"]].of_people:
        raise Invalid.field("scope", "membership.full_is_for_people")
    if order["schools"] and not KINDS[order["kind"]].of_people:
        raise Invalid.field("schools", "membership.full_is_for_people")
    known = work.store.schools.get_many(order["schools"])
    for npsn in order["schools"]:
        if npsn not in known:
            raise Invalid.field("schools", "membership.unknown_school", npsn=npsn)


def _needs_confirmation(an_import: Doc) -> bool:
    return an_import["counts"][ENDED] * 100 > an_import["staff"] * _UNCONFIRMED_PERCENT


def _set_to_work(work: Work, an_import: Doc) -> None:
    work.store.import_jobs.insert({"id": an_import["id"]})
    work.wake(JOB)


def _shown(work: Work, an_import: Doc) -> Doc:
    problem = an_import["problem"]
    told = {"problem": problem and texts.render(Text(*problem), work.language)}
    return {**an_import, **told, "needs_confirmation": _needs_confirmation(an_import)}


def _rows_shown(work: Work, an_import: Doc, rows: Sequence[Doc]) -> list[Doc]:
    """The rows as the caller may see them: who may not be told who people are sees names of their own files alone."""
    candidates = work.store.people.get_many(id_ for row in rows for id_ in row["candidates"])
    return [_row_shown(work, an_import, row, candidates) for row in rows]


def _row_shown(work: Work, an_import: Doc, row: Doc, candidates: Mapping[str, Doc]) -> Doc:
    # Who is to be created has an id beforehand, which tells nobody anything before they exist.
    theirs = an_import["created_by"] == work.caller.person_id and not is_missing(row["values"])
    made = row["outcome"] != CREATED or KINDS[an_import["kind"]].known_id or judging.is_applied(row, an_import)
    return {
        **row,
        "name": row["name"] if work.may_name or theirs else None,
        "subject_id": row["subject_id"] if made else None,
        "problems": [_told(work, problem) for problem in row["problems"]],
        "candidates": [_candidate(work, candidates[id_]) for id_ in row["candidates"] if id_ in candidates],
        "decision": row["choice"] if row["choice"] in (None, CREATE, SKIP) else MATCH,
    }


def _candidate(work: Work, person: Doc) -> Doc:
    told = ("name", "npsn", "nuptk", "phone") if work.may_name else ("npsn",)
    return {"person_id": person["id"], **{name: person[name] for name in told}}


def _told(work: Work, problem: Doc) -> Doc:
    reason, hint = Text(*problem["text"]), problem["suggestion"]
    if names_somebody(reason) and not work.may_name:
        somebody = texts.render(Text("membership.somebody"), work.language)
        reason = Text(reason.key, {**reason.params, "name": somebody})
    return {
        "column": problem["column"],
        "code": reason.key.partition(".")[2],
        "reason": texts.render(reason, work.language),
        "suggestion": hint and texts.render(Text(*hint), work.language),
    }
