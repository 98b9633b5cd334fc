"""The answering side: takes a service's requests from its queue, each in a greenlet of its own, and sends the answers.

A request is settled once it is answered, so one whose process died is answered by the next process; commands carry an
idempotency key, and a request that nobody waits for any more has expired (docs/decisions/0007).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

import amqp
import eventlet
from pymongo import MongoClient

from shared import logs
from shared.contracts import kernel as contracts
from shared.contracts.base import write
from shared.errors import NotFound, Refusal, Unavailable
from shared.messaging import protocol, topology
from shared.messaging.context import read_headers
from shared.messaging.desk import Answering, Desk, Request
from shared.messaging.protocol import Answer
from shared.messaging.unit_of_work import Work
from shared.messaging.wire import Delivery, Outgoing, Publisher, Wire, WireLost, acknowledge
from shared.mongo import Doc

_RECONNECT_SECONDS = 1.0
# What runs may still be connecting when it is stopped, on a busy machine for some seconds; one that hangs is not waited
# for any longer.
_LEAVING_SECONDS = 8.0
_SETTLED_TOGETHER = 8
_log = logs.get(__name__)


class RpcServer:
    """Serves one service's operations, about ``workers`` requests at a time: as many as the broker hands out."""

    def __init__(
        self,
        service: str,
        amqp_uri: str,
        desk: Desk,
        operations: Iterable[Answering],
        client: MongoClient[Doc],
        replies: Publisher,
        workers: int,
    ) -> None:
        self._service = service
        self._uri = amqp_uri
        self._desk = desk
        self._operations = {answering.operation.name: answering for answering in operations}
        self._ping = contracts.ping(service)
        self._client = client
        self._replies = replies
        self._workers = workers
        self._wire: Wire | None = None
        self._lost = threading.Event()
        self._stopping = threading.Event()
        self._left = threading.Event()
        self._at_hand = 0
        self._answered: list[Delivery] = []
        self._idle = threading.Event()
        self._idle.set()

    def run(self) -> None:
        """Take requests until :meth:`stop`; a lost connection is made anew."""
        while not self._stopping.is_set():
            lost = self._lost = threading.Event()
            try:
                self._wire = Wire(self._uri, f"{self._service}.requests")
                self._wire.when_lost(lost.set)
                self._wire.consume(
                    topology.rpc_name(self._service), self._receive, prefetch=self._workers + _SETTLED_TOGETHER
                )
                self._wire.start()
            except (WireLost, OSError, amqp.exceptions.AMQPError) as error:
                if self._wire is not None:
                    self._wire.close()
                _log.warning("cannot take requests yet", error=type(error).__name__)
                self._stopping.wait(_RECONNECT_SECONDS)
                continue
            lost.wait()
        self._left.set()

    def stop(self, timeout: float) -> None:
        """Take no new requests, answer those at hand (up to ``timeout`` seconds), and let go of the connection; what
        was not settled goes back to the queue."""
        self._stopping.set()
        if self._wire is not None:
            self._wire.cancel()
            self._idle.wait(timeout)
            self._wire.close()
        self._lost.set()
        self._left.wait(_LEAVING_SECONDS)

    def _receive(self, delivery: Delivery) -> None:
        """Runs on the reader: decode, and hand on. A message that cannot be answered is dropped."""
        reply_to = delivery.properties.get("reply_to")
        if not isinstance(reply_to, str) or not reply_to or self._stopping.is_set():
            delivery.reject(requeue=self._stopping.is_set())
            return
        try:
            request = self._request(delivery)
        except Refusal as refusal:
            self._reply(delivery, refusal)
            delivery.ack()
            return
        self._at_hand += 1
        self._idle.clear()
        eventlet.spawn_n(self._serve, delivery, request)

    def _request(self, delivery: Delivery) -> Request:
        context, left_ms = read_headers(delivery.headers)
        if len(delivery.body) > protocol.MOST_REQUEST:
            raise Unavailable()
        try:
            fields, body = protocol.decode(
                delivery.body, delivery.headers, str(delivery.properties.get("content_type"))
            )
        except protocol.BadRequest:
            raise Unavailable() from None
        name = str(delivery.properties.get("type"))
        if name == self._ping.name:
            return Request(Answering(self._ping, _never), fields, body, context, self._ping.deadline)
        if name not in self._operations:
            raise NotFound()
        answering = self._operations[name]
        longest = answering.operation.deadline
        return Request(answering, fields, body, context, longest if left_ms is None else min(left_ms / 1000, longest))

    def _serve(self, delivery: Delivery, request: Request) -> None:
        try:
            self._reply(delivery, self._health() if request.operation is self._ping else self._desk.answer(request))
        finally:
            self._answered.append(delivery)
            self._at_hand -= 1
            if not self._at_hand or len(self._answered) >= _SETTLED_TOGETHER:
                self._settle()
            if not self._at_hand:
                self._idle.set()

    def _settle(self) -> None:
        """Acknowledge what was answered, several at once: each for itself would cost a system call here and a wake-up
        of the broker. Whoever dies before it did has them answered again, by their keys (docs/decisions/0007)."""
        answered, self._answered = self._answered, []
        acknowledge(answered)

    def _health(self) -> Answer:
        """What a ping is answered with, even where the database is away."""
        try:
            self._client.admin.command("ping")
            answers = True
        except Exception as error:
            _log.info("the database does not answer", error=type(error).__name__)
            answers = False
        return Answer(write(contracts.Health, {"service": self._service, "database": answers}))

    def _reply(self, delivery: Delivery, outcome: Answer | Refusal) -> None:
        """Send the answer, unconfirmed: a caller that misses it asks again with its key. Never raises."""
        raw = outcome.body if isinstance(outcome, Answer) and outcome.body else None
        fields = protocol.refused(outcome) if isinstance(outcome, Refusal) else protocol.answered(outcome)
        payload, headers, content_type = protocol.encode(fields, raw)
        message = Outgoing(
            body=payload,
            exchange=topology.REPLIES.name,
            routing_key=delivery.properties["reply_to"],
            headers=headers,
            properties={
                "correlation_id": str(delivery.properties.get("correlation_id") or ""),
                "content_type": content_type,
            },
            persistent=False,
        )
        try:
            self._replies.wire().publish(message)
        except WireLost:
            _log.warning("an answer could not be sent")


def _never(work: Work, order: dict[str, Any]) -> Any:
    raise TypeError("a ping is no use case")
