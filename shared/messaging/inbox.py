"""The inbox: receives events, applies them exactly once, and decides what becomes of those that fail.

Fresh messages are applied many to a transaction; one that was redelivered or failed before is applied alone, after its
attempt was recorded, so that a message which kills its process is found out and no healthy neighbour pays for it.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from pymongo import MongoClient
from pymongo.database import Database

from shared import clock, logs, metrics
from shared.errors import MissingReference
from shared.messaging import deadletters, faults, topology
from shared.messaging.away import is_away
from shared.messaging.context import CallContext
from shared.messaging.copies import Copies
from shared.messaging.envelope import Malformed, Received, decode
from shared.messaging.unit_of_work import CommitUnknown, Transaction, Transactor, Work
from shared.messaging.wire import Delivery, Outgoing, Publisher, Wire, WireLost, acknowledge
from shared.mongo import IN_CHUNK, Doc, SystemStore, first_come
from shared.settings import Settings

INBOX = "inbox"
ATTEMPTS = "attempts"
BATCH = 100
PREFETCH = 2 * BATCH
# Redeliveries happen to healthy messages too (every deploy, every kill): only one that was *begun* so often is poison.
POISON_ATTEMPTS = 8
_PROBE_SECONDS = 1.0
_RECONNECT_SECONDS = 1.0
# What runs may still be connecting when it is stopped, on a busy machine for some seconds; one that hangs is not waited
# for any longer.
_LEAVING_SECONDS = 8.0
_CONFIRM_TIMEOUT = 20.0
KEPT = timedelta(days=90)
_log = logs.get(__name__)

Reaction = Callable[[Work, Received], None]


class Inbox:
    """The inbox of one replica: :meth:`run` until :meth:`stop`."""

    def __init__(
        self,
        service: str,
        settings: Settings,
        client: MongoClient[Doc],
        system: SystemStore,
        copies: Copies,
        reactions: Mapping[str, Sequence[Reaction]],
        transactor: Transactor,
        retries: Publisher,
    ) -> None:
        self._service = service
        self._settings = settings
        self._client = client
        self._system = system
        self._database: Database[Doc] = system.database
        self._copies = copies
        self._reactions = reactions
        self._transactor = transactor
        self._retries = retries
        self._waiting: deque[Delivery] = deque()
        self._arrived = threading.Event()
        self._stopping = threading.Event()
        self._left = threading.Event()
        self._idle = threading.Event()
        self._lost = threading.Event()
        self._wires: list[Wire] = []

    # --- life

    def run(self) -> None:
        """Receive until stopped, reconnecting whenever the broker was away."""
        threading.Thread(target=self._work_off, name="inbox-worker", daemon=True).start()
        while not self._stopping.is_set():
            lost = self._lost = threading.Event()
            try:
                self._connect(lost)
            except WireLost:
                self._stopping.wait(_RECONNECT_SECONDS)
                continue
            lost.wait()
            if not self._stopping.is_set():
                self._disconnect()
                self._stopping.wait(_RECONNECT_SECONDS)
        self._left.set()

    def stop(self, deadline: float) -> None:
        """Take nothing new, finish the batch at hand within ``deadline`` seconds, give the rest back."""
        for wire in self._wires:
            wire.cancel()
        self._stopping.set()
        self._arrived.set()
        self._idle.wait(deadline)
        self._disconnect()
        self._lost.set()
        self._left.wait(_LEAVING_SECONDS)

    def _connect(self, lost: threading.Event) -> None:
        for queue, receive, prefetch in (
            (topology.inbox_name(self._service), self._receive, PREFETCH),
            (topology.dead_name(self._service), self._receive_dead, 10),
        ):
            try:
                wire = Wire(self._settings.amqp_uri, f"{self._service}.{queue}")
                self._wires.append(wire)
                wire.when_lost(lost.set)
                wire.consume(queue, receive, prefetch=prefetch)
            except Exception as error:
                self._disconnect()
                _log.error("cannot consume; run `sanggar migrate`", queue=queue, error=type(error).__name__)
                raise WireLost(queue) from error
        for wire in self._wires:
            wire.start()

    def _disconnect(self) -> None:
        for wire in self._wires:
            wire.close()
        self._wires.clear()
        self._waiting.clear()

    def _receive(self, delivery: Delivery) -> None:
        self._waiting.append(delivery)
        self._arrived.set()

    def _receive_dead(self, delivery: Delivery) -> None:
        threading.Thread(target=self._drain_dead, args=(delivery,), daemon=True).start()

    def _drain_dead(self, delivery: Delivery) -> None:
        self._until_back(
            lambda: deadletters.keep(
                self._database, delivery, "delivery_limit", deadletters.died_by_limit(delivery.headers)
            )
        )
        delivery.ack()

    # --- working off

    def _work_off(self) -> None:
        while not self._stopping.is_set():
            self._arrived.wait(1.0)
            self._arrived.clear()
            while self._waiting and not self._stopping.is_set():
                try:
                    self._take_batch()
                except Exception as error:
                    # Whatever it was: what is unsettled goes back to the broker, and the work goes on.
                    _log.exception("the inbox stumbled", error=type(error).__name__)
                    self._lost.set()
                    self._waiting.clear()
        self._idle.set()

    def _take_batch(self) -> None:
        fresh: list[tuple[Delivery, Received]] = []
        while self._waiting and len(fresh) < BATCH:
            delivery = self._waiting.popleft()
            if not delivery.alive:
                continue
            event = self._decoded(delivery)
            if event is None:
                continue
            if delivery.redelivered or delivery.headers.get("x-attempt") or delivery.headers.get("x-missing"):
                if fresh:
                    self._waiting.appendleft(delivery)
                    break
                self._apply_alone(delivery, event, suspect=delivery.redelivered)
                return
            fresh.append((delivery, event))
        if fresh:
            self._apply_batch(fresh)

    def _decoded(self, delivery: Delivery) -> Received | None:
        origin = delivery.headers.get("x-origin")
        exchange = origin if delivery.exchange == topology.inbox_exchange(self._service).name else delivery.exchange
        try:
            return decode(delivery.body, exchange if isinstance(exchange, str) else None)
        except Malformed as error:
            self._bury(delivery, "malformed", 1, error)
            return None

    def _apply_batch(self, batch: Sequence[tuple[Delivery, Received]]) -> None:
        try:
            self._until_back(lambda: self._apply([event for _, event in batch]))
        except Exception as error:
            if len(batch) > 1:
                _log.info("a batch failed; its events are tried one by one", error=type(error).__name__)
                for delivery, event in batch:
                    if self._stopping.is_set():
                        return
                    self._apply_alone(delivery, event, suspect=False)
            else:
                self._failed(batch[0][0], batch[0][1], error)
            return
        acknowledge(delivery for delivery, _ in batch)
        for _, event in batch:
            metrics.EVENTS.labels(event.type, "applied").inc()

    def _apply_alone(self, delivery: Delivery, event: Received, *, suspect: bool) -> None:
        try:
            begun = self._until_back(lambda: self._begun(event)) if suspect else 0
            if begun > POISON_ATTEMPTS:
                self._bury(delivery, "poison", begun, None)
                return
            self._until_back(lambda: self._apply([event]))
        except Exception as error:
            self._failed(delivery, event, error)
            return
        delivery.ack()
        metrics.EVENTS.labels(event.type, "applied").inc()

    def _begun(self, event: Received) -> int:
        """Record that a redelivered message is about to be handled; returns how often it was begun."""
        key = f"{event.district}/{event.id}"
        attempts = self._database[ATTEMPTS]
        attempts.update_one(
            {"_id": key}, {"$inc": {"begun": 1}, "$set": {"expires_at": clock.now() + KEPT}}, upsert=True
        )
        return int((attempts.find_one({"_id": key}) or {"begun": 1})["begun"])

    def _apply(self, events: Sequence[Received]) -> None:
        """Apply events in one transaction: copies gated by sequence, effects by an inbox record each."""

        def attempt(transaction: Transaction) -> None:
            session = transaction.session
            self._copies.apply(self._database, session, [event for event in events if self._copies.takes(event.type)])
            effective = [event for event in events if event.type in self._reactions and not event.replay]
            for event in self._not_yet_done(effective, transaction):
                with logs.bind(district=event.district, correlation_id=event.correlation_id, event_id=event.id):
                    self._react(event, transaction)
            faults.point("inbox.applied")

        started = time.monotonic()
        self._transactor.run(attempt, timeout=30.0, kind="inbox")
        metrics.BATCH_SECONDS.observe(time.monotonic() - started)
        faults.point("inbox.committed")

    def _not_yet_done(self, events: Sequence[Received], transaction: Transaction) -> list[Received]:
        """Those of ``events`` without an inbox record, which they have from here on."""
        by_key = {f"{event.district}/{event.id}": event for event in events}
        keys = list(by_key)
        inbox = self._database[INBOX]
        for start in range(0, len(keys), IN_CHUNK):
            chunk = {"_id": {"$in": keys[start : start + IN_CHUNK]}}
            for record in inbox.find(chunk, {"_id": 1}, session=transaction.session):
                duplicate = by_key.pop(record["_id"])
                metrics.EVENTS.labels(duplicate.type, "duplicate").inc()
        if by_key:
            expires_at = clock.now() + KEPT
            records = [
                {"_id": key, "district": event.district, "expires_at": expires_at} for key, event in by_key.items()
            ]
            with first_come(INBOX):
                inbox.insert_many(records, session=transaction.session)
        return list(by_key.values())

    def _react(self, event: Received, transaction: Transaction) -> None:
        context = CallContext(correlation_id=event.correlation_id, traceparent=event.traceparent)
        work = Work(
            self._system.open(event.district, transaction.session),
            transaction=transaction,
            context=context,
            causation_id=event.id,
            settings=self._settings,
        )
        faults.poison("inbox.reacting", event.plain)
        for reaction in self._reactions[event.type]:
            reaction(work, event)

    # --- failing

    def _until_back(self, action: Callable[[], Any]) -> Any:
        """Do ``action``, again and again while something it needs is away. No attempt is spent."""
        while True:
            try:
                return action()
            except Exception as error:
                if not (is_away(error) or isinstance(error, CommitUnknown)):
                    raise
                metrics.PAUSES.inc()
                self._pause()

    def _pause(self) -> None:
        _log.warning("the database is away; the inbox waits")
        while not self._stopping.is_set():
            self._stopping.wait(_PROBE_SECONDS)
            try:
                self._client.admin.command("ping")
                return
            except Exception as error:
                if not is_away(error):
                    return
        raise _Stopped()

    def _failed(self, delivery: Delivery, event: Received, error: Exception) -> None:
        if isinstance(error, _Stopped):
            return
        tries, attempt = _count(delivery, "x-missing"), _count(delivery, "x-attempt")
        if isinstance(error, MissingReference):
            tries += 1
            if tries <= self._settings.missing_tries:
                self._later(delivery, self._settings.missing_every, tries, attempt)
            else:
                self._bury(delivery, "missing_reference", tries, error)
            return
        attempt += 1
        _log.warning(
            "an event failed",
            event_id=event.id,
            type=event.type,
            attempt=attempt,
            error=type(error).__name__,
            exc_info=error,
        )
        metrics.EVENTS.labels(event.type, "failed").inc()
        ladder = self._settings.retry_ladder
        if attempt <= len(ladder):
            self._later(delivery, ladder[attempt - 1], tries, attempt)
        else:
            self._bury(delivery, "failed", attempt, error)

    def _later(self, delivery: Delivery, rung: str, tries: int, attempt: int) -> None:
        """Put the untouched body on a rung of the ladder, confirmed, then settle the original."""
        origin = delivery.headers.get("x-origin") or delivery.exchange
        message = Outgoing(
            body=delivery.body,
            exchange=topology.inbox_exchange(self._service).name,
            routing_key=f"retry.{rung}",
            message_id=str(delivery.properties.get("message_id") or ""),
            headers={"x-origin": origin, "x-missing": tries, "x-attempt": attempt},
            properties={"type": str(delivery.properties.get("type") or "")},
        )
        try:
            unroutable = self._retries.wire().publish_confirmed([message], timeout=_CONFIRM_TIMEOUT)
        except WireLost:
            unroutable = {message.message_id}
        if unroutable:
            _log.error("the retry ladder cannot be reached; the message goes back", rung=rung)
            self._stopping.wait(_PROBE_SECONDS)
            delivery.reject(requeue=True)
            return
        delivery.ack()

    def _bury(self, delivery: Delivery, reason: str, attempts: int, error: BaseException | None) -> None:
        try:
            self._until_back(lambda: deadletters.keep(self._database, delivery, reason, attempts, error))
        except _Stopped:
            return
        delivery.ack()


def _count(delivery: Delivery, header: str) -> int:
    value = delivery.headers.get(header)
    return value if isinstance(value, int) else 0


class _Stopped(Exception):
    """The process is stopping while something is away: the broker keeps the message."""
