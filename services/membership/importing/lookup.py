"""Looking up the people whom rows may mean, many rows at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.membership.domain import communities
from services.membership.domain.imports import recognition, teachers
from services.membership.domain.imports.recognition import Recognised
from services.membership.domain.imports.rows import Record
from services.membership.importing.kinds import Case
from shared.mongo import Doc

# Longer lists of values cost the embedded database more than proportionally (docs/decisions/0033).
_IN = 20
_MOST_SHARING = 5000


def recognised(case: Case, values: Sequence[Doc], meant: Sequence[str | None] = ()) -> list[Recognised]:
    """Whom each row means; ``meant`` are those whom they meant before. Who was brought by this very import is none of
    them: its rows were told apart before.

    Those who only have a similar name are looked for where nobody is surely meant, and not while applying: what was
    judged then holds.
    """
    candidates = _by_keys(case, values)
    before = case.work.store.people.get_many(id_ for id_ in meant if id_)
    for alike, id_ in zip(candidates, meant, strict=False):
        if id_ in before and all(person["id"] != id_ for person in alike):
            alike.append(before[id_])
    found = [recognition.recognise(row, people) for row, people in zip(values, candidates, strict=True)]
    open_ones = [
        at
        for at, each in enumerate(found)
        if each.person is None and (each.doubt is None or each.guess) and values[at]["npsn"]
    ]
    if case.applying or not open_ones:
        return found
    staffs = _sharing_keys(case, {f"school:{values[at]['npsn']}" for at in open_ones})
    for at in open_ones:
        staff = staffs.get(f"school:{values[at]['npsn']}", [])
        people = {person["id"]: person for person in (*candidates[at], *staff)}
        found[at] = recognition.recognise(values[at], list(people.values()))
    return found


def owners(case: Case, numbers: Iterable[str]) -> dict[str, Doc]:
    """Who on record has which of these NUPTK."""
    return {person["nuptk"]: person for person in _sharing(case, "logins", numbers)}


def named_beside(case: Case, people: Iterable[Record]) -> set[tuple[str, str]]:
    """Which of these people the file names at which school as one beside their primary one, ``(person_id, npsn)``."""
    ids = sorted({person["id"] for person in people if person["npsn"]})
    found: set[tuple[str, str]] = set()
    for start in range(0, len(ids), _IN):
        where = {"subject_id": {"$in": ids[start : start + _IN]}}
        for row in case.work.store.import_rows.find(where, limit=_MOST_SHARING):
            if row["import_id"] == case.import_id and row["values"].get("primary") is False:
                found.add((row["subject_id"], row["values"]["npsn"]))
    return found


def communities_called(case: Case, called: set[str]) -> list[Doc]:
    """The communities of these names, archived ones too."""
    keys = sorted({communities.called_key(name) for name in called})
    found: list[Doc] = []
    for start in range(0, len(keys), _IN):
        where = {"keys": {"$in": keys[start : start + _IN]}}
        found += case.work.store.communities.find(where, limit=_MOST_SHARING)
    return found


def _by_keys(case: Case, values: Sequence[Doc]) -> list[list[Doc]]:
    """Whoever has a row's NUPTK, else all who share another key with it."""
    owned = owners(case, {row["nuptk"] for row in values if row["nuptk"]})
    others = [row for row in values if row["nuptk"] not in owned]
    by_key = _sharing_keys(case, {key for row in others for key in teachers.lookup_keys(row)})
    found = []
    for row in values:
        if row["nuptk"] in owned:
            found.append([owned[row["nuptk"]]])
        else:
            alike = [person for key in teachers.lookup_keys(row) for person in by_key.get(key, ())]
            found.append(list({person["id"]: person for person in alike}.values()))
    return found


def _sharing_keys(case: Case, keys: set[str]) -> dict[str, list[Doc]]:
    by_key: dict[str, list[Doc]] = {}
    for person in _sharing(case, "keys", keys):
        for key in person["keys"]:
            if key in keys:
                by_key.setdefault(key, []).append(person)
    return by_key


def _sharing(case: Case, field: str, wanted: Iterable[str]) -> list[Doc]:
    values = sorted(wanted)
    found: dict[str, Doc] = {}
    for start in range(0, len(values), _IN):
        where = {field: {"$in": values[start : start + _IN]}}
        for person in case.work.store.people.find(where, limit=_MOST_SHARING):
            if field == "logins" or person.get("import_id") != case.import_id:
                found[person["id"]] = person
    return list(found.values())
