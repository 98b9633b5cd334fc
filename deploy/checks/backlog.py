"""Does anything wait that should have gone out, or lie dead?"""

from __future__ import annotations

from collections.abc import Iterator

from pymongo import MongoClient
from pymongo.database import Database

from deploy.checks.finding import Finding, broken, good, warning
from shared import clock
from shared.ids import made_at_ms
from shared.messaging import deadletters
from shared.messaging.relay import LEASE, UNROUTABLE
from shared.messaging.unit_of_work import OUTBOX
from shared.mongo import Doc
from shared.settings import Settings

_LATE = 30.0
_STUCK = 300.0
_COUNTED = 10_000


def check_backlog(client: MongoClient[Doc], settings: Settings, service: str) -> Iterator[Finding]:
    """A service's outbox, its unroutable events and its dead letters."""
    database = client[settings.database(service)]
    yield _outbox(database, service)
    yield from _unpublished(database, service)
    dead = sum(1 for _ in deadletters.entries(database))
    if dead:
        yield warning(
            "dead letters",
            f"{service} has {dead} dead letter(s)",
            f"`sanggar dlq list {service}`; mend the cause, then `sanggar dlq replay {service} --all`",
        )
    else:
        yield good("dead letters", f"{service} has none")


def oldest_waiting(database: Database[Doc]) -> tuple[int, float]:
    """How many entries wait in a service's outbox (counted up to 10,000), and for how many seconds the oldest does."""
    waiting = [doc["_id"] for doc in database[OUTBOX].find({}, {"_id": 1}).limit(_COUNTED)]
    if not waiting:
        return 0, 0.0
    made = made_at_ms(min(waiting)) or clock.now_ms()
    return len(waiting), max(0.0, (clock.now_ms() - made) / 1000)


def _outbox(database: Database[Doc], service: str) -> Finding:
    waiting, age = oldest_waiting(database)
    what = f"{service}: {waiting}{'+' if waiting == _COUNTED else ''} waiting, the oldest for {age:.0f} s"
    if age > _STUCK:
        return broken("outbox", what, f"see whether {service} runs and what its log says of the relay; nothing is lost")
    if age > _LATE:
        return warning("outbox", what, "look again in a minute; the relay catches up, or a large import runs")
    return good("outbox", what if waiting else f"{service}: empty")


def _unpublished(database: Database[Doc], service: str) -> Iterator[Finding]:
    unroutable = len(list(database[UNROUTABLE].find({}, {"_id": 1}).limit(_COUNTED)))
    if unroutable:
        yield broken(
            "outbox",
            f"{service}: {unroutable} event(s) that no queue takes",
            f"run `sanggar migrate`, then restart {service}: it publishes them again by itself",
        )
    relay = database["leases"].find_one({"_id": LEASE}) or {}
    behind = int(relay.get("last_seq", 0)) - int(relay.get("published_through", 0))
    if behind > 0:
        yield warning("outbox", f"{service}: {behind} numbered event(s) not yet published", "look again in a minute")
