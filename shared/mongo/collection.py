"""One table of one district: what is read from it, written to it, and listed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from pymongo import UpdateOne
from pymongo.errors import BulkWriteError, DuplicateKeyError

from shared import clock, following
from shared.errors import Conflict, NotFound, Stale
from shared.ids import new_id
from shared.mongo.numbering import Numbering
from shared.mongo.reads import IN_CHUNK, Doc, Where, bare, find_all, first
from shared.mongo.refusals import Raced, Taken, first_come, taken
from shared.mongo.tables import SKIP_LEVEL, Table
from shared.paging import Keys, Moments, Numbers, Page, read_page

if TYPE_CHECKING:
    from shared.mongo.store import Store


class Collection:
    """One table of one district."""

    def __init__(self, table: Table, store: Store) -> None:
        if store.district is None:
            raise ValueError("a store is opened for a district")
        self._table = table
        self._store = store
        self._district = store.district
        self._raw = store.database[table.name]
        self._session = store.session
        self._numbering = Numbering(table, store.database, store.district, store.session)

    # --- reading

    def get(self, id_: str) -> Doc | None:
        """The document with this id, or ``None``."""
        raw = self._first({"_id": self._key(id_)})
        return None if raw is None else decoded(raw)

    def require(self, id_: str, text: str = "common.not_found", **params: Any) -> Doc:
        """The document with this id. Raises :class:`NotFound` with ``text``."""
        doc = self.get(id_)
        if doc is None:
            raise NotFound(text, **params)
        return doc

    def get_many(self, ids: Iterable[str]) -> dict[str, Doc]:
        """The documents with these ids, by id; those that are not there are left out."""
        wanted = [self._key(id_) for id_ in dict.fromkeys(ids)]
        found: dict[str, Doc] = {}
        for start in range(0, len(wanted), IN_CHUNK):
            for raw in self._all({"_id": {"$in": wanted[start : start + IN_CHUNK]}}):
                doc = decoded(raw)
                found[doc["id"]] = doc
        return found

    def one(self, where: Where) -> Doc | None:
        """A document that matches, or ``None``; an index serves ``where``."""
        raw = self._first(self._where(where))
        return None if raw is None else decoded(raw)

    def find(self, where: Where, *, limit: int, sort: str | None = None) -> list[Doc]:
        """At most ``limit`` documents that match. For lists that people page through there is :meth:`page`."""
        cursor = self._raw.find(self._where(where), session=self._session)
        if sort is not None:
            cursor = cursor.sort(sort.lstrip("-"), -1 if sort.startswith("-") else 1)
        return [decoded(raw) for raw in cursor.limit(limit)]

    def count(self, **scope: Any) -> int:
        """The kept number of documents of a numbered table (with these values of its ``numbered_by`` fields)."""
        return self._numbering.total(scope)

    # --- writing

    def insert(self, doc: Doc) -> Doc:
        """Add a document; fills ``id`` (when absent), ``version``, the two times and, in a numbered table, ``n``."""
        return self.insert_many([doc])[0]

    def insert_many(self, docs: Sequence[Doc]) -> list[Doc]:
        """Add documents in one go.

        Raises :class:`Taken` when a unique index refuses one, :class:`Conflict` when another record has an external id.
        """
        if not docs:
            return []
        now = clock.now()
        made = []
        for doc in docs:
            complete = {"version": clock.next_version(), "created_at": now, "updated_at": now, **doc}
            complete.setdefault("id", new_id())
            made.append(self._registered(complete))
        self._numbering.number(made)
        raws = [self._encoded(doc) for doc in made]
        try:
            if len(raws) == 1:
                # A bulk of one costs the driver twice as much.
                self._raw.insert_one(raws[0], session=self._session)
            else:
                self._raw.insert_many(raws, session=self._session)
        except (DuplicateKeyError, BulkWriteError) as error:
            raise taken(self._table, error) or error from None
        return made

    def save(self, doc: Doc) -> Doc:
        """Replace the document as it was read by ``doc`` with its next version.

        Raises :class:`Raced`, :class:`Taken`, and :class:`Conflict` when another record has one of its external ids.
        """
        after = self._registered({**doc, "version": clock.next_version(doc["version"]), "updated_at": clock.now()})
        try:
            outcome = self._raw.replace_one(
                {"_id": self._key(doc["id"]), "version": doc["version"]}, self._encoded(after), session=self._session
            )
        except DuplicateKeyError as error:
            raise taken(self._table, error) or error from None
        if outcome.matched_count == 0:
            raise Raced(self._table.name)
        return after

    def update(
        self,
        id_: str,
        *,
        set: Where | None = None,
        inc: Mapping[str, int] | None = None,
        unset: Sequence[str] = (),
        where: Where | None = None,
    ) -> bool:
        """Change fields of one document, if it also matches ``where``. Returns whether it did."""
        change = _change(set, inc, unset)
        try:
            outcome = self._raw.update_one({"_id": self._key(id_), **dict(where or {})}, change, session=self._session)
        except DuplicateKeyError as error:
            raise taken(self._table, error) or error from None
        return outcome.matched_count == 1

    def update_many(self, changes: Mapping[str, Where]) -> None:
        """Set fields of several documents: ``{id: {field: value}}``; one round trip."""
        if changes:
            self._raw.bulk_write(
                [UpdateOne({"_id": self._key(id_)}, _change(fields, None, ())) for id_, fields in changes.items()],
                ordered=False,
                session=self._session,
            )

    def increment_many(self, amounts: Mapping[str, Mapping[str, int]]) -> None:
        """Add to fields of several documents, making those that are absent: ``{id: {field: amount}}``."""
        raises = [
            UpdateOne(
                {"_id": self._key(id_)},
                {"$inc": dict(fields), "$setOnInsert": {"district": self._district}},
                upsert=True,
            )
            for id_, fields in amounts.items()
        ]
        if raises:
            with first_come(self._table.name):
                self._raw.bulk_write(raises, ordered=False, session=self._session)

    def upsert(
        self,
        id_: str,
        *,
        set: Where | None = None,
        inc: Mapping[str, int] | None = None,
        on_insert: Where | None = None,
    ) -> bool:
        """Change a document or make it. Returns whether it was made. Not for numbered tables."""
        change = _change(set, inc, ())
        change["$setOnInsert"] = {
            "district": self._district,
            "created_at": clock.now(),
            **(on_insert or {}),
            **self._table.skip_level(self._key(id_)),
        }
        with first_come(self._table.name):
            outcome = self._raw.update_one({"_id": self._key(id_)}, change, upsert=True, session=self._session)
        return outcome.upserted_id is not None

    def delete(self, id_: str) -> bool:
        """Remove a document. Returns whether it was there."""
        if self._table.numbered_by is not None:
            doc = self.get(id_)
            if doc is None:
                return False
            self._numbering.one_less(doc)
            if self._table.known_as == self._table.name:
                self._registered({**doc, "external_ids": []})
        return self._raw.delete_one({"_id": self._key(id_)}, session=self._session).deleted_count == 1

    def recount(self, total: int, **scope: Any) -> None:
        """Put right the kept number of documents, after :meth:`delete_where`; with 0 the numbering is forgotten too."""
        self._numbering.put_right(total, scope)

    def delete_where(self, where: Where) -> int:
        """Remove every document that matches an indexed ``where``; a numbered table's kept number stays as it is."""
        return self._raw.delete_many(self._where(where), session=self._session).deleted_count

    # --- paging

    def page(
        self,
        where: Where | Sequence[Where],
        request: Where,
        *,
        by: str = "n",
        newest_first: bool = False,
        between: tuple[datetime, datetime] | None = None,
        keep: Callable[[Doc], bool] | None = None,
    ) -> Page:
        """One page of the documents that match ``where``, ordered by ``by`` (docs/decisions/0002).

        ``request`` holds ``limit`` and ``after`` (a cursor of an earlier page). ``by`` is ``n``, or a moment: then
        ``between`` bounds it, both ends included. An index ``(*where, by)`` serves it, with ``skips`` if ``by`` is a
        moment. Several ``where`` that exclude each other are read one by one: an ``$in`` before a
        range takes the embedded database hundreds of times as long. ``keep`` judges what ``where`` finds: a filter must
        name no field that its index lacks, or the embedded database reads the whole collection. A page may hold fewer
        than ``limit`` items and still name a next one, when matches lie far apart. With ``updated_since`` in the
        request the page is one of what changed, in that order; with ``external``, the one known by that name
        (docs/decisions/0092). Raises :class:`Invalid` for a bad cursor.
        """
        wheres = [where] if isinstance(where, Mapping) else where
        if not wheres:
            return Page([], None)
        if request.get("external"):
            return Page(self._known_as(request["external"], following.keeping(wheres, request, keep)), None)
        if request.get("updated_since"):
            keep = following.keeping(wheres, request, keep)
            wheres = following.scopes(self._table.paged_by_moment, wheres)
            by, newest_first, between = following.CHANGED, False, following.span(request["updated_since"])
        keys: Keys
        if between is None:
            keys = Numbers(max(map(self._numbering.last, wheres)))
        else:
            if (*wheres[0], by) not in self._table.paged_by_moment:
                raise ValueError(f"no index of {self._table.name} with skips serves {(*wheres[0], by)}")
            keys = Moments(*between, partial(self._marks, wheres, by))

        def fetch(low: Any, high: Any) -> list[Doc]:
            found = (
                decoded(raw)
                for each in wheres
                for raw in self._all({**self._where(each), by: {"$gte": low, "$lte": high}})
            )
            return [doc for doc in found if keep is None or keep(doc)]

        return read_page(fetch, keys, by, request, newest_first)

    # --- inside

    def _known_as(self, key: str, keep: Callable[[Doc], bool]) -> list[Doc]:
        """The one that another system calls so, if the list would show it."""
        row = self._store.external_ids.get(self._row(key))
        doc = None if row is None else self.get(row["record"])
        return [doc] if doc is not None and keep(doc) else []

    def _registered(self, doc: Doc) -> Doc:
        """The document, its external ids given to it and to no other. Raises :class:`Conflict`."""
        wanted, known = following.keys(doc), doc.get(following.KNOWN_AS, [])
        if wanted == known:
            return doc
        register = self._store.external_ids
        for key in known:
            if key not in wanted:
                register.delete(self._row(key))
        try:
            register.insert_many([{"id": self._row(key), "record": doc["id"]} for key in wanted if key not in known])
        except Taken:
            raise Conflict("common.external_id_taken") from None
        return {**doc, following.KNOWN_AS: wanted}

    def _row(self, key: str) -> str:
        return f"{self._table.known_as}/{key}"

    def _marks(self, wheres: Sequence[Where], by: str, level: int, at: int, end: int, most: int) -> list[int]:
        """Where the first documents of a skip level stand, from ``at`` on towards ``end``."""
        low, high = clock.from_ms(min(at, end)), clock.from_ms(max(at, end))
        order = 1 if at <= end else -1
        places: list[int] = []
        for where in wheres:
            at_level = {**self._where(where), SKIP_LEVEL: level, by: {"$gte": low, "$lte": high}}
            found = bare(
                self._store.database,
                self._table.name,
                at_level,
                self._session,
                projection={by: 1},
                sort={by: order},
                limit=most,
            )
            places += [clock.ms(doc[by]) for doc in found]
        return sorted(places, reverse=order < 0)[:most]

    def _first(self, where: Where) -> Doc | None:
        return first(self._store.database, self._table.name, where, self._session)

    def _all(self, where: Where) -> list[Doc]:
        return find_all(self._store.database, self._table.name, where, self._session)

    def _key(self, id_: str) -> str:
        return f"{self._district}/{id_}"

    def _where(self, where: Where) -> Doc:
        return {**where, "district": self._district}

    def _encoded(self, doc: Doc) -> Doc:
        raw = {name: value for name, value in doc.items() if name != "id"}
        key = self._key(doc["id"])
        return {"_id": key, **raw, "district": self._district, **self._table.skip_level(key)}


def check_version(doc: Doc, expected: int) -> None:
    """Raises :class:`Stale` unless the document still has the version that the caller read."""
    if doc["version"] != expected:
        raise Stale()


def decoded(raw: Mapping[str, Any]) -> Doc:
    doc = dict(raw)
    key = str(doc.pop("_id"))
    doc["id"] = key.partition("/")[2]
    # Where it stands in lists is the table's affair, and nobody's who reads it.
    doc.pop(SKIP_LEVEL, None)
    return doc


def _change(set: Where | None, inc: Mapping[str, int] | None, unset: Sequence[str]) -> Doc:
    change: Doc = {"$set": {**(set or {}), "updated_at": clock.now()}}
    if inc:
        change["$inc"] = dict(inc)
    if unset:
        change["$unset"] = dict.fromkeys(unset, "")
    return change
