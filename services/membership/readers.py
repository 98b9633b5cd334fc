"""Reading the files that people hand in: csv as any office program writes it, and xlsx workbooks.

Cells are data: a formula is never evaluated. A workbook's formula shows the value that its program last saved.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from openpyxl import load_workbook

from services.membership.domain.sheets import (
    HEADER_WITHIN,
    MOST_COLUMNS,
    Header,
    Row,
    Unreadable,
    find_header,
    is_empty,
)

MOST_ROWS = 100_000
# What a workbook may unpack to: forty times an honest one of 43,000 rows is far below it.
MOST_UNPACKED = 200_000_000
_SEPARATORS = (",", ";", "\t", "|")
_ZIP, _OLD_OFFICE, _PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF"


@dataclass(frozen=True)
class Table:
    """A file's header and its rows that hold anything, with the numbers that a spreadsheet shows beside them."""

    header: Header
    rows: list[tuple[int, Row]]


def read_table(data: bytes, kind: str) -> Table:
    """The table in a csv or xlsx file. Slow for large files: run it off the event loop.

    Raises :class:`Unreadable` with a reason for whoever handed the file in.
    """
    if not data.strip():
        raise Unreadable("file_empty")
    if data.startswith(_ZIP):
        return _read_workbook(data, kind)
    if data.startswith((_OLD_OFFICE, _PDF)):
        raise Unreadable("file_not_a_table")
    return _read_text(_decoded(data), kind)


def _read_text(text: str, kind: str) -> Table:
    reason: Unreadable | None = None
    for separator in _SEPARATORS:
        try:
            return _table(csv.reader(io.StringIO(text, newline=""), delimiter=separator), kind)
        except csv.Error:
            raise Unreadable("file_broken_csv") from None
        except Unreadable as refused:
            # The separator that brings out most of the columns explains best what is missing.
            if reason is None or _missing(refused) < _missing(reason):
                reason = refused
    raise reason or Unreadable("file_empty")


def _missing(refused: Unreadable) -> int:
    return len(str(refused.text.params.get("columns", "")))


def _read_workbook(data: bytes, kind: str) -> Table:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
                raise Unreadable("file_unpacks_too_large")
        workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    except Unreadable:
        raise
    except Exception:
        # openpyxl raises whatever a damaged or foreign archive provokes: KeyError, BadZipFile, ParseError, ...
        raise Unreadable("file_not_a_table") from None
    try:
        return _first_fitting_sheet(workbook, kind)
    finally:
        workbook.close()


def _first_fitting_sheet(workbook: Any, kind: str) -> Table:
    reason: Unreadable | None = None
    for sheet in workbook.worksheets:
        sheet.reset_dimensions()  # what a file claims about its size need not be so
        try:
            return _table(_sheet_rows(sheet), kind)
        except Unreadable as refused:
            reason = reason or refused
    raise reason or Unreadable("file_empty")


def _sheet_rows(sheet: Any) -> Iterator[Row]:
    try:
        for row in sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS + 1):
            yield [_plain(cell) for cell in row]
    except (ValueError, KeyError, SyntaxError, zipfile.BadZipFile):
        raise Unreadable("file_not_a_table") from None


def _table(written: Iterator[Row], kind: str) -> Table:
    source = (_trimmed(row) for row in written)
    first: list[Row] = []
    for row in source:
        first.append(row)
        if len(first) == HEADER_WITHIN:
            break
    header = find_header(kind, first)
    rows = [(at, row) for at, row in enumerate(first[header.at + 1 :], header.at + 2) if not is_empty(row)]
    for at, row in enumerate(source, len(first) + 1):
        if is_empty(row):
            continue
        if len(rows) >= MOST_ROWS:
            raise Unreadable("file_too_many_rows", most=MOST_ROWS)
        if len(row) > MOST_COLUMNS:
            raise Unreadable("file_too_wide", most=MOST_COLUMNS)
        rows.append((at, row))
    if not rows:
        raise Unreadable("file_without_rows")
    return Table(header, rows)


def _trimmed(row: Row) -> Row:
    """The row without the empty cells at its end, of which programs write as many as the widest row has."""
    width = len(row)
    while width and row[width - 1] in (None, ""):
        width -= 1
    return row[:width]


def _decoded(data: bytes) -> str:
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1252", "latin-1"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Unreadable("file_not_a_table")


def _plain(cell: Any) -> Any:
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    if cell is None or (isinstance(cell, str | int | float) and not isinstance(cell, bool)):
        return cell
    return str(cell)
