"""The rows of one file among themselves: who stands in it twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any

from services.membership.domain import names
from services.membership.domain.imports.rows import Problem, text

_MARKS = ("nuptk", "nip", "phone", "email")
Marks = tuple[int, ...]


def places(values: Mapping[str, Any]) -> set[str]:
    """What of a person a row speaks for, which no other row may: a school, and (``""``) which is their primary one,
    unless it says that the school is not."""
    npsn = values.get("npsn") or ""
    return {npsn} if values.get("primary") is False else {npsn, ""}


class Doubles:
    """The rows that were seen so far. Keeps numbers instead of what the rows say: some hundred bytes a row."""

    def __init__(self) -> None:
        self._first: dict[int, int] = {}
        self._named: dict[int, list[tuple[int, Marks]]] = {}
        self._meant: dict[int, int] = {}
        self._present: set[int] = set()

    def of_thing(self, row: int, field: str, *key: object) -> Problem | None:
        """The problem of a row whose subject, known by ``key``, stood in an earlier row."""
        earlier = self._first.setdefault(_mark(f"{field}:{key}"), row)
        return None if earlier == row else Problem(field, text("row_twice", row=earlier))

    def of_teacher(self, row: int, values: Mapping[str, Any]) -> Problem | None:
        """The problem of a row whose person stood in an earlier row.

        Two rows mean one person when they share a NUPTK or NIP, or name and phone, or name and school and nothing
        (NUPTK, NIP, phone, e-mail) tells them apart. A second school's row (``primary`` said to be false) doubles only
        another one for the same school.
        """
        where = f"@{values['npsn']}" if values["primary"] is False else ""
        same = names.core(values["name"])
        keys = {
            "nuptk": values["nuptk"] and f"nuptk{where}:{values['nuptk']}",
            "nip": values["nip"] and f"nip{where}:{values['nip']}",
            "phone": values["phone"] and f"phone{where}:{values['phone']} {same}",
        }
        marks = {what: _mark(key) for what, key in keys.items() if key}
        for what, mark in marks.items():
            if mark in self._first:
                twice = text(f"row_twice_{what}", row=self._first[mark])
                return Problem(what, twice, text("suggest_second_school"))
        name, apart = _mark(f"name:{same}@{values['npsn']}"), tuple(_marks_of(values))
        for earlier, its in self._named.get(name, ()):
            if not _told_apart(apart, its):
                return Problem("name", text("row_twice", row=earlier), text("suggest_tell_apart"))
        self._first.update(dict.fromkeys(marks.values(), row))
        self._named.setdefault(name, []).append((row, apart))
        return None

    def of_new_person(self, row: int, values: Mapping[str, Any]) -> Problem | None:
        """The problem of a row that would make somebody new whom an earlier row, for another school, makes already."""
        same = names.core(values["name"])
        said = {
            "nuptk": values["nuptk"],
            "nip": values["nip"],
            "phone": values["phone"] and f"{values['phone']} {same}",
        }
        marks = [(what, _mark(f"new {what}:{value}")) for what, value in said.items() if value]
        for what, mark in marks:
            if self._first.setdefault(mark, row) != row:
                return Problem(what, text("person_twice", row=self._first[mark]), text("suggest_second_school_later"))
        return None

    def meant_before(self, row: int, subject: str | None, at: Iterable[str] = ("",)) -> Problem | None:
        """The problem of a row that means a known subject whom an earlier row meant, for one of the same :func:`places`
        ``at``."""
        if subject is None:
            return None
        self._present.add(_mark(subject))
        marks = [_mark(f"{subject}@{place}") for place in at]
        earlier = min(self._meant.get(mark, row) for mark in marks)
        if earlier != row:
            return Problem("name", text("row_twice", row=earlier), text("suggest_tell_apart"))
        self._meant.update(dict.fromkeys(marks, row))
        return None

    def means(self, subject: str) -> bool:
        """Whether a row meant this subject."""
        return _mark(subject) in self._present


def _marks_of(values: Mapping[str, Any]) -> Iterator[int]:
    for what in _MARKS:
        yield _mark(values[what]) if values[what] else 0


def _told_apart(one: Sequence[int], other: Sequence[int]) -> bool:
    return any(a and b and a != b for a, b in zip(one, other, strict=True))


def _mark(said: str) -> int:
    return int.from_bytes(blake2b(said.encode(), digest_size=8).digest())
