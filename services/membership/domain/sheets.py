"""Tables as people hand them in: which row is the header, which column means what, what a cell says.

Columns are known by name, not by place, and title rows may stand above the header.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.membership.domain import identifiers, names
from shared.errors import Text

Cell = str | int | float | None
Row = Sequence[Cell]

HEADER_WITHIN = 30
MOST_COLUMNS = 100

_SCHOOLS = {
    "npsn": ("npsn", "npsn sekolah", "kode sekolah"),
    "name": ("nama", "nama sekolah", "nama satuan pendidikan", "satuan pendidikan", "sekolah"),
    "level": ("jenjang", "bentuk pendidikan", "bentuk", "jenjang pendidikan"),
    "status": ("status", "status sekolah", "negeri swasta"),
    "subdistrict": ("kecamatan", "kec", "nama kecamatan"),
    "subdistrict_code": ("kode kecamatan bps", "kode kecamatan", "kode kec"),
}
_TEACHERS = {
    "npsn": ("npsn", "npsn sekolah", "npsn satminkal", "kode sekolah"),
    "name": ("nama", "nama lengkap", "nama guru", "nama ptk", "nama gtk", "nama guru dan tendik"),
    "nuptk": ("nuptk", "no nuptk", "nomor nuptk"),
    "nip": ("nip", "no nip", "nomor nip", "nip baru"),
    "employment": ("status kepegawaian", "status pegawai", "kepegawaian"),
    "duty": ("jenis ptk", "jenis gtk", "jabatan", "tugas"),
    "subjects": ("mata pelajaran", "mapel", "mata pelajaran diampu", "mapel diampu", "bidang studi"),
    "phone": ("hp", "no hp", "nomor hp", "handphone", "nomor handphone", "no wa", "nomor wa", "telepon", "no telepon"),
    "email": ("email", "e mail", "surel", "alamat email"),
}
_FIELDS = {"schools": _SCHOOLS, "teachers": _TEACHERS}
_NEEDED = {"schools": ("npsn", "name", "level", "status", "subdistrict"), "teachers": ("npsn", "name")}
_COLUMNS = {kind: {word: field for field, words in table.items() for word in words} for kind, table in _FIELDS.items()}


class Unreadable(Exception):
    """The file as a whole can't be taken; ``text`` says why and what to do."""

    def __init__(self, key: str, **params: Any) -> None:
        self.text = Text(f"membership.{key}", params)
        super().__init__(key)


@dataclass(frozen=True)
class Header:
    """Where the header stands (counted from 0) and which column holds which field."""

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
    if not any(any(cell not in (None, "") for cell in row) for row in rows):
        raise Unreadable("file_empty")
    if any(len(row) > MOST_COLUMNS for row in rows):
        raise Unreadable("file_too_wide", most=MOST_COLUMNS)
    lacking = list(_NEEDED[kind])
    for at, row in enumerate(rows[:HEADER_WITHIN]):
        header = _read_header(kind, at, row)
        missing = [field for field in _NEEDED[kind] if field not in header.places]
        if not missing:
            return header
        if len(missing) < len(lacking):
            lacking = missing
    raise Unreadable("columns_missing", columns=", ".join(_FIELDS[kind][field][0] for field in lacking))


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


def _read_header(kind: str, at: int, row: Row) -> Header:
    places: dict[str, int] = {}
    titles: dict[str, str] = {}
    for place, cell in enumerate(row):
        field = _COLUMNS[kind].get(names.fold(text_of(cell)))
        if field is not None and field not in places:
            places[field] = place
            titles[field] = text_of(cell)[:60]
    return Header(at, places, titles)
