"""Reading the files that people hand in: csv as any office program writes it, and xlsx workbooks.

A file is unrolled once, row by row, into a temporary file of the cells that its kind needs: whatever else stands in it
(a workbook of Dapodik's has the NIK) is never kept. Cells are data: a formula is never evaluated.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain, islice
from typing import IO, Any

from openpyxl import load_workbook

from services.membership.domain.imports.sheets import (
    BEYOND,
    HEADER_WITHIN,
    MOST_COLUMNS,
    Cell,
    Header,
    Row,
    Unreadable,
    find_header,
    is_empty,
    text_of,
)
from services.membership.importing.archives import head_of, sizes_in

MOST_ROWS = 100_000
# No spreadsheet has a row beyond this one, which some programs write to style whole columns. A file may claim any.
LAST_ROW = 1_048_576
# What is looked at when a file is handed in: so many rows, and no workbook of which more than this is read to open it:
# its texts, and sheets that do not tell their dimension.
_GLANCED_ROWS, _SMALL_SHEET = 1000, 200_000
_GLANCED_TEXTS, _GLANCED_SHEETS = 10_000_000, 5_000_000
# What a workbook may unpack to: one of 43,000 rows and 50 columns is below it.
MOST_UNPACKED = 120_000_000
# A workbook's texts are kept in memory while it is read, at up to four times their size.
MOST_TEXTS = 60_000_000
# So are its styles and its plan, at up to ten times theirs.
MOST_BESIDE = 8_000_000
_TEXTS = "xl/sharedStrings.xml"
_SHEETS, _MEDIA = "xl/worksheets/", "xl/media/"
_SEPARATORS = (",", ";", "\t", "|")
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_OTHERS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"<!DO", b"<htm", b"<?xm")
_PIECE = 1 << 20
# Rounding a long number makes its last digit a zero; so many that end in one are no chance.
_ENOUGH = 10
_LONG_NUMBERS = ("nuptk", "nip")


@dataclass
class Table:
    """A file's rows that hold anything, unrolled, with the numbers that a spreadsheet shows beside them.

    ``titles`` are the rows above the header. ``rounded`` names the long numbers that a spreadsheet has rounded all
    through the file before it was saved as text.
    """

    header: Header
    titles: Sequence[Row]
    total: int = 0
    rounded: frozenset[str] = frozenset()
    last_number: int = 0
    _spool: IO[str] = field(default_factory=lambda: tempfile.TemporaryFile("w+", encoding="utf-8"))  # noqa: SIM115

    def add(self, number: int, cells: dict[str, Cell]) -> None:
        self._spool.write(json.dumps([number, cells], ensure_ascii=False) + "\n")
        self.total += 1
        self.last_number = number

    def rows(self) -> Iterator[tuple[int, dict[str, Cell]]]:
        """The rows in the file's order, their cells by field, from the first one on."""
        self._spool.seek(0)
        for line in self._spool:
            number, cells = json.loads(line)
            yield number, cells

    def close(self) -> None:
        self._spool.close()


def read_table(file: IO[bytes], kind: str, *, only: int | None = None) -> Table:
    """The table in a csv or xlsx file, or ``only`` so many rows of it. Slow for large files: run it off the event loop.

    Raises :class:`Unreadable` with a reason for whoever handed the file in.
    """
    if _starts_with(file, _ZIP):
        return _read_workbook(file, kind, only)
    if _starts_with(file, _OLD_EXCEL):
        raise Unreadable("file_old_excel")
    if _starts_with(file, *_OTHERS):
        raise Unreadable("file_not_a_table")
    return _read_text(file, kind, only)


def glance(file: IO[bytes], kind: str) -> Sequence[Row] | None:
    """The title rows of a file that looks sound: of its kind, with the columns that it needs, and rows below them.

    Cheap whatever the file's size, for only its first rows are read; what is wrong further down :func:`read_table`
    finds (docs/decisions/0129). ``None`` for a workbook so large that its rows are left to that altogether.
    Raises :class:`Unreadable`.
    """
    if _starts_with(file, _ZIP):
        sizes = _checked_sizes(file)
        sheets = {part: size for part, size in sizes.items() if part.startswith(_SHEETS)}
        small = {part for part, size in sheets.items() if size <= _SMALL_SHEET}
        untold = sum(sheets[part] for part in sheets if part in small or b"<dimension" not in head_of(file, part))
        if sizes.get(_TEXTS, 0) > _GLANCED_TEXTS or untold > _GLANCED_SHEETS:
            return None
    table = read_table(file, kind, only=_GLANCED_ROWS)
    table.close()
    return table.titles


def _starts_with(file: IO[bytes], *marks: bytes) -> bool:
    head = file.read(4)
    file.seek(0)
    return head.startswith(marks)


# --- csv


def _read_text(file: IO[bytes], kind: str, only: int | None) -> Table:
    encoding = _encoding_of(file)
    reason: Unreadable | None = None
    for separator in _SEPARATORS:
        file.seek(0)
        text = io.TextIOWrapper(file, encoding, newline="")
        try:
            rows = _csv_rows(text, separator)
            first = _first_of(rows)
            try:
                header = find_header(kind, first)
            except Unreadable as refused:
                # The separator that brings out most of the columns explains best what is missing.
                if reason is None or _missing(refused) < _missing(reason):
                    reason = refused
                continue
            return _unrolled(header, first, rows, only, width=len(first[header.at]))
        finally:
            text.detach()
    raise reason or Unreadable("file_empty")


def _csv_rows(text: io.TextIOWrapper, separator: str) -> Iterator[Row]:
    quotes = 0
    row: list[str] = []

    def lines() -> Iterator[str]:
        nonlocal quotes
        for line in text:
            quotes += line.count('"')
            yield line

    try:
        for row in csv.reader(lines(), delimiter=separator):
            yield _trimmed(row)
    except csv.Error:
        raise Unreadable("file_broken_csv") from None
    # A quotation mark that is never closed makes one cell of all that follows.
    if quotes % 2 and any("\n" in cell or "\r" in cell for cell in row):
        raise Unreadable("file_broken_csv")


def _missing(refused: Unreadable) -> int:
    return len(str(refused.text.params.get("columns", "")))


def _encoding_of(file: IO[bytes]) -> str:
    """The encoding of a text file. Raises :class:`Unreadable` for what is no text."""
    start = file.read(2)
    wide = start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1252", "latin-1"):
        file.seek(0)
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            pieces = iter(lambda: file.read(_PIECE), b"")
            if all("\0" not in decoder.decode(piece) for piece in pieces):
                decoder.decode(b"", final=True)
                return encoding
        except UnicodeDecodeError:
            continue
    raise Unreadable("file_not_a_table")


# --- xlsx


def _read_workbook(file: IO[bytes], kind: str, only: int | None) -> Table:
    _checked_sizes(file)
    try:
        workbook = load_workbook(file, read_only=True, keep_links=False)
    except Exception:
        # openpyxl raises whatever a damaged or foreign archive provokes: KeyError, BadZipFile, ParseError, ...
        raise Unreadable("file_not_a_table") from None
    try:
        return _first_fitting_sheet(workbook, kind, only)
    finally:
        workbook.close()


def _checked_sizes(file: IO[bytes]) -> dict[str, int]:
    """What a workbook's parts unpack to. Raises :class:`Unreadable` when that is too much, or it is none."""
    try:
        sizes = sizes_in(file)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise Unreadable("file_not_a_table") from None
    file.seek(0)
    beside = [size for part, size in sizes.items() if part != _TEXTS and not part.startswith((_SHEETS, _MEDIA))]
    if sum(sizes.values()) > MOST_UNPACKED or sizes.get(_TEXTS, 0) > MOST_TEXTS or sum(beside) > MOST_BESIDE:
        raise Unreadable("file_unpacks_too_large")
    return sizes


def _first_fitting_sheet(workbook: Any, kind: str, only: int | None) -> Table:
    reason: Unreadable | None = None
    for sheet in workbook.worksheets:
        sheet.reset_dimensions()  # what a file claims about its size need not be so
        rows = _sheet_rows(sheet)
        first = _first_of(rows)
        try:
            header = find_header(kind, first)
        except Unreadable as refused:
            reason = reason or refused
            continue
        return _unrolled(header, first, rows, only)
    raise reason or Unreadable("file_empty")


def _sheet_rows(sheet: Any) -> Iterator[Row]:
    missing = (None,) * (MOST_COLUMNS + 1)
    try:
        for row in sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS + 1):
            # Every row that the file leaves out comes as an empty one: up to a million, which are told at a look.
            yield [] if row == missing else [_plain(cell) for cell in _trimmed(row)]
    except Exception:
        raise Unreadable("file_not_a_table") from None


# --- both


def _first_of(rows: Iterator[Row]) -> list[Row]:
    return list(islice(rows, HEADER_WITHIN))


def _unrolled(
    header: Header, first: Sequence[Row], rest: Iterator[Row], only: int | None, *, width: int = MOST_COLUMNS
) -> Table:
    """The rows below the header. What a row has beyond ``width`` cells stands in no column: a comma without quotation
    marks, perhaps."""
    table = Table(header, first[: header.at])
    zeros = {what: _Zeros() for what in _LONG_NUMBERS}
    below = chain(first[header.at + 1 :], rest)
    try:
        for number, row in enumerate(below, header.at + 2):
            if len(row) > MOST_COLUMNS:
                raise Unreadable("file_too_wide", most=MOST_COLUMNS)
            if number > LAST_ROW:
                raise Unreadable("file_too_many_rows", most=MOST_ROWS)
            if is_empty(row):
                continue
            if table.total == only:
                break
            if table.total == MOST_ROWS:
                raise Unreadable("file_too_many_rows", most=MOST_ROWS)
            cells = header.cells(row)
            beyond = next((cell for cell in row[width:] if cell), None)
            if beyond is not None:
                cells[BEYOND] = beyond
            for what, count in zeros.items():
                count.see(text_of(cells.get(what)))
            table.add(number, cells)
        if not table.total:
            raise Unreadable("file_without_rows")
    except BaseException:
        table.close()
        raise
    table.rounded = frozenset(what for what, count in zeros.items() if count.suspicious)
    return table


class _Zeros:
    """Counts the long numbers of a column, and those of them that end in a zero."""

    def __init__(self) -> None:
        self.seen = self.zeros = 0

    def see(self, said: str) -> None:
        if len(said) >= 16 and said.isdigit():
            self.seen += 1
            self.zeros += said.endswith("0")

    @property
    def suspicious(self) -> bool:
        return self.seen >= _ENOUGH and self.zeros * 10 >= self.seen * 9


def _trimmed(row: Row) -> Row:
    """The row without the empty cells at its end, of which programs write as many as the widest row has."""
    width = len(row)
    while width and row[width - 1] in (None, ""):
        width -= 1
    return row[:width]


def _plain(cell: Any) -> Cell:
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    if cell is None or (isinstance(cell, str | int | float) and not isinstance(cell, bool)):
        return cell
    # Formulas over several cells come as objects; whatever they compute, they are formulas.
    return str(cell) if isinstance(cell, bool) else "="
