"""Cells: what people and spreadsheets leave in them, read into the form it is kept in or refused with the reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from services.membership.domain import identifiers, names
from services.membership.domain.identifiers import Unusable
from services.membership.domain.imports.rows import Problem, Reading, text
from services.membership.domain.imports.sheets import Cell, is_number, text_of
from shared.errors import Text

# What a spreadsheet would compute instead of show. A sign before a digit or a bracket is a phone number's.
_FORMULA = re.compile(r"[=@]|[+-][^\s0-9(+-]")
_ERRORS = {"#ref!", "#value!", "#div/0!", "#name?", "#null!", "#num!", "#spill!", "#calc!"}
_YES = {"ya", "y", "induk", "true", "benar", "1"}
_NO = {"tidak", "t", "bukan", "non induk", "noninduk", "false", "salah", "0"}


def take(
    reading: Reading,
    name: str,
    cells: Mapping[str, Cell],
    reader: Callable[[str], str | None],
    *,
    exact: str = "",
    rejects: bool = True,
    hint: Text | None = None,
) -> None:
    """Read one cell into ``reading.values[name]``; what it cannot be becomes a problem with ``hint``, or the word that
    the rest of the row is taken, if it is.

    ``exact`` names a number that spreadsheets lose digits of. A formula or a spreadsheet's error rejects the row
    whatever ``rejects`` says: nobody knows what was meant.
    """
    cell = cells.get(name)
    reading.values[name] = None
    raw = text_of(cell)
    problem = spoiled(name, raw)
    if problem is not None:
        reading.problems.append(problem)
        return
    try:
        if exact and is_number(cell) and not identifiers.blank(raw):
            raise Unusable("rounded_by_excel", what=exact)
        reading.values[name] = reader(raw)
    except Unusable as unusable:
        rounded = unusable.text.key.endswith("rounded_by_excel")
        suggestion = text("suggest_text_column") if rounded else hint
        if suggestion is None and not rejects:
            suggestion = text("suggest_without_cell")
        reading.problems.append(Problem(name, unusable.text, suggestion, rejects))


def spoiled(name: str, raw: str) -> Problem | None:
    """The problem of a cell that holds a formula, or the error that one has come to."""
    if _FORMULA.match(raw):
        return Problem(name, text("cell_formula"), text("suggest_paste_values"))
    if raw.casefold() in _ERRORS:
        return Problem(name, text("cell_error", error=raw), text("suggest_paste_values"))
    return None


def short(most: int) -> Callable[[str], str | None]:
    """A reader of one line of at most ``most`` characters, or ``None``."""

    def read(raw: str) -> str | None:
        if identifiers.blank(raw):
            return None
        if len(raw) > most:
            raise Unusable("cell_too_long", most=str(most))
        return raw

    return read


def one_of(words: Mapping[str, str], unknown: str) -> Callable[[str], str | None]:
    """A reader of one of a few folded ``words``, for what each is kept as; others are ``unknown``, none is ``None``."""

    def read(raw: str) -> str | None:
        if identifiers.blank(raw):
            return None
        found = words.get(names.fold(raw))
        if found is None:
            raise Unusable(unknown, value=raw[:40])
        return found

    return read


def yes_or_no(reading: Reading, name: str, cells: Mapping[str, Cell]) -> None:
    """Read a cell that says yes or no into ``reading.values[name]``, as ``None`` where it says neither."""
    words = dict.fromkeys(_YES, "yes") | dict.fromkeys(_NO, "no")
    take(reading, name, cells, one_of(words, "unknown_yes_no"), hint=text("suggest_yes_no"))
    said = reading.values[name]
    reading.values[name] = None if said is None else said == "yes"
