"""Tables and their indexes, as a store declares them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, overload

from shared.contracts.base import Event
from shared.mongo.reads import Doc, Where
from shared.skips import level_of

if TYPE_CHECKING:
    from shared.mongo.collection import Collection
    from shared.mongo.store import Store

SKIP_LEVEL = "skip_level"
"""The field of a document's skip level; the many of level 0 do without."""


class Index:
    """An index of a table; ``district`` goes before the named fields by itself.

    With ``skips`` its last field is a moment that lists page by, and another index, of the few documents that have a
    skip level, stands beside it (docs/decisions/0095). With ``only`` it holds just the documents that match.
    """

    def __init__(self, *fields: str, unique: bool = False, skips: bool = False, only: Where | None = None) -> None:
        self.fields = fields
        self.unique = unique
        self.skips = skips
        self.only = only

    @property
    def keys(self) -> list[tuple[str, int]]:
        return [("district", 1), *((field, 1) for field in self.fields)]

    @property
    def name(self) -> str:
        return "_".join(("district", *self.fields))

    @property
    def options(self) -> Doc:
        """What the database is told of it besides its keys."""
        return {"unique": self.unique, **({"partialFilterExpression": dict(self.only)} if self.only else {})}

    def of_skips(self) -> Index:
        """The index beside one with ``skips``."""
        return Index(*self.fields[:-1], SKIP_LEVEL, self.fields[-1], only={SKIP_LEVEL: {"$gt": 0}})


class Table:
    """A collection of a store.

    With ``numbered_by`` each new document gets ``n``, its place among the documents that share those fields' values,
    and their number is kept; that is what lists page by and counts come from. One that ``expires`` loses its documents
    within minutes after the moment in their ``expires_at`` (docs/decisions/0097); it cannot be numbered.

    An index that ends with ``updated_at`` and has ``skips`` lets people follow what changes in its scope: lists take
    ``updated_since``. ``known_as`` is the table under whose name external ids are registered, where it is another one.

    ``keyed_by`` says what a document's ``keys`` are by the rest of it: `sanggar migrate` brings those of older versions
    up to date. Whoever writes a document sets them; one with no keys at all is in no list, and stays so.
    """

    def __init__(
        self,
        name: str,
        *indexes: Index,
        numbered_by: Sequence[str] | None = None,
        expires: bool = False,
        known_as: str = "",
        keyed_by: Callable[[Doc], list[str]] | None = None,
    ) -> None:
        self.name = name
        self.keyed_by = keyed_by
        self.expires = expires
        self.paged_by_moment = {index.fields for index in indexes if index.skips}
        self.indexes = (*indexes, *(index.of_skips() for index in indexes if index.skips))
        self.known_as = known_as or name
        self.numbered_by = None if numbered_by is None else tuple(numbered_by)

    def skip_level(self, key: str) -> Doc:
        """What the document with this ``_id`` holds for the sake of its place in lists by moment."""
        level = level_of(key) if self.paged_by_moment else 0
        return {SKIP_LEVEL: level} if level else {}

    @overload
    def __get__(self, store: None, owner: type[Store]) -> Table: ...
    @overload
    def __get__(self, store: Store, owner: type[Store]) -> Collection: ...
    def __get__(self, store: Store | None, owner: type[Store]) -> Table | Collection:
        if store is None:
            return self
        return store.opened(self)


class Copy(Table):
    """A service's own copy of another's records, kept up to date by the kernel from these events' full states.

    A document's id is the subject's id, its ``version`` the event's sequence.
    """

    def __init__(self, name: str, *parts: Event | Index) -> None:
        self.events = tuple(part for part in parts if isinstance(part, Event))
        super().__init__(name, *(part for part in parts if isinstance(part, Index)))

    @property
    def subject(self) -> str:
        return self.events[0].subject


COUNTERS = Table("counters")
# What other systems call our records: `<table>/<system>:<id>`, one row each, so that none is given twice.
EXTERNAL_IDS = Table("external_ids")
