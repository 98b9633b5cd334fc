"""A command with nothing around it: the same reads and writes in one transaction, straight on the driver.

``python -m bench.rivals.transactions <seconds> <threads>`` answers meetings as scheduling's ``answer_session`` does:
token, schema, four reads, five writes. It prints how many a second were committed.
"""

from __future__ import annotations

import itertools
import json
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pymongo.errors import OperationFailure

from services.scheduling.store import SchedulingStore
from shared import clock
from shared.contracts.scheduling import ANSWER_SESSION
from shared.identity import Verifier
from shared.ids import new_id
from shared.messaging.schema import create_indexes
from shared.mongo import connect


class Bare:
    """Answers meetings of one district in a database of its own."""

    def __init__(self, sessions: int) -> None:
        self._client = connect(os.environ["MONGO_URI"], "rival")
        self._database = self._client["bare_scheduling"]
        self._verifier = Verifier.from_file(os.environ["SANGGAR_VERIFY_KEYS"])
        self._takes, self._gives = ANSWER_SESSION.takes(), ANSWER_SESSION.gives()
        self._token = os.environ["BENCH_TOKEN"]
        caller = self._verifier.verify(self._token)
        self._district, self._person = caller.district, caller.person_id
        self._sessions = [new_id() for _ in range(sessions)]
        create_indexes(self._database, SchedulingStore)
        self._fill()

    def answer(self, number: int) -> None:
        """One answer; a write conflict repeats it."""
        while True:
            try:
                return self._attempt(self._sessions[number % len(self._sessions)], ("yes", "no")[number % 2])
            except OperationFailure as error:
                if not error.has_error_label("TransientTransactionError"):
                    raise

    def _attempt(self, session_id: str, answer: str) -> None:
        caller = self._verifier.verify(self._token)
        order = self._takes.load({"session_id": session_id, "answer": answer})
        key, database, now = f"{caller.district}/{session_id}", self._database, clock.now()
        with self._client.start_session() as unit, unit.start_transaction():
            session = database["sessions"].find_one({"_id": key}, session=unit)
            member = database["members"].find_one({"_id": f"{caller.district}/member"}, session=unit)
            before = database["rsvps"].find_one({"_id": f"{key}/{caller.person_id}"}, session=unit)
            tally = database["tallies"].find_one({"_id": key}, session=unit)
            assert session and member and tally
            rsvp = {
                "_id": f"{key}/{caller.person_id}",
                "district": caller.district,
                "session_id": session_id,
                "person_id": caller.person_id,
                "first_answered_at": now,
                "updated_at": now,
                "answer": order["answer"],
                "reason": None,
                "answered_at": now,
                "version": clock.next_version(before["version"] if before else 0),
            }
            version = tally["version"]
            changed = {**tally, "yes": tally["yes"] + 1, "version": clock.next_version(version)}
            database["tallies"].replace_one({"_id": key, "version": version}, changed, session=unit)
            if before is None:
                database["rsvps"].insert_one(rsvp, session=unit)
            else:
                database["rsvps"].replace_one({"_id": rsvp["_id"], "version": before["version"]}, rsvp, session=unit)
            shown = self._gives.dump(rsvp)
            record = {"_id": new_id(), "district": caller.district, "answer": json.dumps(shown), "expires_at": now}
            database["idempotency"].insert_one(record, session=unit)
            event: dict[str, Any] = {"_id": new_id(), "district": caller.district, "time": now, "data": shown}
            database["outbox"].insert_one({"_id": new_id(), "lane": 0, "events": [event]}, session=unit)

    def _fill(self) -> None:
        keys = [f"{self._district}/{session_id}" for session_id in self._sessions]
        times = {"starts_at": clock.now(), "ends_at": clock.now()}
        self._database["sessions"].insert_many([{"_id": key, "title": "Rapat", "version": 1, **times} for key in keys])
        self._database["tallies"].insert_many([{"_id": key, "yes": 0, "no": 0, "version": 1} for key in keys])
        self._database["members"].replace_one({"_id": f"{self._district}/member"}, {"role": "ketua"}, upsert=True)


def main() -> None:
    seconds, threads = float(sys.argv[1]), int(sys.argv[2])
    bare = Bare(200)
    numbers, done, drawing = itertools.count(), itertools.count(), threading.Lock()
    for warm in range(5):
        bare.answer(warm)
    started = time.perf_counter()

    def work() -> None:
        while time.perf_counter() - started < seconds:
            with drawing:
                number = next(numbers)
            bare.answer(number)
            next(done)

    with ThreadPoolExecutor(threads) as pool:
        for future in [pool.submit(work) for _ in range(threads)]:
            future.result()
    print(next(done) / (time.perf_counter() - started))


if __name__ == "__main__":
    main()
