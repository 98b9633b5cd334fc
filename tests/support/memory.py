"""A service's use cases without its process: a store in memory, and a list of what was told."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from shared import clock
from shared.contracts.base import Event
from shared.ids import new_id
from shared.paging import Page

Doc = dict[str, Any]
_COMPARED: Mapping[str, Callable[[Any, Any], bool]] = {
    "$gt": operator.gt,
    "$gte": operator.ge,
    "$lte": operator.le,
    "$in": lambda value, wanted: value in wanted,
}


class Memory:
    """One table: what use cases ask of :class:`shared.mongo.Collection`."""

    def __init__(self) -> None:
        self.docs: dict[str, Doc] = {}

    def require(self, id_: str, text: str = "") -> Doc:
        return dict(self.docs[id_])

    def get(self, id_: str) -> Doc | None:
        return dict(self.docs[id_]) if id_ in self.docs else None

    def get_many(self, ids: Iterable[str]) -> dict[str, Doc]:
        return {id_: dict(self.docs[id_]) for id_ in ids if id_ in self.docs}

    def find(self, where: Mapping[str, Any], *, limit: int) -> list[Doc]:
        found = [dict(doc) for doc in self.docs.values() if all(_fits(doc.get(name), of) for name, of in where.items())]
        return found[:limit]

    def page(self, where: Mapping[str, Any] | Sequence[Mapping[str, Any]], request: Mapping[str, Any]) -> Page:
        """All of them, whatever the limit: nothing here grows long."""
        found = [self.find(each, limit=len(self.docs)) for each in ([where] if isinstance(where, Mapping) else where)]
        return Page([doc for docs in found for doc in docs], None)

    def count(self, **scope: Any) -> int:
        return len(self.find(scope, limit=len(self.docs)))

    def delete(self, id_: str) -> bool:
        return self.docs.pop(id_, None) is not None

    def insert(self, doc: Doc) -> Doc:
        return self.insert_many([doc])[0]

    def insert_many(self, docs: Iterable[Doc]) -> list[Doc]:
        made = [{"id": new_id(), "version": clock.next_version(), **doc} for doc in docs]
        for doc in made:
            assert doc["id"] not in self.docs
            self.docs[doc["id"]] = doc
        return [dict(doc) for doc in made]

    def save(self, doc: Doc) -> Doc:
        assert self.docs[doc["id"]]["version"] == doc["version"]
        self.docs[doc["id"]] = {**doc, "version": clock.next_version(doc["version"])}
        return dict(self.docs[doc["id"]])

    def update(self, id_: str, *, set: Mapping[str, Any]) -> None:
        self.docs[id_].update(set)

    def update_many(self, changes: Mapping[str, Mapping[str, Any]]) -> None:
        for id_, fields in changes.items():
            self.update(id_, set=fields)

    def increment_many(self, amounts: Mapping[str, Mapping[str, int]]) -> None:
        for id_, fields in amounts.items():
            doc = self.docs.setdefault(id_, {"id": id_})
            doc.update({name: doc.get(name, 0) + by for name, by in fields.items()})


class MemoryWork:
    """What use cases ask of :class:`shared.messaging.Work`: these tables, this moment, and whatever is emitted."""

    def __init__(self, now: datetime, *tables: str) -> None:
        self.now = now
        self.store = SimpleNamespace(**{name: Memory() for name in tables})
        self.told: list[tuple[str, Doc]] = []

    def emit(self, event: Event, data: Doc, version: int) -> None:
        self.told.append((event.routing.removesuffix(".v1"), data))

    def news(self, *kinds: str) -> Sequence[Doc]:
        """The data of what was told of these kinds, in order."""
        return [data for kind, data in self.told if kind in kinds]


def _fits(value: Any, wanted: Any) -> bool:
    if isinstance(value, list):
        return any(_fits(each, wanted) for each in value)
    if isinstance(wanted, Mapping):
        return value is not None and all(_COMPARED[how](value, of) for how, of in wanted.items())
    return bool(value == wanted)
