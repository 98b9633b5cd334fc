"""Imports: what a row says, whom it means, and what would become of it. Everything here is decided, nothing is done.

A row is read (:func:`read_school`, :func:`read_teacher`), compared with the other rows of its file (:class:`Rows`) and
with the records that share a key with it (:func:`decide_school`, :func:`decide_teacher`). An empty cell says nothing:
it never empties what is known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.membership.domain import identifiers, names, people, schools
from services.membership.domain.identifiers import Unusable
from services.membership.domain.sheets import Cell, is_number, text_of
from shared.errors import Text

CREATED, CHANGED, UNCHANGED, REJECTED = "created", "changed", "unchanged", "rejected"

_PRINCIPAL = re.compile(r"(?:plt |plh |pjs? )?kepala (?:sekolah|madrasah|paud|tk|pkbm|skb)\b")
ReadPhone = Callable[[str], str]


@dataclass(frozen=True)
class Problem:
    """Something wrong with a cell. A problem that ``rejects`` keeps its row out; others are only reported."""

    field: str | None
    text: Text
    suggestion: Text | None = None
    rejects: bool = True


@dataclass
class Reading:
    """What a row says: ``values`` in their kept form, and what is wrong with it."""

    values: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)

    @property
    def rejected(self) -> bool:
        return any(problem.rejects for problem in self.problems)


@dataclass(frozen=True)
class Decision:
    """What becomes of a row: its outcome, the record it means, the fields that change and what is wrong."""

    outcome: str
    subject_id: str | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)
    problems: Sequence[Problem] = ()


# --- what a row says ----------------------------------------------------------------------------------------------


def read_school(cells: Mapping[str, Cell]) -> Reading:
    """A row of a ``schools`` file."""
    reading = Reading({})
    _read(reading, "npsn", cells, identifiers.npsn)
    _read(reading, "name", cells, identifiers.name)
    level, status = text_of(cells.get("level")), text_of(cells.get("status"))
    reading.values["level"] = schools.level_of(level)
    if reading.values["level"] is None:
        reading.problems.append(Problem("level", _text("unknown_level", level=level[:40]), _text("suggest_levels")))
    reading.values["status"] = schools.status_of(status)
    if reading.values["status"] is None:
        reading.problems.append(Problem("status", _text("unknown_status", status=status[:40]), _text("suggest_status")))
    reading.values["subdistrict"] = text_of(cells.get("subdistrict"))[: identifiers.LONGEST_NAME]
    if identifiers.blank(reading.values["subdistrict"]):
        reading.problems.append(Problem("subdistrict", _text("subdistrict_missing")))
    code = text_of(cells.get("subdistrict_code"))[:20]
    reading.values["subdistrict_code"] = None if identifiers.blank(code) else code
    return reading


def read_teacher(cells: Mapping[str, Cell], read_phone: ReadPhone) -> Reading:
    """A row of a ``teachers`` file. A bad phone or e-mail is left out and reported; the person is taken."""
    reading = Reading({})
    _read(reading, "npsn", cells, identifiers.npsn)
    _read(reading, "name", cells, identifiers.name)
    _read(reading, "nuptk", cells, identifiers.nuptk, exact="NUPTK")
    _read(reading, "nip", cells, identifiers.nip, exact="NIP")
    for name in ("employment", "duty"):
        said = text_of(cells.get(name))[:50]
        reading.values[name] = None if identifiers.blank(said) else said
    reading.values["subjects"] = people.subjects_of(text_of(cells.get("subjects")))
    _read(reading, "phone", cells, lambda raw: None if identifiers.blank(raw) else read_phone(raw), rejects=False)
    _read(reading, "email", cells, identifiers.email, rejects=False)
    return reading


def leads_school(duty: str | None) -> bool:
    """Whether somebody with this duty is the principal of their school."""
    return duty is not None and _PRINCIPAL.match(names.fold(duty)) is not None


# --- the rows of one file among themselves ------------------------------------------------------------------------


class Rows:
    """The rows of one file that were seen so far, to tell doubles. Grows by some hundred bytes a row."""

    def __init__(self) -> None:
        self._seen: dict[str, list[tuple[int, tuple[str | None, ...]]]] = {}
        self._meant: dict[str, int] = {}

    def double_of_school(self, row: int, values: Mapping[str, Any]) -> Problem | None:
        """The problem of a row whose school stood in an earlier row."""
        earlier = self._seen.setdefault(f"npsn:{values['npsn']}", [])
        if earlier:
            return Problem("npsn", _text("row_twice", row=earlier[0][0]))
        earlier.append((row, ()))
        return None

    def double_of_teacher(self, row: int, values: Mapping[str, Any]) -> Problem | None:
        """The problem of a row whose person stood in an earlier row.

        Two rows mean one person when they share a NUPTK or NIP, or name and phone, or name and school and nothing
        (NUPTK, NIP, phone, e-mail) tells them apart.
        """
        marks = tuple(values[name] for name in ("nuptk", "nip", "phone", "email"))
        same = names.core(values["name"])
        keys = {
            "nuptk": values["nuptk"],
            "nip": values["nip"],
            "phone": values["phone"] and f"{values['phone']} {same}",
            "name": f"{same}@{values['npsn']}",
        }
        for what, value in keys.items():
            for earlier, its in self._seen.get(f"{what}:{value}", ()) if value else ():
                if what != "name":
                    return Problem(what, _text(f"row_twice_{what}", row=earlier), _text("suggest_second_school"))
                if not _told_apart(marks, its):
                    return Problem("name", _text("row_twice", row=earlier), _text("suggest_tell_apart"))
        for what, value in keys.items():
            if value:
                self._seen.setdefault(f"{what}:{value}", []).append((row, marks))
        return None

    def meant_before(self, row: int, subject_id: str | None) -> Problem | None:
        """The problem of a row that means a known person whom an earlier row meant."""
        if subject_id is None:
            return None
        earlier = self._meant.setdefault(subject_id, row)
        return None if earlier == row else Problem("name", _text("row_twice", row=earlier), _text("suggest_tell_apart"))


# --- what would become of a row -----------------------------------------------------------------------------------


def decide_school(values: Mapping[str, Any], known: Mapping[str, Any] | None) -> Decision:
    """What becomes of a school's row, ``known`` being the school as it stands."""
    if known is None:
        return Decision(CREATED, values["npsn"], dict(values))
    wanted = {name: value for name, value in values.items() if value not in (None, "")} | {"active": True}
    changes = {name: value for name, value in wanted.items() if known.get(name) != value}
    return Decision(CHANGED if changes else UNCHANGED, values["npsn"], changes)


def lookup_keys(values: Mapping[str, Any]) -> list[str]:
    """The keys of those whom a teacher's row may mean, beside who has its NUPTK."""
    found = [f"school:{values['npsn']}"]
    found += [f"{kind}:{values[kind]}" for kind in ("nip", "phone") if values[kind]]
    return found


def decide_teacher(values: Mapping[str, Any], candidates: Iterable[Mapping[str, Any]]) -> Decision:
    """What becomes of a teacher's row; ``candidates`` are the people who share its NUPTK or a lookup key.

    A person is recognised by NUPTK, then NIP, then phone with a like name, then name and school. Where that stays in
    doubt the row is rejected with the reason: two people are never made one silently.
    """
    found, problem = _recognise(values, list(candidates))
    if problem is not None:
        return Decision(REJECTED, None, problems=[problem])
    if found is None:
        return Decision(CREATED)
    changes = _person_changes(values, found)
    post = next((post for post in found["posts"] if post["npsn"] == values["npsn"]), None)
    if post is None:
        changes |= {"npsn": values["npsn"], "duty": values["duty"]}
    elif values["duty"] not in (None, post["duty"]):
        changes["duty"] = values["duty"]
    return Decision(CHANGED if changes else UNCHANGED, found["id"], changes)


def _recognise(
    values: Mapping[str, Any], candidates: list[Mapping[str, Any]]
) -> tuple[Mapping[str, Any] | None, Problem | None]:
    name, npsn = values["name"], values["npsn"]

    def near(person: Mapping[str, Any]) -> bool:
        return npsn in person["schools"] or names.alike(name, person["name"])

    for what in ("nuptk", "nip"):
        for person in candidates if values[what] else ():
            if person[what] == values[what]:
                if near(person) and (what == "nuptk" or not _differ(values, person, "nuptk")):
                    return person, None
                return None, Problem(what, _text(f"{what}_of_another", name=person["name"]), _text("suggest_check"))
    open_ones = [person for person in candidates if not _differ(values, person, "nuptk")]
    sharing = [p for p in open_ones if values["phone"] and p["phone"] == values["phone"]]
    by_phone = [p for p in sharing if names.alike(name, p["name"])]
    here = [p for p in open_ones if npsn in p["schools"] and not _differ(values, p, "nip")]
    by_name = [p for p in here if names.core(p["name"]) == names.core(name)]
    for matches in (by_phone, by_name):
        if len(matches) == 1:
            return matches[0], None
        if matches:
            return None, Problem("name", _text("several_match", count=len(matches)), _text("suggest_tell_apart"))
    return None, None


def _person_changes(values: Mapping[str, Any], person: Mapping[str, Any]) -> dict[str, Any]:
    said = {
        name: values[name]
        for name in ("name", "nuptk", "nip", "employment", "subjects", "phone", "email")
        if values[name] and not (name in ("phone", "email") and person["own_contacts"])
    }
    return {name: said[name] for name in people.other_fields(person, said)}


def _differ(values: Mapping[str, Any], person: Mapping[str, Any], what: str) -> bool:
    return bool(values[what] and person[what] and values[what] != person[what])


def _told_apart(one: Sequence[str | None], other: Sequence[str | None]) -> bool:
    return any(a and b and a != b for a, b in zip(one, other, strict=True))


def _read(
    reading: Reading,
    name: str,
    cells: Mapping[str, Cell],
    reader: Callable[[str], str | None],
    *,
    exact: str = "",
    rejects: bool = True,
) -> None:
    """Read one cell; ``exact`` names a number that spreadsheets lose digits of."""
    cell = cells.get(name)
    reading.values[name] = None
    try:
        raw = text_of(cell)
        if exact and is_number(cell) and not identifiers.blank(raw):
            raise Unusable("rounded_by_excel", what=exact)
        reading.values[name] = reader(raw)
    except Unusable as unusable:
        rounded = unusable.text.key.endswith("rounded_by_excel")
        hint = _text("suggest_text_column") if rounded else None
        reading.problems.append(Problem(name, unusable.text, hint, rejects))


def _text(key: str, **params: Any) -> Text:
    return Text(f"membership.{key}", params)
