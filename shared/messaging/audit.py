"""The audit log of a service: who did what, to what, when and from where (docs/decisions/0125).

A row is written in the transaction of the command that it tells of. Rows are added and read, never changed; when they
are as old as they are kept, housekeeping forgets them. They hold ids and the names of fields, no names of people and no
contacts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from shared import dates
from shared.contracts.base import Audited
from shared.errors import Refusal, Text
from shared.messaging.unit_of_work import Work
from shared.mongo import Collection, Doc, Index, Raced, Store, Table, Taken
from shared.paging import Page
from shared.standing import zone_of
from shared.texts import exists, render

TABLE = Table("audit", Index("keys", "at", skips=True))
DONE = "done"
BY_HAND = "sanggar"
# What somebody tried who may not; other refusals tell of mistakes, not of people.
TELLING = ("forbidden", "unauthenticated", "too_many")
_ALL = "all"
_SKEW = timedelta(hours=1)


def done(work: Work, asked: Any, answer: Any) -> None:
    """Write the row of an audited operation that was done, in its transaction if it has one.

    A request for what follows a first page or piece is part of the first.
    """
    if not (isinstance(asked, Mapping) and asked.get("after")):
        _rows(work.store).insert(_row(work, asked, answer, DONE))


def refused(work: Work, asked: Any, refusal: Refusal) -> None:
    """Write the row of an attempt that was refused; the same attempt within a minute is not written down again.

    Raises :class:`Raced` when it was written down just now by somebody else.
    """
    if refusal.code not in TELLING:
        return
    row = _row(work, asked, None, refusal.code)
    row["id"] = _id_in_this_minute(row)
    rows = _rows(work.store)
    if rows.get(row["id"]) is None:
        try:
            rows.insert(row)
        except Taken:
            raise Raced(TABLE.name) from None


def by_hand(work: Work, operation: str, subject: str) -> None:
    """Write the row of what was done at the machine itself, by the ``sanggar`` command, where nobody is logged in."""
    said = {"operation": operation, "outcome": DONE, "subject": subject, "fields": [], "values": {}}
    _rows(work.store).insert(_complete(work, said | {"client_id": BY_HAND}))


def page(work: Work, asked: Mapping[str, Any]) -> Page:
    """The rows that a request asks for, the newest first, each with what readers want to know beside it."""
    keys = _keys(asked.get("actor"), asked.get("subject"), asked.get("operation"))
    since, until = dates.bounds(asked.get("since"), asked.get("until"), zone_of(work.store))
    first, last = since or work.now - _kept(work), until or work.now + _SKEW
    if first > last:
        return Page([], None)

    def keep(row: Doc) -> bool:
        return all(key in row["keys"] for key in keys[1:])

    found = _rows(work.store).page(
        {"keys": keys[0]}, asked, by="at", newest_first=True, between=(first, last), keep=keep
    )
    return Page(_shown(work, found.items), found.next)


def _row(work: Work, asked: Any, answer: Any, outcome: str) -> Doc:
    operation, asked = work.operation, asked if isinstance(asked, Mapping) else {}
    audited = operation.audited or Audited("")
    declared = {field.data_key or name for name, field in operation.takes().fields.items()}
    subject_id = _subject_id(work, audited, asked, answer)
    said = {
        "operation": operation.name,
        "outcome": outcome,
        "client_id": work.caller.client_id if work.caller else None,
        "subject": f"{audited.kind}:{subject_id}" if subject_id else None,
        "fields": sorted(declared & asked.keys() - {audited.key or f"{audited.kind}_id", "version", "district"}),
        "values": {name: asked[name] for name in audited.values if asked.get(name) is not None},
    }
    return _complete(work, said)


def _complete(work: Work, said: Doc) -> Doc:
    actor_id = work.caller.person_id if work.caller else None
    return {
        **said,
        "at": work.now,
        "actor_id": actor_id,
        "address": work.address,
        "correlation_id": work.correlation_id,
        "expires_at": work.now + _kept(work),
        "keys": _keys(actor_id, said["subject"], said["operation"]),
    }


def _kept(work: Work) -> timedelta:
    return timedelta(days=work.settings.audit_days)


def _rows(store: Store) -> Collection:
    return Collection(TABLE, store)


def _keys(actor_id: str | None, subject: str | None, operation: str | None) -> list[str]:
    """What rows are looked up by, the narrowest first (docs/decisions/0031)."""
    named = (("subject", subject), ("actor", actor_id), ("operation", operation))
    return [*(f"{kind}:{value}" for kind, value in named if value), _ALL]


def _subject_id(work: Work, audited: Audited, asked: Mapping[str, Any], answer: Any) -> str | None:
    """Whom or what it was about: as the use case says, as was asked, or what came of it; else the caller themself."""
    if work.subject_id is not None:
        return work.subject_id
    found = asked.get(audited.key or f"{audited.kind}_id") or (answer.get("id") if isinstance(answer, dict) else None)
    if found is None and audited.kind == "person" and work.caller:
        found = work.caller.person_id
    return None if found is None else str(found)


def _id_in_this_minute(row: Mapping[str, Any]) -> str:
    minute = int(row["at"].timestamp()) // 60
    names = ("operation", "outcome", "actor_id", "client_id", "subject", "address")
    digest = hashlib.sha256("\0".join(str(row[name]) for name in names).encode()).hexdigest()
    return f"{minute}-{digest[:32]}"


def _shown(work: Work, rows: list[Doc]) -> list[Doc]:
    ids: set[str] = {row["actor_id"] for row in rows if row["actor_id"]}
    ids |= {id_ for row in rows if (id_ := _person_of(row))}
    people: dict[str, Doc] = work.store.people.get_many(ids)

    def name_of(id_: str | None) -> str | None:
        return people[id_]["name"] if id_ in people else None

    return [
        {
            **row,
            "what": _what(row["operation"], work.language),
            "actor": name_of(row["actor_id"]),
            "subject_name": name_of(_person_of(row)),
        }
        for row in rows
    ]


def _person_of(row: Mapping[str, Any]) -> str | None:
    kind, _, id_ = (row["subject"] or "").partition(":")
    return id_ if kind == "person" else None


def _what(operation: str, language: str) -> str:
    key = f"routes.{operation}"
    return render(Text(key), language) if exists(key) else operation


# --- as a file


_COLUMNS: Mapping[str, Callable[[Doc], Any]] = {
    "at": lambda row: _moment(row["at"]),
    "what": lambda row: row["what"],
    "operation": lambda row: row["operation"],
    "outcome": lambda row: row["outcome"],
    "actor": lambda row: row["actor"],
    "actor_id": lambda row: row["actor_id"],
    "client_id": lambda row: row["client_id"],
    "subject": lambda row: row["subject"],
    "subject_name": lambda row: row["subject_name"],
    "fields": lambda row: " ".join(row["fields"]),
    "values": lambda row: " ".join(f"{name}={value}" for name, value in row["values"].items()),
    "address": lambda row: row["address"],
    "correlation_id": lambda row: row["correlation_id"],
}


def heading(language: str) -> list[str]:
    """The first line of the file."""
    return [render(Text(f"audit.{name}"), language) for name in _COLUMNS]


def cells(rows: Iterable[Doc]) -> list[list[Any]]:
    """The rows as lines of the file."""
    return [[cell(row) for cell in _COLUMNS.values()] for row in rows]


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
