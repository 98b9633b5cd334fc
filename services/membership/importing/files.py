"""The file of an import: put together from its pieces, unrolled, and read on from where its dry run has come."""

from __future__ import annotations

import hashlib
import tempfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

from services.membership.domain import identifiers
from services.membership.domain.imports.doubles import Doubles, places
from services.membership.domain.imports.rows import CHANGED, CREATED, UNCHANGED, Problem, Reading
from services.membership.domain.imports.sheets import BEYOND, Cell, Unreadable, text_of
from services.membership.importing import dapodik
from services.membership.importing.kinds import Hints, Kind, Source
from services.membership.importing.listed import KINDS
from services.membership.importing.readers import Table, glance, read_table
from shared.errors import Text, Unavailable
from shared.messaging import SystemWork, Work, offload
from shared.mongo import Doc

_PAGE = 500
_LONGEST_QUOTED = 40
# A workbook's texts are in memory while it is looked at: one at a time. Who waits longer than this is not looked at.
_PLACE = threading.BoundedSemaphore(1)
_WAIT_FOR_THE_PLACE = 4.0


@dataclass(frozen=True)
class Prepared:
    """A row that was read and compared with the rows before it."""

    number: int
    name: str
    reading: Reading


@dataclass
class OpenFile:
    """A file in the middle of its dry run; lost with the process, and made anew by the next one.

    ``judged`` of its rows are noted: when the dry run has come further, another process has judged rows meanwhile.
    """

    kind: Kind
    table: Table
    source: Source
    doubles: Doubles = field(default_factory=Doubles)
    hints: Hints = field(default_factory=Hints)
    seen: int = 0
    judged: int = 0
    _rows: Iterator[tuple[int, dict[str, Cell]]] = field(init=False)

    def __post_init__(self) -> None:
        self._rows = self.table.rows()

    def read(self, start: int, until: int) -> list[Prepared]:
        """The rows from ``start`` to before ``until``; earlier ones are looked at too, for doubles of them."""
        prepared = []
        for at in range(self.seen, min(until, self.table.total)):
            number, cells = next(self._rows)
            reading = self._reading(number, cells)
            if at >= start:
                name = text_of(cells["name"])[: identifiers.LONGEST_NAME]
                prepared.append(Prepared(number, name, reading))
        self.seen = max(self.seen, until)
        return prepared

    def note(self, row: int, outcome: str, subject: str | None, values: Mapping[str, Any]) -> Problem | None:
        """Remember whom a row means or makes; the problem when an earlier one did."""
        if outcome == CREATED and self.kind.creates_people:
            return self.doubles.of_new_person(row, values)
        return self.doubles.meant_before(row, subject, places(values))

    def title(self, problem: Problem) -> str | None:
        """What the file calls the column that a problem is about."""
        return problem.field and self.table.header.titles.get(problem.field, problem.field)

    def close(self) -> None:
        self.table.close()

    def _reading(self, number: int, cells: dict[str, Cell]) -> Reading:
        reading = self.kind.read(cells, self.source)
        if BEYOND in cells:
            said = {"said": text_of(cells[BEYOND])[:_LONGEST_QUOTED]}
            reading.problems.append(Problem(None, Text("membership.beyond_columns", said), rejects=False))
        double = None if reading.rejected else self.kind.double(self.doubles, number, reading.values)
        if double is not None:
            reading.problems.append(double)
        return reading


def open_file(work: SystemWork, district: str, an_import: Doc) -> OpenFile:
    """The import's file, as far as its dry run has come. Raises :class:`Unreadable`."""
    store = work.store(district)
    with tempfile.TemporaryFile() as staged:
        _put_together(staged, store.chunks, an_import)
        table: Table = work.offload(read_table, staged, an_import["kind"])
    npsn = dapodik.school_of(store, table.titles, an_import["schools"]) if an_import["kind"] == "dapodik" else None
    file = OpenFile(KINDS[an_import["kind"]], table, Source(npsn, table.rounded))
    if an_import["progress"]["done"]:
        _remember(file, store, an_import["id"])
    file.judged = an_import["progress"]["done"]
    return file


def check_file(work: Work, order: Doc) -> None:
    """What can be told at a glance of a file that was handed in. Raises :class:`Unreadable`, and :class:`Unavailable`
    when others are being looked at."""
    with tempfile.TemporaryFile() as staged:
        _put_together(staged, work.store.chunks, {**order, "created_by": work.caller.person_id})
        if not _PLACE.acquire(timeout=_WAIT_FOR_THE_PLACE):
            raise Unavailable(retry_after=_WAIT_FOR_THE_PLACE)
        try:
            titles = offload(glance, staged, order["kind"])
        finally:
            _PLACE.release()
    if order["kind"] == "dapodik" and titles is not None:
        dapodik.school_of(work.store, titles, order["schools"])


def chunk_id(person_id: str, sha256: str, number: int) -> str:
    """What a piece of somebody's file is kept as."""
    return hashlib.sha256(f"{person_id}/{sha256}/{number}".encode()).hexdigest()


def forget_pieces(store: Any, an_import: Doc) -> None:
    """Remove the file, unless another import that waits is of the same."""
    same = ("created_by", "sha256")
    waiting = store.imports.get_many(job["id"] for job in store.import_jobs.find({}, limit=_PAGE)).values()
    if not any(each["id"] != an_import["id"] and all(each[a] == an_import[a] for a in same) for each in waiting):
        for id_ in _pieces_of(an_import):
            store.chunks.delete(id_)


def _pieces_of(an_import: Doc) -> list[str]:
    return [chunk_id(an_import["created_by"], an_import["sha256"], at) for at in range(an_import["chunks"])]


def _put_together(staged: IO[bytes], chunks: Any, an_import: Doc) -> None:
    """Write the file from its pieces. Raises :class:`Unreadable` when some are not there or damaged."""
    digest = hashlib.sha256()
    for id_ in _pieces_of(an_import):
        piece = chunks.get(id_)
        if piece is None:
            break
        digest.update(piece["data"])
        staged.write(piece["data"])
    if staged.tell() != an_import["size"] or digest.hexdigest() != an_import["sha256"]:
        raise Unreadable("file_incomplete")
    staged.seek(0)


def _remember(file: OpenFile, store: Any, import_id: str) -> None:
    """Whom the rows that were judged before mean."""
    after = None
    while True:
        where = [{"import_id": import_id, "outcome": outcome} for outcome in (CREATED, CHANGED, UNCHANGED)]
        page = store.import_rows.page(where, {"limit": _PAGE, "after": after})
        for row in page.items:
            file.note(row["row"], row["outcome"], row["subject_id"], row["values"])
        after = page.next
        if after is None:
            return
