"""Rows of a ``teachers`` file and of a school's Dapodik workbook."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from services.membership.domain import duties, identifiers, people
from services.membership.domain.identifiers import Unusable
from services.membership.domain.imports.cells import short, take, yes_or_no
from services.membership.domain.imports.recognition import Recognised
from services.membership.domain.imports.rows import (
    CHANGED,
    CREATE,
    CREATED,
    DOUBTFUL,
    OF_THE_POST,
    UNCHANGED,
    Decision,
    Reading,
    Record,
)
from services.membership.domain.imports.sheets import Cell, text_of

_LONGEST = 50
_OF_THE_PERSON = ("name", "nuptk", "nip", "employment", "subjects", "phone", "email")
ReadPhone = Callable[[str], str]


def read(cells: Mapping[str, Cell], read_phone: ReadPhone, rounded: Collection[str] = ()) -> Reading:
    """What a teacher's row says; ``primary`` is ``None`` where it does not say whether the school is. A bad phone or
    e-mail is left out and reported; the person is taken.

    ``rounded`` names the numbers that a spreadsheet has rounded all through the file.
    """
    reading = Reading()
    take(reading, "npsn", cells, identifiers.npsn)
    read_person(reading, cells, read_phone, rounded)
    take(reading, "employment", cells, short(_LONGEST), rejects=False)
    take(reading, "duty", cells, short(_LONGEST), rejects=False)
    take(reading, "further_duty", cells, short(_LONGEST), rejects=False)
    further = reading.values.pop("further_duty")
    if duties.leads_school(further):
        reading.values["duty"] = further
    take(reading, "subjects", cells, lambda raw: raw, rejects=False)
    reading.values["subjects"] = people.subjects_of(reading.values["subjects"] or "")
    take(reading, "email", cells, identifiers.email, rejects=False)
    yes_or_no(reading, "primary", cells)
    return reading


def read_person(
    reading: Reading, cells: Mapping[str, Cell], read_phone: ReadPhone, rounded: Collection[str] = ()
) -> None:
    """What a row says about who is meant: name, NUPTK, NIP and phone."""
    take(reading, "name", cells, identifiers.name)
    for what, reader in (("nuptk", identifiers.nuptk), ("nip", identifiers.nip)):
        take(reading, what, cells, _unrounded(reader, what.upper()) if what in rounded else reader, exact=what.upper())
    take(reading, "phone", cells, lambda raw: None if identifiers.blank(raw) else read_phone(raw), rejects=False)


def lookup_keys(values: Mapping[str, Any]) -> list[str]:
    """The keys of those whom a row may mean, beside who has its NUPTK."""
    found = [people.called_key(values["name"])]
    found += [f"{kind}:{values[kind]}" for kind in ("nip", "phone") if values[kind]]
    return found


def decide(values: Mapping[str, Any], found: Recognised, choice: str | None = None) -> Decision:
    """What becomes of a row that was recognised so; ``create`` as ``choice`` makes somebody new where that can be."""
    if choice == CREATE and not _owns_number(found, values):
        return Decision(CREATED)
    if found.doubt is not None:
        return Decision(DOUBTFUL, problems=[found.doubt], candidates=found.candidates, guess=found.guess)
    return Decision(CREATED) if found.person is None else decide_as(values, found.person)


def decide_as(values: Mapping[str, Any], person: Record) -> Decision:
    """What becomes of a row that means this person."""
    changes = {**_person_changes(values, person), **_post_changes(values, person)}
    return Decision(CHANGED if changes else UNCHANGED, person["id"], changes, record=person)


def of_the_person(said: Mapping[str, Any]) -> dict[str, Any]:
    """What of a row's values or changes stands in the person's own record."""
    return {name: value for name, value in said.items() if name not in OF_THE_POST}


def moves(changes: Mapping[str, Any]) -> bool:
    """Whether somebody begins at another school, with another duty, or has another primary school."""
    return not changes.keys().isdisjoint(OF_THE_POST)


def makes_primary(changes: Mapping[str, Any]) -> bool:
    """Whether the row's school becomes somebody's primary one."""
    return bool(changes.get("primary", "npsn" in changes))


def school_in_titles(titles: Sequence[Sequence[Cell]]) -> str | None:
    """The NPSN that stands in a title row of a school's workbook beside that word, if one does."""
    for row in titles:
        words = " ".join(text_of(cell) for cell in row).replace(":", " ").split()
        if any(word.casefold() == "npsn" for word in words):
            for word in words:
                try:
                    return identifiers.npsn(word)
                except Unusable:
                    continue
    return None


def _unrounded(reader: Callable[[str], str | None], what: str) -> Callable[[str], str | None]:
    """The reader, which refuses the numbers that end as rounded ones do."""

    def read(raw: str) -> str | None:
        found = reader(raw)
        if found is not None and found.endswith("0"):
            raise Unusable("rounded_by_excel", what=what)
        return found

    return read


def _owns_number(found: Recognised, values: Mapping[str, Any]) -> bool:
    """Whether the row's NUPTK belongs to somebody on record: then nobody new can be made of it."""
    owners = (found.person, *found.candidates)
    return any(owner is not None and values["nuptk"] and owner["nuptk"] == values["nuptk"] for owner in owners)


def _person_changes(values: Mapping[str, Any], person: Record) -> dict[str, Any]:
    said = {
        name: values[name]
        for name in _OF_THE_PERSON
        if values[name] and not (name in ("phone", "email") and person["own_contacts"])
    }
    return {name: said[name] for name in people.other_fields(person, said)}


def _post_changes(values: Mapping[str, Any], person: Record) -> dict[str, Any]:
    post = next((post for post in person["posts"] if post["npsn"] == values["npsn"]), None)
    if post is None:
        begun = {"npsn": values["npsn"], "duty": values["duty"]}
        return {**begun, "primary": False} if values["primary"] is False else begun
    return {name: values[name] for name in ("duty", "primary") if values[name] not in (None, post[name])}
