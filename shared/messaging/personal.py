"""What the kernel does with a service's table of personal data (shared/personal.py, docs/decisions/0126).

A request is a row; a job works it off, a table to a transaction, so a killed process goes on where it was, and every
step may be done twice. Where the kernel itself keeps what somebody said or was told (stored answers, dead letters), it
empties that too; and once more a day later, when nothing that was under way at that time can be left.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from shared import clock, logs
from shared.contracts.events import EVENTS
from shared.errors import NotFound
from shared.messaging import deadletters, idempotency
from shared.messaging.away import is_away
from shared.messaging.envelope import Received
from shared.messaging.unit_of_work import SystemWork, Work
from shared.mongo import Collection, Doc, Index, Store, Table
from shared.personal import Blank, Do, Forget, Holding, Keep, Later, Personal, Sweep

JOB = "personal_data"
EVERY_SECONDS = 30.0
TASKS = Table("personal_tasks")
PARTS = Table("export_parts", Index("person_id"))
PIECE = 200_000
_AGAIN = timedelta(days=1)
_MOST_TASKS = 1000
_WINDOW = timedelta(hours=6)
# The one event that carries a name; what is malformed may carry anything.
_TELLING = "membership.person_changed.v1"
_log = logs.get(__name__)


def begin_erasure(work: Work, erasure_id: str, person_id: str) -> None:
    """Have this service erase what it holds of a person, from after the commit on."""
    task = {"id": erasure_id, "kind": "erase", "person_id": person_id, "done": [], "erased": [], "kept": []}
    _begin(work, task)


def begin_export(work: Work, export_id: str, person_id: str, expires_at: datetime) -> None:
    """Have this service lay ready what it holds of a person."""
    _begin(work, {"id": export_id, "kind": "export", "person_id": person_id, "expires": expires_at})


class PersonalData:
    """One service's part in the rights of the people whom it knows."""

    def __init__(self, service: str, personal: Personal) -> None:
        self._personal = personal
        self._erasure_done = EVENTS[f"{service}.person_erasure_done.v1"]
        self._export_done = EVENTS[f"{service}.person_export_done.v1"]
        self._service = service

    def erase(self, work: Work, event: Received) -> None:
        """The reaction to ``person_erased``."""
        begin_erasure(work, event.data["erasure_id"], event.data["person_id"])

    def export(self, work: Work, event: Received) -> None:
        """The reaction to ``export_requested``."""
        begin_export(work, event.data["export_id"], event.data["person_id"], event.data["expires_at"])

    def run_once(self, work: SystemWork) -> bool:
        """Work off what waits. What fails is tried again at the next turn, and stops nothing else."""
        failed: Exception | None = None
        for task in work.system.find(TASKS, {}, _MOST_TASKS):
            try:
                self._work_off(work, task)
            except Later:
                _log.info("erasing waits for something under way", task=task["id"])
            except Exception as error:
                if is_away(error):
                    raise
                failed = error
        if failed is not None:
            raise failed
        return False

    def read_part(self, work: Work, order: Mapping[str, Any]) -> tuple[Doc, bytes]:
        """A piece of the caller's own archive. Raises :class:`NotFound` for anybody else's."""
        work.allow()
        piece = _open(work.store, PARTS).get(f"{order['export_id']}/{order['number']}")
        if piece is None or piece["person_id"] != work.caller.person_id or piece["expires_at"] <= work.now:
            raise NotFound()
        return {}, bytes(piece["data"])

    def _work_off(self, work: SystemWork, task: Doc) -> None:
        if task["kind"] == "export":
            work.run(task["district"], partial(self._lay_ready, task=task))
        elif task["kind"] == "erase":
            self._erase_all(work, task)
        elif task["again_at"] <= clock.now():
            _empty_own(work, task["district"], task["person_id"])
            work.run(task["district"], lambda w: _open(w.store, TASKS).delete(task["id"]))

    # --- erasing

    def _erase_all(self, work: SystemWork, task: Doc) -> None:
        district, person_id = task["district"], task["person_id"]
        for holding in self._personal.holdings:
            if holding.table not in task["done"]:
                swept = holding.erasing.what(work, district, person_id) if isinstance(holding.erasing, Sweep) else None
                task = work.run(district, partial(self._erase_one, task_id=task["id"], holding=holding, swept=swept))
        forgotten = _empty_own(work, district, person_id)
        work.run(district, partial(self._finish, task_id=task["id"], forgotten=forgotten))

    @staticmethod
    def _erase_one(work: Work, task_id: str, holding: Holding, swept: int | None) -> Doc:
        """Erase what one table holds, and write down how much there was."""
        tasks, table = _open(work.store, TASKS), getattr(work.store, holding.table)
        task = tasks.require(task_id)
        records = [] if swept is not None else holding.find(work.store, table, task["person_id"])
        why = _erase(work, holding, table, task["person_id"], records)
        counted = {"what": holding.table, "count": len(records) if swept is None else swept, "why": why}
        if counted["count"]:
            task["kept" if why else "erased"].append(counted)
        return tasks.save({**task, "done": [*task["done"], holding.table]})

    def _finish(self, work: Work, task_id: str, forgotten: int) -> None:
        """Tell that all is done, and look again tomorrow."""
        tasks = _open(work.store, TASKS)
        task = tasks.require(task_id)
        own = [{"what": "answers", "count": forgotten, "why": None}] if forgotten else []
        said = {"erasure_id": task_id, "person_id": task["person_id"], "service": self._service}
        told = {**said, "erased": [*task["erased"], *own], "kept": task["kept"]}
        work.emit(self._erasure_done, told, task["version"])
        self._personal.when_erased(work, told)
        tasks.save({**task, "kind": "look_again", "again_at": work.now + _AGAIN})

    # --- giving out

    def _lay_ready(self, work: Work, task: Doc) -> None:
        person_id, export_id = task["person_id"], task["id"]
        sections = [
            {
                "name": holding.table,
                "items": [
                    holding.shown(record)
                    for record in holding.find(work.store, getattr(work.store, holding.table), person_id)
                ],
            }
            for holding in self._personal.holdings
            if holding.shows
        ]
        part = {"service": self._service, "made_at": work.now, "sections": sections}
        text = json.dumps(part, ensure_ascii=False, default=_plain, separators=(",", ":")).encode()
        pieces = [text[at : at + PIECE] for at in range(0, len(text), PIECE)]
        whose = {"person_id": person_id, "expires_at": task["expires"]}
        made = [{"id": f"{export_id}/{number}", "data": data, **whose} for number, data in enumerate(pieces)]
        _open(work.store, PARTS).insert_many(made)
        said = {"export_id": export_id, "person_id": person_id, "service": self._service, "pieces": len(pieces)}
        work.emit(self._export_done, said, task["version"])
        self._personal.when_exported(work, said)
        _open(work.store, TASKS).delete(export_id)


def _begin(work: Work, task: Doc) -> None:
    _open(work.store, TASKS).insert(task)
    work.wake(JOB)


def _erase(work: Work, holding: Holding, table: Collection, person_id: str, records: list[Doc]) -> str | None:
    """Do to the records what the table says; returns why they are kept, if they are."""
    erasing = holding.erasing
    if isinstance(erasing, Keep):
        return erasing.why
    if isinstance(erasing, Blank):
        table.update_many({record["id"]: erasing.fields for record in records})
        return erasing.why
    if isinstance(erasing, Forget):
        for record in records:
            table.delete(record["id"])
    elif isinstance(erasing, Do):
        erasing.what(work, person_id, records)
        return erasing.why or None
    return None


def _empty_own(work: SystemWork, district: str, person_id: str) -> int:
    """Take the person out of what the kernel itself keeps; returns how many records that were.

    Stored answers are those that the person was given, and those that speak of them; like dead letters, by id.
    """
    database = work.system.database
    emptied = 0
    for record in _answers(work, district):
        if record.get("who") == person_id or person_id in (record["answer"] or ""):
            emptied += database[idempotency.TABLE].delete_one({"_id": record["_id"]}).deleted_count
    for letter in database[deadletters.TABLE].find({"lane": 0}):
        telling = letter["type"] == _TELLING or letter["reason"] == "malformed"
        if telling and person_id.encode() in bytes(letter["body"]):
            emptied += database[deadletters.TABLE].delete_one({"_id": letter["_id"]}).deleted_count
    work.run(district, lambda w: _open(w.store, PARTS).delete_where({"person_id": person_id}))
    return emptied


def _answers(work: SystemWork, district: str) -> Iterator[Doc]:
    """The stored answers of a district, in windows of the time at which they expire."""
    low = clock.now()
    last = low + idempotency.KEPT + _WINDOW
    while low < last:
        window = {"expires_at": {"$gte": low, "$lt": low + _WINDOW}}
        for record in work.system.database[idempotency.TABLE].find(window):
            if record["district"] == district:
                yield record
        low += _WINDOW


def _open(store: Store, table: Table) -> Collection:
    return Collection(table, store)


def _plain(value: Any) -> str:
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else str(value)
