"""The imports job: the imports that wait take turns, a step each.

How far an import has come stands in its own document, which each step's transaction updates: killed at any point it
goes on where it was, and two replicas at once cannot do a step twice.
"""

from __future__ import annotations

from collections import Counter

from pymongo.errors import PyMongoError

from services.membership.domain.imports.sheets import Unreadable
from services.membership.importing import applying, closing, files, judging
from services.membership.importing.files import OpenFile
from services.membership.store import MembershipStore
from shared.errors import Text
from shared.messaging import SystemWork, Work, faults, offload
from shared.mongo import Doc

BATCH = 300
# Files in the middle of their dry run keep what tells their rows apart in memory: so few at a time.
_AT_ONCE = 4
_MOST_WAITING = 50
_TRIES = 3
# Rows from which on the copies of the other services wait until all is done (docs/decisions/0093).
_LARGE = 1000


class Importer:
    """Works off the imports that wait; keeps the files of the present dry runs open."""

    def __init__(self) -> None:
        self._open: dict[str, OpenFile] = {}
        self._spared: dict[str, closing.Spared] = {}
        self._failures: Counter[str] = Counter()
        self._served = ""

    def run_once(self, work: SystemWork) -> bool:
        """One step of one import. Returns whether there was any.

        An import that fails again and again, for whatever reason but the database's absence, is given up.
        """
        waiting = work.system.find(MembershipStore.import_jobs, {}, _MOST_WAITING)
        first = sorted(waiting, key=lambda job: str(job["id"]))[:_AT_ONCE]
        for id_ in self._open.keys() - {job["id"] for job in first}:
            self._close(id_)
        if not first:
            return False
        job = next((job for job in first if job["id"] > self._served), first[0])
        district, id_ = job["district"], job["id"]
        self._served = id_
        try:
            self._step(work, district, id_)
            self._failures.pop(id_, None)
        except Exception as error:
            self._close(id_)
            if isinstance(error, PyMongoError):
                raise
            self._failures[id_] += 1
            if self._failures[id_] >= _TRIES:
                work.run(district, lambda w: _give_up(w, id_, Text("membership.import_fault")))
                del self._failures[id_]
            raise
        return True

    def _step(self, work: SystemWork, district: str, id_: str) -> None:
        found = work.store(district).imports.get(id_)
        if found is None or found["status"] not in ("queued", "reading", "applying"):
            work.run(district, lambda w: w.store.import_jobs.delete(id_))
        elif found["status"] == "applying":
            large = found["progress"]["total"] >= _LARGE
            work.run(district, lambda w: applying.apply_batch(w, id_), bulk=large)
        else:
            self._judge(work, district, found)

    def _judge(self, work: SystemWork, district: str, found: Doc) -> None:
        id_ = found["id"]
        file = self._open.get(id_)
        if file is None or file.judged != found["progress"]["done"]:
            self._close(id_)
            try:
                self._open[id_] = files.open_file(work, district, found)
            except Unreadable as unreadable:
                problem = unreadable.text
                work.run(district, lambda w: _give_up(w, id_, problem))
            faults.point("imports.unrolled")
            return
        if found["stage"] == "rows":
            start = found["progress"]["done"]
            prepared = offload(file.read, start, start + BATCH)
            work.run(district, lambda w: judging.judge(w, id_, start, prepared, file))
        elif found["stage"] == "doubts":
            work.run(district, lambda w: closing.settle_doubts(w, id_, file.doubles))
        else:
            if id_ not in self._spared:
                self._spared[id_] = closing.Spared(work.store(district), id_)
            spared = self._spared[id_]
            work.run(district, lambda w: closing.propose_endings(w, id_, file.doubles, spared))

    def _close(self, id_: str) -> None:
        self._spared.pop(id_, None)
        file = self._open.pop(id_, None)
        if file is not None:
            file.close()


def _give_up(work: Work, id_: str, problem: Text) -> None:
    found = work.store.imports.require(id_)
    work.store.imports.save({**found, "status": "failed", "problem": judging.plain(problem)})
    closing.forget_file(work, found)
