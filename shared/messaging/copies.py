"""Copies: what a service keeps of others' records, fed by events alone (event-carried state transfer).

A copy takes a snapshot only if its sequence is newer, so order and repetition do not matter, and needs no inbox record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pymongo import UpdateOne
from pymongo.client_session import ClientSession
from pymongo.database import Database

from shared.messaging.envelope import Received
from shared.mongo import IN_CHUNK, Copy, Doc, Store, first, first_come


class Copies:
    """The copies of one service."""

    def __init__(self, store_cls: type[Store]) -> None:
        self.tables = [table for table in store_cls.tables().values() if isinstance(table, Copy)]
        self._by_type: dict[str, Copy] = {event.type: table for table in self.tables for event in table.events}
        self._by_name = {table.name: table for table in self.tables}
        self._by_subject: dict[str, Copy] = {table.subject: table for table in self.tables}

    def takes(self, event_type: str) -> bool:
        """Whether events of this type feed a copy."""
        return event_type in self._by_type

    def apply(self, database: Database[Doc], session: ClientSession | None, events: Iterable[Received]) -> None:
        """Bring the copies up to date with these snapshots, few round trips for many."""
        newest: dict[str, dict[str, Received]] = {}
        for event in events:
            table = self._by_type[event.type]
            key = f"{event.district}/{event.subject_id}"
            known = newest.setdefault(table.name, {}).get(key)
            if known is None or known.sequence < event.sequence:
                newest[table.name][key] = event
        for name, snapshots in newest.items():
            self._apply_to(database, session, self._by_name[name], snapshots)

    @staticmethod
    def _apply_to(
        database: Database[Doc], session: ClientSession | None, table: Copy, snapshots: Mapping[str, Received]
    ) -> None:
        raw = database[table.name]
        present: dict[str, int] = {}
        keys = list(snapshots)
        for start in range(0, len(keys), IN_CHUNK):
            chunk = {"_id": {"$in": keys[start : start + IN_CHUNK]}}
            present.update((doc["_id"], doc["version"]) for doc in raw.find(chunk, {"version": 1}, session=session))
        fresh = [_document(table, key, snapshots[key]) for key in keys if key not in present]
        if fresh:
            with first_come(table.name):
                raw.insert_many(fresh, session=session)
        changed = [
            UpdateOne({"_id": key, "version": {"$lt": snapshots[key].sequence}}, {"$set": _fields(snapshots[key])})
            for key in keys
            if key in present and present[key] < snapshots[key].sequence
        ]
        if changed:
            raw.bulk_write(changed, ordered=False, session=session)

    def seen(self, database: Database[Doc], district: str, subject: str, sequence: int) -> bool:
        """Whether the copy of ``subject`` is at least as new as ``sequence``; true for what is not copied here."""
        kind, _, subject_id = subject.partition(":")
        table = self._by_subject.get(kind)
        if table is None:
            return True
        copy = first(database, table.name, {"_id": f"{district}/{subject_id}"})
        return copy is not None and copy["version"] >= sequence


def _fields(event: Received) -> Doc:
    return {**event.data, "version": event.sequence, "updated_at": event.time}


def _document(table: Copy, key: str, event: Received) -> Doc:
    placed = {"_id": key, "district": event.district, "created_at": event.time, **table.skip_level(key)}
    return {**placed, **_fields(event)}
