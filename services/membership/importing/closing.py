"""After the last row: doubts that the whole file has settled, and whom a whole list does not name any more."""

from __future__ import annotations

from collections import Counter
from typing import Any

from services.membership.domain import names
from services.membership.domain.imports.doubles import Doubles
from services.membership.domain.imports.rows import CREATED, DOUBTFUL, ENDED, REJECTED
from services.membership.importing.files import forget_pieces
from services.membership.importing.judging import counted, insert_rows
from shared.ids import new_id
from shared.messaging import Work
from shared.mongo import Doc

_ROWS = 300
_SCHOOLS = 10
_MOST_STAFF = 1000
_PAGE = 500


class Spared:
    """Who may be meant by a row that was refused or is in doubt, and so is not missing from the file."""

    def __init__(self, store: Any, import_id: str) -> None:
        self._people: set[str] = set()
        self._names: set[str] = set()
        self._numbers: set[str] = set()
        where = [{"import_id": import_id, "outcome": outcome} for outcome in (DOUBTFUL, REJECTED)]
        after = None
        while True:
            page = store.import_rows.page(where, {"limit": _PAGE, "after": after})
            for row in page.items:
                self._note(row)
            after = page.next
            if after is None:
                return

    def spares(self, person: Doc) -> bool:
        return (
            person["id"] in self._people
            or names.core(person["name"]) in self._names
            or not self._numbers.isdisjoint(number for number in (person["nuptk"], person["nip"]) if number)
        )

    def _note(self, row: Doc) -> None:
        self._people.update(row["candidates"])
        if row["outcome"] == REJECTED and row["name"]:
            self._names.add(names.core(row["name"]))
            self._numbers.update(filter(None, (row["values"].get("nuptk"), row["values"].get("nip"))))


def settle_doubts(work: Work, id_: str, doubles: Doubles) -> None:
    """A batch of doubtful rows: who has a row of their own is not whom another row of a like name means, unless that is
    of a second school."""
    found = work.store.imports.require(id_)
    if found["stage"] != "doubts":
        return
    span = {"$gt": found["cursor"], "$lte": found["cursor"] + _ROWS}
    counts = Counter(found["counts"])
    for row in work.store.import_rows.find({"import_id": id_, "outcome": DOUBTFUL, "n": span}, limit=_ROWS):
        left = [person for person in row["candidates"] if not doubles.means(person)]
        if not row["guess"] or row["values"].get("primary") is False or left == row["candidates"]:
            continue
        settled: Doc = {"candidates": left}
        if not left:
            settled |= {"outcome": CREATED, "subject_id": new_id(), "problems": row["problems"][:-1]}
            counts.subtract(counted(row))
            counts.update(counted({**row, **settled}))
        work.store.import_rows.update(row["id"], set=settled)
    cursor = found["cursor"] + _ROWS
    over = not counts[DOUBTFUL] or cursor >= work.store.import_rows.count(import_id=id_)
    stage = {"stage": "missing", "cursor": 0} if over else {"cursor": cursor}
    work.store.imports.save({**found, "counts": dict(counts), **stage})


def propose_endings(work: Work, id_: str, doubles: Doubles, spared: Spared) -> None:
    """A batch of schools of a whole list: who teaches there and stands in no row is proposed as ended there."""
    found = work.store.imports.require(id_)
    if found["stage"] != "missing":
        return
    rows: list[Doc] = []
    staff = 0
    npsns = found["schools"][found["cursor"] : found["cursor"] + _SCHOOLS] if found["scope"] == "full" else []
    for npsn in npsns:
        people = work.store.people.find({"keys": f"school:{npsn}"}, limit=_MOST_STAFF)
        staff += len(people)
        missing = [each for each in people if not doubles.means(each["id"]) and not spared.spares(each)]
        rows += [_ending(person, npsn, found["last_row"] + at) for at, person in enumerate(missing, len(rows) + 1)]
    insert_rows(work, id_, rows)
    counts = {**found["counts"], ENDED: found["counts"][ENDED] + len(rows)}
    after = {**found, "counts": counts, "staff": found["staff"] + staff, "last_row": found["last_row"] + len(rows)}
    after["cursor"] += len(npsns)
    if not npsns:
        after |= {"stage": None, "status": "ready"}
        forget_file(work, found)
    work.store.imports.save(after)


def _ending(person: Doc, npsn: str, number: int) -> Doc:
    """A row of the import that stands in no file: it follows the file's last one."""
    return {
        "row": number,
        "outcome": ENDED,
        "name": person["name"],
        "subject_id": person["id"],
        "changes": [],
        "candidates": [],
        "guess": False,
        "values": {"npsn": npsn},
        "problems": [],
    }


def forget_file(work: Work, an_import: Doc) -> None:
    """Nobody waits for the file any more: what else stands in it is no one's business."""
    work.store.import_jobs.delete(an_import["id"])
    forget_pieces(work.store, an_import)
