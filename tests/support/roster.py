"""Rosters for tests: the demo's generator, and every way in which a real list arrives broken.

``spoil`` breaks a few rows of a good list and says which; the ``as_...`` functions write a list as the programs do that
schools use.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from openpyxl import Workbook

from deploy.demo.roster import (
    SCHOOL_COLUMNS,
    TEACHER_COLUMNS,
    Gaps,
    Roster,
    Row,
    csv_bytes,
    make_roster,
)

__all__ = [
    "DEFECTS",
    "SCHOOL_COLUMNS",
    "TEACHER_COLUMNS",
    "WRITINGS",
    "Gaps",
    "Roster",
    "Row",
    "Spoiled",
    "as_xlsx",
    "csv_bytes",
    "make_roster",
    "spoil",
]

UNKNOWN_NPSN = "99999999"

WRITINGS: Mapping[str, Mapping[str, str]] = {
    "plain": {},
    "byte order mark": {"encoding": "utf-8-sig"},
    "latin-1": {"encoding": "latin-1"},
    "windows-1252": {"encoding": "cp1252"},
    "utf-16": {"encoding": "utf-16"},
    "semicolons": {"delimiter": ";"},
    "tabs": {"delimiter": "\t"},
    "unix lines": {"newline": "\n"},
    "old mac lines": {"newline": "\r"},
    "semicolons and latin-1": {"delimiter": ";", "encoding": "latin-1"},
}
"""How one and the same list may be written down: the keyword arguments of :func:`csv_bytes`."""

DEFECTS: Mapping[str, Mapping[str, str]] = {
    "no name": {"nama": ""},
    "name of spaces": {"nama": "   "},
    "over-long name": {"nama": "Sri " * 400},
    "control character in name": {"nama": "Sri\x07 Rahayu"},
    "unknown school": {"npsn": UNKNOWN_NPSN},
    "no school": {"npsn": ""},
    "malformed npsn": {"npsn": "90-100"},
    "nuptk too short": {"nuptk": "12345"},
    "nuptk with letters": {"nuptk": "12345678901234AB"},
    "nuptk rounded by a spreadsheet": {"nuptk": "4,48773E+15"},
    "nip too short": {"nip": "1985092320"},
    "malformed e-mail": {"email": "guru di sekolah"},
    "malformed phone": {"hp": "tidak ada"},
    "two phones in one cell": {"hp": "086112345678 / 086212345678"},
    "operator instead of text": {"nama": '{"$ne": null}'},
    "formula": {"nama": '=HYPERLINK("http://jahat.example","klik")'},
}
"""What may be wrong with one teacher's row, by name: the cells that make it so. Not each must be refused: a phone that
cannot be read may as well be left out with a warning. None may be kept as it stands, or disturb another row."""


@dataclass(frozen=True)
class Spoiled:
    """A list with broken rows. ``broken`` maps a row's place in ``rows`` (0 is the first below the header) to the name
    of its defect; ``repeated`` maps the place of a repetition to the place of the row that it repeats."""

    rows: tuple[Row, ...]
    broken: Mapping[int, str]
    repeated: Mapping[int, int]


def spoil(rows: Sequence[Row], *, seed: int = 1, repetitions: int = 3) -> Spoiled:
    """Break one row for each of :data:`DEFECTS` and repeat some of the whole ones at the end.

    Raises ``ValueError`` when there are too few rows to keep any whole.
    """
    if len(rows) < len(DEFECTS) + repetitions:
        raise ValueError(f"needs at least {len(DEFECTS) + repetitions} rows")
    places = Random(f"spoil/{seed}").sample(range(len(rows)), len(DEFECTS) + repetitions)
    broken = dict(zip(places, DEFECTS, strict=False))
    spoiled = [{**row, **DEFECTS.get(broken.get(place, ""), {})} for place, row in enumerate(rows)]
    repeated = {len(rows) + number: place for number, place in enumerate(places[len(DEFECTS) :])}
    return Spoiled((*spoiled, *(rows[place] for place in repeated.values())), broken, repeated)


def as_xlsx(
    rows: Sequence[Mapping[str, str]],
    columns: Sequence[str],
    *,
    title_rows: Sequence[str] = (),
    numeric: Sequence[str] = (),
) -> bytes:
    """The rows as a workbook. ``title_rows`` stand above the header row, as in a school's printed list; the cells of
    ``numeric`` columns are numbers (a spreadsheet keeps only 15 digits of them)."""
    book = Workbook()
    sheet = book.active
    for title in title_rows:
        sheet.append([title])
    sheet.append(list(columns))
    for row in rows:
        cells: dict[str, object] = {**row}
        for column in numeric:
            cells[column] = float(row[column]) if row[column] else None
        sheet.append([cells[column] for column in columns])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
