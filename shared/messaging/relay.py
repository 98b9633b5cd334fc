"""The relay: takes events from the outbox, gives them their place in the event log, and publishes them.

One replica of a service is active, under a lease. Numbering and moving is one transaction that also writes the lease's
document filtered by owner and epoch: a relay that lost its lease can number nothing. ``seq`` is an event's number in
the whole log, ``place`` the one among its district's, which is all that readers are told (docs/decisions/0090).
Publishing follows the log; how far it came stands in the lease's document, so after a crash the rest is published again
(receivers ignore repetitions).
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Sequence
from itertools import count
from typing import Any

from pymongo.database import Database

from shared import clock, logs, metrics
from shared.contracts.events import EVENTS
from shared.messaging import envelope, faults, snapshots
from shared.messaging.away import is_away
from shared.messaging.lanes import BULK, MOST_EVENTS, PROMPT, Lane, Lull
from shared.messaging.lease import Lease, LeaseLost
from shared.messaging.unit_of_work import OUTBOX, Transaction, Transactor
from shared.messaging.wire import Outgoing, Publisher
from shared.mongo import IN_CHUNK, Doc, SystemStore

LOG = "events"
# The whole log is one lane: its index begins with it, and a window of numbers is read through that.
LOG_LANE = 0
UNROUTABLE = "unroutable"
LEASE = "relay"
# In the lease's document: each district's last place in the log, and how far its part of the log is forgotten.
PLACES = "places"
FORGOTTEN = "forgotten"
_POLL = 0.5
# What is held back waits for three seconds at least: to look at it more often would tell nothing.
_POLL_HELD = 1.5
_SWEEP = 30.0
_CONFIRM_TIMEOUT = 20.0
_log = logs.get(__name__)


class _Changed(Exception):
    """An entry appeared among those just read: read again."""


class Relay:
    """The relay of one service's replica; :meth:`run` until :meth:`stop`."""

    def __init__(
        self,
        service: str,
        transactor: Transactor,
        system: SystemStore,
        sources: Sequence[snapshots.Source],
        publisher: Publisher,
        lease_seconds: float,
    ) -> None:
        self._service = service
        self._system = system
        self._database: Database[Doc] = system.database
        self._transactor = transactor
        self._sources = snapshots.by_subject(sources)
        self._publisher = publisher
        self._lease = Lease(self._database, LEASE, lease_seconds)
        self._prompt = Lane(self._database[OUTBOX], PROMPT)
        self._bulk = Lane(self._database[OUTBOX], BULK)
        self._lull = Lull()
        # Whether what was held back goes out now; until none of it is left.
        self._flowing = False
        self._newest_held: str | None = None
        self._looked_at_held = -_POLL_HELD
        self._woken = threading.Event()
        self._left = threading.Event()
        self._stopping = False
        # Under which epoch of the lease the rest of the log was published; what another replica numbered meanwhile is
        # published first.
        self._caught_up: int | None = None
        self._swept = -_SWEEP

    def wake(self) -> None:
        """There is something in the outbox: look now."""
        self._woken.set()

    def stop(self, deadline: float) -> None:
        """Publish what is committed, give up the lease and end :meth:`run`, within ``deadline`` seconds."""
        self._stopping = True
        self._woken.set()
        self._left.wait(deadline)

    def run(self) -> None:
        """Relay until stopped, whatever goes away in between."""
        while not self._stopping:
            self._woken.clear()
            try:
                moved = self._lease.keep() and self.once()
            except LeaseLost:
                self._caught_up, moved = None, 0
            except Exception as error:
                self._caught_up, moved = None, 0
                if not is_away(error):
                    _log.exception("the relay stumbled", error=type(error).__name__)
            if not moved:
                self._woken.wait(_POLL)
        self._leave()

    def once(self) -> int:
        """Publish what is left of the log, then number and publish one batch of the outbox. Returns how many events."""
        if self._caught_up != self._lease.epoch:
            self._catch_up()
        lane, pending = self._pending()
        metrics.OUTBOX_PENDING.set(len(pending))
        if not pending:
            return 0
        entries = self._number(lane, pending)
        faults.point("relay.numbered")
        self._publish(entries)
        return len(entries)

    def _leave(self) -> None:
        try:
            while self._lease.held and self.once():
                pass
            self._lease.release()
        except Exception as error:
            _log.warning("the relay left its lease to expire", error=type(error).__name__)
        self._left.set()

    def _pending(self) -> tuple[Lane, list[Doc]]:
        """Outbox entries for one batch, and the lane that they wait in."""
        if time.monotonic() - self._swept >= _SWEEP:
            self._sweep()
        batch = self._prompt.batch()
        return (self._prompt, batch) if batch else (self._bulk, self._bulk_batch())

    def _bulk_batch(self) -> list[Doc]:
        if not (self._flowing or self._stopping):
            if time.monotonic() - self._looked_at_held < _POLL_HELD:
                return []
            self._looked_at_held = time.monotonic()
            self._newest_held = self._bulk.newest(self._newest_held)
            if not self._lull.over(self._newest_held):
                return []
            self._bulk.sweep()
        batch = self._bulk.batch()
        self._flowing = bool(batch)
        if not batch:
            self._newest_held = None
        return batch

    def _sweep(self) -> None:
        """Start from the oldest entries, and try the unroutable again."""
        self._swept = time.monotonic()
        self._prompt.sweep()
        if self._flowing:
            self._bulk.sweep()
        self._send_parked()

    def _number(self, lane: Lane, pending: Sequence[Doc]) -> list[Doc]:
        events = [event for doc in pending for event in doc["events"]]
        ids = [doc["_id"] for doc in pending]

        def attempt(transaction: Transaction) -> list[Doc]:
            session = transaction.session
            of_each = Counter(event["district"] for event in events)
            places = {f"{PLACES}.{district}": many for district, many in of_each.items()}
            self._lease.write({"$inc": {"last_seq": len(events), "beat": 1, **places}}, session)
            state = self._lease.read(session)
            following = {district: count(state[PLACES][district] - of_each[district] + 1) for district in of_each}
            entries = [
                {**event, "lane": LOG_LANE, "seq": seq, "place": next(following[event["district"]])}
                for seq, event in enumerate(events, state["last_seq"] - len(events) + 1)
            ]
            self._database[LOG].insert_many(entries, session=session)
            # One range delete is ten times cheaper than a delete each; an entry that came into the range since is
            # kept by the count: it aborts this attempt.
            span = {"lane": lane.lane, "_id": {"$gte": ids[0], "$lte": ids[-1]}}
            if self._database[OUTBOX].delete_many(span, session=session).deleted_count != len(ids):
                raise _Changed()
            return entries

        try:
            return self._transactor.run(attempt, kind="relay")
        except _Changed:
            # Or the numbering was done by an attempt whose commit was answered by nobody: then the log has more.
            self._caught_up = None
            return []

    def _catch_up(self) -> None:
        # Keeping the lease may lose it and take it back: then there is more to catch up with.
        state, epoch = self._lease.read(), self._lease.epoch
        through, last = state.get("published_through", 0), state.get("last_seq", 0)
        while through < last:
            window = {"lane": LOG_LANE, "seq": {"$gt": through, "$lte": min(last, through + MOST_EVENTS)}}
            self._publish(sorted(self._database[LOG].find(window), key=lambda entry: entry["seq"]))
            through = min(last, through + MOST_EVENTS)
            self._lease.keep()
        self._caught_up = epoch

    def _send_parked(self) -> None:
        parked = self._database[UNROUTABLE]
        waiting = [doc["_id"] for doc in parked.find({}).limit(MOST_EVENTS)]
        for start in range(0, len(waiting), IN_CHUNK):
            ids = waiting[start : start + IN_CHUNK]
            returned = self._send(list(self._database[LOG].find({"_id": {"$in": ids}})))
            parked.delete_many({"_id": {"$in": [id_ for id_ in ids if id_ not in returned]}})

    def _publish(self, entries: Sequence[Doc]) -> None:
        self._send(entries)
        faults.point("relay.published")
        if entries:
            self._lease.write({"$max": {"published_through": entries[-1]["seq"]}})

    def _send(self, entries: Sequence[Doc]) -> set[str]:
        public = [entry for entry in entries if EVENTS[entry["type"]].subscribers]
        rendered = snapshots.render(self._system, self._sources, public)
        messages = [message_of(self._service, entry) for entry in rendered]
        if not messages:
            return set()
        returned = self._publisher.wire().publish_confirmed(messages, timeout=_CONFIRM_TIMEOUT)
        self._note_unroutable(rendered, returned)
        return returned

    def _note_unroutable(self, entries: Sequence[Doc], returned: set[str]) -> None:
        parked = self._database[UNROUTABLE]
        for entry in entries:
            metrics.PUBLISHED.labels(entry["type"]).inc()
        for entry in entries:
            if entry["_id"] in returned:
                metrics.UNROUTABLE.labels(entry["type"]).inc()
                _log.error("no queue takes this event; run `sanggar migrate`", type=entry["type"], id=entry["_id"])
                parked.update_one({"_id": entry["_id"]}, {"$set": {"at": clock.now()}}, upsert=True)


def message_of(service: str, entry: Doc, *, replay_for: str | None = None) -> Outgoing:
    """The message that publishes a rendered log entry: to all subscribers, or as a replay to one service."""
    routing = f"{entry['district']}.{EVENTS[entry['type']].routing}"
    properties: dict[str, Any] = {"content_type": envelope.CONTENT_TYPE, "type": entry["type"]}
    return Outgoing(
        body=envelope.encode(entry, replay=replay_for is not None),
        exchange=f"{service}.events",
        routing_key=routing if replay_for is None else f"replay.{replay_for}.{routing}",
        message_id=entry["_id"],
        properties=properties,
    )
