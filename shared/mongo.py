"""Stores: a service's tables, always opened for one district.

A :class:`Table` is declared on a :class:`Store`; opened for a district it becomes a :class:`Collection` that adds the
district to every filter and every document, so no query can forget it. :class:`SystemStore` sees all districts, for
relay, schedulers and migrations. All lists go through :meth:`Collection.page`, which reads key windows closed at both
ends (docs/decisions/0002).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, overload

from pymongo import MongoClient, UpdateOne
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.errors import AutoReconnect, BulkWriteError, DuplicateKeyError

from shared import clock
from shared.contracts.base import Event
from shared.errors import NotFound, Stale
from shared.ids import new_id
from shared.paging import Moments, Numbers, Page, read_page

Doc = dict[str, Any]
Where = Mapping[str, Any]

# The embedded database compares every `$in` value with every candidate: short lists are faster (DESIGN 6).
IN_CHUNK = 50


class Taken(Exception):
    """A unique index refused a document; ``index`` names it."""

    def __init__(self, table: str, index: str) -> None:
        self.table = table
        self.index = index
        super().__init__(f"{table}: {index}")


class Raced(Exception):
    """Somebody changed a document between reading and saving it. The kernel repeats the use case."""


@contextmanager
def first_come(table: str) -> Iterator[None]:
    """Make what did not exist a moment ago. Raises :class:`Raced` when somebody else made it meanwhile."""
    try:
        yield
    except (DuplicateKeyError, BulkWriteError) as error:
        if not _is_duplicate(error):
            raise
        raise Raced(table) from None


def connect(uri: str, name: str) -> MongoClient[Doc]:
    """A client with aware UTC times, majority writes and short patience; it connects when first used."""
    return MongoClient(
        uri,
        appname=name,
        tz_aware=True,
        tzinfo=UTC,
        w="majority",
        retryWrites=True,
        serverSelectionTimeoutMS=2000,
        connectTimeoutMS=2000,
        maxPoolSize=64,
        waitQueueTimeoutMS=5000,
    )


def first(database: Database[Doc], table: str, where: Where, session: ClientSession | None = None) -> Doc | None:
    """One document that matches, or ``None``: what ``find_one`` does, for half the time (docs/decisions/0080)."""
    command = {"find": table, "filter": dict(where), "limit": 1, "singleBatch": True}
    try:
        answer = database.command(command, codec_options=database.codec_options, session=session)
    except AutoReconnect:
        # What is read outside a transaction is read again on a new connection, as ``find_one`` would.
        if session is not None and session.in_transaction:
            raise
        answer = database.command(command, codec_options=database.codec_options, session=session)
    batch = answer["cursor"]["firstBatch"]
    return batch[0] if batch else None


class Index:
    """An index of a table; ``district`` goes before the named fields by itself."""

    def __init__(self, *fields: str, unique: bool = False) -> None:
        self.fields = fields
        self.unique = unique

    @property
    def keys(self) -> list[tuple[str, int]]:
        return [("district", 1), *((field, 1) for field in self.fields)]

    @property
    def name(self) -> str:
        return "_".join(("district", *self.fields))


class Table:
    """A collection of a store.

    With ``numbered_by`` each new document gets ``n``, its place among the documents that share those fields' values,
    and their number is kept; that is what lists page by and counts come from.
    """

    def __init__(self, name: str, *indexes: Index, numbered_by: Sequence[str] | None = None) -> None:
        self.name = name
        self.indexes = indexes
        self.numbered_by = None if numbered_by is None else tuple(numbered_by)

    @overload
    def __get__(self, store: None, owner: type[Store]) -> Table: ...
    @overload
    def __get__(self, store: Store, owner: type[Store]) -> Collection: ...
    def __get__(self, store: Store | None, owner: type[Store]) -> Table | Collection:
        if store is None:
            return self
        collection = store._opened.get(self.name)
        if collection is None:
            collection = store._opened[self.name] = Collection(self, store)
        return collection


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


class Store:
    """A service's tables, opened for one district (and, in a transaction, one session)."""

    def __init__(self, database: Database[Doc], district: str | None, session: ClientSession | None = None) -> None:
        self.database = database
        self.district = district
        self.session = session
        self._opened: dict[str, Collection] = {}

    @classmethod
    def tables(cls) -> dict[str, Table]:
        """Every table of the store by its attribute's name."""
        found: dict[str, Table] = {}
        for base in reversed(cls.__mro__):
            found.update({name: value for name, value in vars(base).items() if isinstance(value, Table)})
        return found

    counters = COUNTERS


class SystemStore:
    """All districts' documents of a store's tables, for relay, schedulers, migrations and the operator's tools."""

    def __init__(self, database: Database[Doc], store_cls: type[Store]) -> None:
        self.database = database
        self.store_cls = store_cls

    def open(self, district: str, session: ClientSession | None = None) -> Store:
        """The store of one district."""
        return self.store_cls(self.database, district, session)

    def walk(self, table: Table, where: Where | None = None, batch: int = 500) -> Iterator[Doc]:
        """Every document of a table, whatever its district, in no particular order, streamed."""
        for raw in self.database[table.name].find(dict(where or {}), batch_size=batch):
            yield _decoded(raw)

    def find(self, table: Table, where: Where, limit: int) -> list[Doc]:
        """At most ``limit`` documents, whatever their district; ``where`` must be served by an index of its own."""
        return [_decoded(raw) for raw in self.database[table.name].find(dict(where)).limit(limit)]


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

    # --- reading

    def get(self, id_: str) -> Doc | None:
        """The document with this id, or ``None``."""
        raw = self._first({"_id": self._key(id_)})
        return None if raw is None else _decoded(raw)

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
            for raw in self._raw.find({"_id": {"$in": wanted[start : start + IN_CHUNK]}}, session=self._session):
                doc = _decoded(raw)
                found[doc["id"]] = doc
        return found

    def one(self, where: Where) -> Doc | None:
        """A document that matches, or ``None``; an index serves ``where``."""
        raw = self._first(self._where(where))
        return None if raw is None else _decoded(raw)

    def find(self, where: Where, *, limit: int, sort: str | None = None) -> list[Doc]:
        """At most ``limit`` documents that match. For lists that people page through there is :meth:`page`."""
        cursor = self._raw.find(self._where(where), session=self._session)
        if sort is not None:
            cursor = cursor.sort(sort.lstrip("-"), -1 if sort.startswith("-") else 1)
        return [_decoded(raw) for raw in cursor.limit(limit)]

    def count(self, **scope: Any) -> int:
        """The kept number of documents of a numbered table (with these values of its ``numbered_by`` fields)."""
        return int(self._counter(scope)["total"])

    # --- writing

    def insert(self, doc: Doc) -> Doc:
        """Add a document; fills ``id`` (when absent), ``version``, the two times and, in a numbered table, ``n``."""
        return self.insert_many([doc])[0]

    def insert_many(self, docs: Sequence[Doc]) -> list[Doc]:
        """Add documents in one go. Raises :class:`Taken` when a unique index refuses one."""
        if not docs:
            return []
        now = clock.now()
        made = []
        for doc in docs:
            complete = {"version": clock.next_version(), "created_at": now, "updated_at": now, **doc}
            complete.setdefault("id", new_id())
            made.append(complete)
        self._number(made)
        try:
            self._raw.insert_many([self._encoded(doc) for doc in made], session=self._session)
        except (DuplicateKeyError, BulkWriteError) as error:
            raise _taken(self._table, error) or error from None
        return made

    def save(self, doc: Doc) -> Doc:
        """Replace the document as it was read by ``doc`` with its next version.

        Raises :class:`Raced`, :class:`Taken`.
        """
        after = {**doc, "version": clock.next_version(doc["version"]), "updated_at": clock.now()}
        try:
            outcome = self._raw.replace_one(
                {"_id": self._key(doc["id"]), "version": doc["version"]}, self._encoded(after), session=self._session
            )
        except DuplicateKeyError as error:
            raise _taken(self._table, error) or error from None
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
            raise _taken(self._table, error) or error from None
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
            self._counters().update_one({"_id": self._counter_key(doc)}, {"$inc": {"total": -1}}, session=self._session)
        return self._raw.delete_one({"_id": self._key(id_)}, session=self._session).deleted_count == 1

    def delete_where(self, where: Where) -> int:
        """Remove every document that matches an indexed ``where``; not for numbered tables."""
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
        window: timedelta = timedelta(hours=1),
        keep: Callable[[Doc], bool] | None = None,
    ) -> Page:
        """One page of the documents that match ``where``, ordered by ``by`` (docs/decisions/0002).

        ``request`` holds ``limit`` and ``after`` (a cursor of an earlier page). ``by`` is ``n``, or a moment: then
        ``between`` bounds it, both ends included, and the first ``window`` should hold about a page. An index
        ``(*where, by)`` serves it. Several ``where`` that exclude each other are read one by one: an ``$in`` before a
        range takes the embedded database hundreds of times as long. ``keep`` judges what ``where`` finds: a filter must
        name no field that its index lacks, or the embedded database reads the whole collection. A page may hold fewer
        than ``limit`` items and still name a next one, when matches lie far apart. Raises :class:`Invalid` for a bad
        cursor.
        """
        wheres = [where] if isinstance(where, Mapping) else where
        if not wheres:
            return Page([], None)
        keys = Moments(*between, window) if between is not None else Numbers(self._last_number(wheres[0]))

        def fetch(low: Any, high: Any) -> list[Doc]:
            found = (
                _decoded(raw)
                for each in wheres
                for raw in self._raw.find({**self._where(each), by: {"$gte": low, "$lte": high}}, session=self._session)
            )
            return [doc for doc in found if keep is None or keep(doc)]

        return read_page(fetch, keys, by, request, newest_first)

    # --- inside

    def _first(self, where: Where) -> Doc | None:
        return first(self._store.database, self._table.name, where, self._session)

    def _key(self, id_: str) -> str:
        return f"{self._district}/{id_}"

    def _where(self, where: Where) -> Doc:
        return {**where, "district": self._district}

    def _encoded(self, doc: Doc) -> Doc:
        raw = {name: value for name, value in doc.items() if name != "id"}
        return {"_id": self._key(doc["id"]), **raw, "district": self._district}

    def _counters(self) -> Any:
        return self._store.database[COUNTERS.name]

    def _counter_key(self, doc: Where) -> str:
        scope = "/".join(str(doc[name]) for name in self._table.numbered_by or ())
        return f"{self._district}/{self._table.name}" + (f"/{scope}" if scope else "")

    def _counter(self, scope: Where) -> Doc:
        found = first(self._store.database, COUNTERS.name, {"_id": self._counter_key(scope)}, self._session)
        return found or {"total": 0, "last": 0}

    def _last_number(self, where: Where) -> int:
        return int(self._counter(where)["last"])

    def _number(self, docs: list[Doc]) -> None:
        if self._table.numbered_by is None:
            return
        groups: dict[str, list[Doc]] = {}
        for doc in docs:
            groups.setdefault(self._counter_key(doc), []).append(doc)
        # Read, then raised by `update_many` or made by `insert_many`: upserts take the embedded database twice as long.
        # In a transaction nobody can slip in between, for both write what the other would have to have read.
        counters, keys = self._counters(), list(groups)
        last: dict[str, int] = {}
        for start in range(0, len(keys), IN_CHUNK):
            chunk = {"_id": {"$in": keys[start : start + IN_CHUNK]}}
            last.update((each["_id"], each["last"]) for each in counters.find(chunk, session=self._session))
        by_size: dict[int, list[str]] = {}
        for key in last:
            by_size.setdefault(len(groups[key]), []).append(key)
        for size, known in by_size.items():
            for start in range(0, len(known), IN_CHUNK):
                chunk = {"_id": {"$in": known[start : start + IN_CHUNK]}}
                counters.update_many(chunk, {"$inc": {"total": size, "last": size}}, session=self._session)
        fresh = [
            {"_id": key, "district": self._district, "total": len(group), "last": len(group)}
            for key, group in groups.items()
            if key not in last
        ]
        if fresh:
            with first_come(COUNTERS.name):
                counters.insert_many(fresh, session=self._session)
        for key, group in groups.items():
            for place, doc in enumerate(group, last.get(key, 0) + 1):
                doc["n"] = place


def check_version(doc: Doc, expected: int) -> None:
    """Raises :class:`Stale` unless the document still has the version that the caller read."""
    if doc["version"] != expected:
        raise Stale()


def indexes_of(store_cls: type[Store]) -> dict[str, list[Index]]:
    """The indexes of every table of a store, by collection name."""
    return {table.name: list(table.indexes) for table in store_cls.tables().values()}


def _decoded(raw: Mapping[str, Any]) -> Doc:
    doc = dict(raw)
    key = str(doc.pop("_id"))
    doc["id"] = key.partition("/")[2]
    return doc


def _change(set: Where | None, inc: Mapping[str, int] | None, unset: Sequence[str]) -> Doc:
    change: Doc = {"$set": {**(set or {}), "updated_at": clock.now()}}
    if inc:
        change["$inc"] = dict(inc)
    if unset:
        change["$unset"] = dict.fromkeys(unset, "")
    return change


def _failures(error: DuplicateKeyError | BulkWriteError) -> list[Any]:
    details: Any = error.details or {}
    return (details.get("writeErrors") or [{}]) if isinstance(error, BulkWriteError) else [{"code": 11000, **details}]


def _is_duplicate(error: DuplicateKeyError | BulkWriteError) -> bool:
    return bool(_failures(error)[0].get("code") == 11000)


def _taken(table: Table, error: DuplicateKeyError | BulkWriteError) -> Taken | None:
    if not _is_duplicate(error):
        return None
    message = str(_failures(error)[0].get("errmsg", error))
    names = [index.name for index in table.indexes if index.unique and index.name in message]
    return Taken(table.name, names[0] if names else "_id_")
