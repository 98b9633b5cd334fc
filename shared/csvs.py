"""Lines of CSV that a spreadsheet opens as text, whatever somebody managed to have written into a cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

# So that spreadsheets take the file for UTF-8.
MARK = "\ufeff"
# What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def lines(rows: Iterable[Iterable[Any]]) -> bytes:
    """The rows as CSV (RFC 4180) in UTF-8. A cell that would be a formula begins with an apostrophe."""
    text = io.StringIO()
    csv.writer(text).writerows([[_plain(cell) for cell in row] for row in rows])
    return text.getvalue().encode()


def _plain(cell: Any) -> str:
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text
