"""``python -m tests.support.greenlets <mongo uri> <database>``: transactions from many greenlets, each counting on.

They count in the document ``all`` of ``counts``. Prints what was acknowledged, and the longest time that no other
greenlet could run.
"""

# ruff: noqa: E402  # everything must be imported after the patch

import eventlet

eventlet.monkey_patch()

import json
import sys
import time
from typing import Any

from shared.messaging.away import is_away
from shared.messaging.unit_of_work import CommitUnknown, Transaction, Transactor
from shared.mongo import connect

GREENLETS, EACH = 8, 12


def main() -> None:
    client = connect(sys.argv[1], "greenlets")
    database = client[sys.argv[2]]
    transactor = Transactor(client, database)
    seen: dict[str, Any] = {"acknowledged": 0, "unknown": 0, "lost": 0, "longest_pause": 0.0}

    def count(transaction: Transaction) -> None:
        read = database["counts"].find_one({"_id": "all"}, session=transaction.session)
        assert read is not None
        eventlet.sleep(0.002)
        database["counts"].update_one({"_id": "all"}, {"$set": {"n": read["n"] + 1}}, session=transaction.session)

    def work() -> None:
        done = 0
        while done < EACH:
            try:
                transactor.run(count, timeout=20)
            except CommitUnknown:
                seen["unknown"] += 1
            except Exception as error:
                if not is_away(error):
                    raise
                seen["lost"] += 1
            else:
                done += 1
                seen["acknowledged"] += 1

    def tick() -> None:
        while True:
            before = time.monotonic()
            eventlet.sleep(0.01)
            seen["longest_pause"] = max(seen["longest_pause"], time.monotonic() - before - 0.01)

    ticking = eventlet.spawn(tick)
    for worker in [eventlet.spawn(work) for _ in range(GREENLETS)]:
        worker.wait()
    ticking.kill()
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
