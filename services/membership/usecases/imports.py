"""Imports as people see them: hand in a file, look at what it would do, apply it."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from services.membership.domain.imports import CHANGED, CREATED
from shared import texts
from shared.contracts.membership import ROW_OUTCOMES
from shared.errors import Conflict, Invalid, Text
from shared.messaging import Work
from shared.mongo import Doc

JOB = "imports"
_PIECES_KEPT = timedelta(days=1)
_NONE_YET = dict.fromkeys(("created", "changed", "unchanged", "ended", "rejected", "reported"), 0)


def stage_import(work: Work, order: Doc) -> None:
    """Keep a piece of a file; the same piece again changes nothing."""
    work.allow()
    piece = {"data": work.body, "expires_at": work.now + _PIECES_KEPT}
    work.store.chunks.upsert(chunk_id(work.caller.person_id, order["sha256"], order["number"]), set=piece)


def start_import(work: Work, order: Doc) -> Doc:
    """Begin the dry run of a file whose pieces are staged."""
    work.allow()
    if order["size"] == 0:
        raise Invalid.field("file", "membership.file_empty")
    made = work.store.imports.insert(
        {
            **order,
            "status": "queued",
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
    """The rows in the file's order, with what becomes of each and why."""
    work.allow()
    work.store.imports.require(order["import_id"])
    outcomes = [order["outcome"]] if "outcome" in order else ROW_OUTCOMES
    where = [{"import_id": order["import_id"], "outcome": outcome} for outcome in outcomes]
    found: Doc = work.store.import_rows.page(where, order).as_dict(lambda row: _row_shown(row, work.language))
    return found


def apply_import(work: Work, order: Doc) -> Doc:
    """Do what the dry run said. Asked again, it answers how far that has come."""
    work.allow()
    found = work.store.imports.require(order["import_id"])
    if found["status"] in ("applying", "applied"):
        return _shown(work, found)
    if found["status"] != "ready":
        raise Conflict("membership.import_not_ready")
    total = found["counts"][CREATED] + found["counts"][CHANGED]
    saved = work.store.imports.save(
        {**found, "status": "applying", "cursor": 0, "progress": {"done": 0, "total": total}}
    )
    _set_to_work(work, saved)
    return _shown(work, saved)


def chunk_id(person_id: str, sha256: str, number: int) -> str:
    """What a piece of somebody's file is kept as."""
    return hashlib.sha256(f"{person_id}/{sha256}/{number}".encode()).hexdigest()


def _set_to_work(work: Work, an_import: Doc) -> None:
    work.store.import_jobs.insert({"id": an_import["id"]})
    work.wake(JOB)


def _shown(work: Work, an_import: Doc) -> Doc:
    problem = an_import["problem"]
    return {**an_import, "problem": problem and texts.render(Text(*problem), work.language)}


def _row_shown(row: Doc, language: str) -> Doc:
    return {**row, "problems": [_told(problem, language) for problem in row["problems"]]}


def _told(problem: Doc, language: str) -> Doc:
    reason, hint = Text(*problem["text"]), problem["suggestion"]
    return {
        "column": problem["column"],
        "code": reason.key.partition(".")[2],
        "reason": texts.render(reason, language),
        "suggestion": hint and texts.render(Text(*hint), language),
    }
