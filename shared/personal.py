"""What a service holds of a person: one readable table a service, ``services/<name>/personal.py``.

Each table of the store stands there: how a person's records are found, what of them her archive shows, and what becomes
of them when she is erased; or that it holds nothing of anybody. The kernel does the rest (docs/decisions/0126).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared import clock
from shared.communities import whole
from shared.mongo import Collection, Doc

ERASED_NAME = "Guru (dihapus)"
ERASED: Mapping[str, Any] = {"name": ERASED_NAME, "email": None, "phone": None, "subjects": [], "status": "ended"}
MOST = 20_000
_BOOKKEEPING = frozenset({"id", "district", "person_id", "version", "created_at", "updated_at"})

Find = Callable[[Any, Collection, str], list[Doc]]


class Later(Exception):
    """Erasing must wait for something that is under way; it is tried again."""


@dataclass(frozen=True)
class Keep:
    """The records stay as they are: they hold ids, which mean nobody once the person is erased. ``why`` names a text,
    ``personal.kept_<why>``."""

    why: str


@dataclass(frozen=True)
class Blank:
    """The records stay, with these fields set so."""

    why: str
    fields: Mapping[str, Any]


class Forget:
    """The records are deleted."""


@dataclass(frozen=True)
class Do:
    """The service's own function erases the records, in a transaction: ``what(work, person_id, records)``. Where they
    stay in part, ``why`` says so."""

    what: Callable[[Any, str, list[Doc]], None]
    why: str = ""


@dataclass(frozen=True)
class Sweep:
    """The service's own function looks through the table for what names the person and empties it, in transactions of
    its own: ``what(work, district, person_id)`` with a :class:`SystemWork`; it returns how many records there were.

    For tables that cannot be looked up by person.
    """

    what: Callable[[Any, str, str], int]


Erasing = Keep | Blank | Forget | Do | Sweep


@dataclass(frozen=True)
class Holding:
    """What one table (an attribute of the store) holds of a person.

    ``find`` finds their records; ``shows`` names the fields that their archive shows (none: it shows nothing).
    """

    table: str
    find: Find
    erasing: Erasing
    shows: tuple[str, ...] = ()

    def shown(self, doc: Mapping[str, Any]) -> Doc:
        """A record as its person is given it."""
        return {name: doc.get(name) for name in self.shows}


Told = Callable[[Any, Mapping[str, Any]], None]


def _nothing(work: Any, data: Mapping[str, Any]) -> None:
    """Nobody here waits for it."""


class Personal:
    """All that a service holds of people: its holdings in the order in which they are erased, and the ``impersonal``
    tables, which hold nothing of a person but, at most, ids.

    ``when_erased`` and ``when_exported`` are called in the transaction that tells of it, with the event's data.
    """

    def __init__(
        self,
        *holdings: Holding,
        impersonal: Iterable[str] = (),
        when_erased: Told = _nothing,
        when_exported: Told = _nothing,
    ) -> None:
        self.holdings: Sequence[Holding] = holdings
        self.impersonal = frozenset(impersonal)
        self.when_erased = when_erased
        self.when_exported = when_exported

    def spoken_of(self) -> list[str]:
        """The tables that are declared, one way or the other; doubles show."""
        return sorted([*(holding.table for holding in self.holdings), *self.impersonal])


def by(field: str) -> Find:
    """Finds records by an indexed field that holds the person's id."""
    return lambda store, table, person_id: table.find({field: person_id}, limit=MOST)


def own(store: Any, table: Collection, person_id: str) -> list[Doc]:
    """Finds the record whose id is the person's."""
    record = table.get(person_id)
    return [] if record is None else [record]


def by_sessions(store: Any, table: Collection, person_id: str) -> list[Doc]:
    """Finds records with the id ``<session>/<person>``, by the sessions of all communities that the person ever
    belonged to, and of those that became one with them: an index by person would cost every answer of everybody."""
    memberships = by("person_id")(store, store.members, person_id)
    sessions = [
        session
        for community_id in whole(store, [record["community_id"] for record in memberships])
        for session in store.sessions.find({"community_id": community_id}, limit=MOST)
    ]
    return list(table.get_many(f"{session['id']}/{person_id}" for session in sessions).values())


def nobody(store: Any, table: Collection, person_id: str) -> list[Doc]:
    """Finds nothing: for tables that are swept."""
    return []


def _forget_name(work: Any, person_id: str, records: list[Doc]) -> None:
    """A copy of a person becomes that of nobody, also where it had not come yet: an older snapshot that is still on its
    way finds a newer one here. Fields that this version does not know are taken away."""
    for record in records:
        unknown = record.keys() - ERASED.keys() - _BOOKKEEPING
        work.store.people.update(person_id, set={**ERASED, "version": _newer(work, record)}, unset=sorted(unknown))
    if not records:
        made = {"person_id": person_id, **ERASED, "version": clock.next_version()}
        work.store.people.upsert(person_id, on_insert=made)


def _newer(work: Any, record: Doc) -> int:
    return max(int(record["version"]), clock.ms(work.now))


# What every service copies to know who somebody is (shared/standing.py).
COPIES = (
    Holding("people", own, Do(_forget_name)),
    Holding("access", own, Keep("security")),
    Holding("assignments", by("person_id"), Keep("history")),
    Holding("roles", by("person_id"), Keep("history")),
    Holding("members", by("person_id"), Keep("history")),
)
IMPERSONAL_COPIES = ("districts", "communities")
