"""Tables as people hand them in: which row is the header, which column means what, what a cell says.

Columns are known by name, not by place, and title rows may stand above the header.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.membership.domain import identifiers, names
from services.membership.domain.imports import columns
from shared.errors import Text

Cell = str | int | float | None
Row = Sequence[Cell]

HEADER_WITHIN = 30
# A teachers' list may be like a school's own; these are like no other.
_SURE_KINDS = ("members", "communities", "schools")
MOST_COLUMNS = 100
# Among the cells of a row: the first that stands beyond all columns.
BEYOND = "beyond"

_PLACES = {
    kind: {word: (field, place) for field, words in fields.items() for place, word in enumerate(words)}
    for kind, fields in columns.FIELDS.items()
}


class Unreadable(Exception):
    """The file as a whole can't be taken; ``text`` says why and what to do."""

    def __init__(self, key: str, **params: Any) -> None:
        self.text = Text(f"membership.{key}", params)
        super().__init__(key)


@dataclass(frozen=True)
class Header:
    """Where the header stands (counted from 0), which column holds which field, and what each is called here or, where
    there is no such column, elsewhere."""

    at: int
    places: Mapping[str, int]
    titles: Mapping[str, str]

    def cells(self, row: Row) -> dict[str, Cell]:
        """The cells of a row by field; those past its end are empty."""
        return {field: row[place] if place < len(row) else None for field, place in self.places.items()}


def find_header(kind: str, rows: Sequence[Row]) -> Header:
    """The header among a file's first rows: the first that names every needed column.

    Raises :class:`Unreadable` when none does, naming the columns that the best of them lacks.
    """
    if all(is_empty(row) for row in rows):
        raise Unreadable("file_empty")
    if any(len(row) > MOST_COLUMNS for row in rows):
        raise Unreadable("file_too_wide", most=MOST_COLUMNS)
    lacking = list(columns.NEEDED[kind])
    for at, row in enumerate(rows[:HEADER_WITHIN]):
        header = _read_header(kind, at, row)
        missing = [field for field in columns.NEEDED[kind] if field not in header.places]
        if not missing:
            _check_own(kind, header, row)
            return header
        if len(missing) < len(lacking):
            lacking = missing
    named = ", ".join(columns.FIELDS[kind][field][0] for field in lacking)
    other = _other_kind(kind, rows[:HEADER_WITHIN])
    if other is not None:
        raise Unreadable(f"columns_of_{other}", columns=named)
    raise Unreadable("columns_missing", columns=named)


def _check_own(kind: str, header: Header, row: Row) -> None:
    """Raises :class:`Unreadable` for the header of another kind of list that has all that this kind needs: whatever it
    names of this one it names as that one too, and more."""
    for other in _SURE_KINDS:
        theirs = _read_header(other, header.at, row).places
        if other == kind or any(field not in theirs for field in columns.TELLING[other]):
            continue
        if set(header.places.values()) < set(theirs.values()):
            own = [field for field in columns.TELLING[kind] if field not in header.places] or columns.TELLING[kind]
            raise Unreadable(f"columns_of_{other}", columns=", ".join(columns.FIELDS[kind][field][0] for field in own))


def text_of(cell: Cell) -> str:
    """A cell as one line of text; a whole number without a decimal point."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return identifiers.tidy(str(cell))


def is_number(cell: Cell) -> bool:
    """Whether a spreadsheet kept the cell as a number, so that digits past the fifteenth are lost."""
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def is_empty(row: Row) -> bool:
    """Whether nothing stands in the row."""
    return all(text_of(cell) == "" for cell in row)


def _other_kind(kind: str, rows: Sequence[Row]) -> str | None:
    """The kind that a file which is not of this ``kind`` looks like."""
    for other, telling in columns.TELLING.items():
        if other != kind and any(
            all(field in _read_header(other, at, row).places for field in telling) for at, row in enumerate(rows)
        ):
            return other
    return None


def _read_header(kind: str, at: int, row: Row) -> Header:
    """What a row names as a header would; of several columns for one field the one with the likeliest name."""
    found: dict[str, tuple[int, int]] = {}
    for place, cell in enumerate(row):
        field, rank = _PLACES[kind].get(names.fold(text_of(cell)), (None, 0))
        if field is not None:
            found[field] = min(found.get(field, (rank, place)), (rank, place))
    places = {field: place for field, (_, place) in found.items()}
    titles = {field: words[0] for field, words in columns.FIELDS[kind].items()}
    return Header(at, places, titles | {field: text_of(row[place])[:60] for field, place in places.items()})
