"""The calling side: thread-safe, one reply queue and one connection a process.

Make one after the process has forked. A call has one total deadline; when the connection is lost every waiting call
fails at once, and the next call connects again.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import threading
import time
from typing import Any

import amqp
from kombu import Queue

from shared.contracts.base import Command, Operation
from shared.errors import OutcomeUnknown, TooLarge, Unavailable
from shared.ids import new_id
from shared.messaging import protocol, topology
from shared.messaging.context import CallContext
from shared.messaging.protocol import Answer
from shared.messaging.wire import Delivery, Outgoing, Wire, WireLost

_RECONNECT_PAUSE = 0.5


class _Waiting:
    """One call that waits. A bare lock wakes a thread for a third of what an ``Event`` costs."""

    __slots__ = ("_gate", "delivery")

    def __init__(self) -> None:
        self.delivery: Delivery | None = None
        self._gate = threading.Lock()
        self._gate.acquire()

    def wait(self, seconds: float) -> None:
        """Until :meth:`finish`, or for so many seconds."""
        self._gate.acquire(timeout=max(0.0, seconds))

    def finish(self, delivery: Delivery | None = None) -> None:
        """Let the caller go on, with what arrived. Called by the reader, or by whoever found the connection lost."""
        if self.delivery is None:
            self.delivery = delivery
        with contextlib.suppress(RuntimeError):
            self._gate.release()


class Asked:
    """A call that was sent, whose answer somebody will wait for."""

    __slots__ = ("_call_id", "_client", "_operation", "_waiting")

    def __init__(self, client: RpcClient, operation: Operation, call_id: str, waiting: _Waiting) -> None:
        self._client = client
        self._operation = operation
        self._call_id = call_id
        self._waiting = waiting

    def answer(self, deadline: float) -> Answer:
        """Its answer, waited for until ``deadline`` (of ``time.monotonic``); raises as :meth:`RpcClient.call` does."""
        try:
            self._waiting.wait(deadline - time.monotonic())
        finally:
            self._client.forget(self._call_id)
        if self._waiting.delivery is None:
            raise (OutcomeUnknown if isinstance(self._operation, Command) else Unavailable)(retry_after=1)
        return _answer(self._waiting.delivery)


class RpcClient:
    """Calls services over RabbitMQ."""

    def __init__(self, amqp_uri: str, name: str = "gateway") -> None:
        self._uri = amqp_uri
        self._name = name
        self._lock = threading.Lock()
        self._wire: Wire | None = None
        self._queue = ""
        self._waiting: dict[str, _Waiting] = {}
        self._calls = itertools.count(1)
        self._not_before = 0.0

    def call(
        self,
        operation: Operation,
        data: dict[str, Any],
        context: CallContext,
        *,
        body: bytes | None = None,
        timeout: float | None = None,
    ) -> Answer:
        """Ask for ``operation`` with plain JSON ``data`` and wait for its answer, at most ``timeout`` seconds.

        Raises the service's refusal; :class:`Unavailable` when nothing was sent or a query got no answer;
        :class:`OutcomeUnknown` when a command was sent and its answer is missing.
        """
        timeout = timeout or operation.deadline
        deadline = time.monotonic() + timeout
        return self.begin(operation, data, context, body=body, timeout=timeout).answer(deadline)

    def begin(
        self,
        operation: Operation,
        data: dict[str, Any],
        context: CallContext,
        *,
        body: bytes | None = None,
        timeout: float,
    ) -> Asked:
        """Ask, and do not wait: for who asks several services at once. Each that was begun must be waited for. Raises
        :class:`Unavailable` or :class:`OutcomeUnknown` when it could not be sent."""
        deadline = time.monotonic() + timeout
        if body is not None and len(body) > protocol.MOST_BODY:
            raise TooLarge()
        wire = self._connected()
        waiting = _Waiting()
        call_id = str(next(self._calls))
        left_ms = int((deadline - time.monotonic()) * 1000)
        request = self._request(operation, data, body, context, call_id, left_ms)
        self._waiting[call_id] = waiting
        try:
            wire.publish(request)
        except WireLost:
            self.forget(call_id)
            # Part of the message may have left; a command that did arrive is told apart by its key.
            raise (OutcomeUnknown if isinstance(operation, Command) else Unavailable)(retry_after=1) from None
        return Asked(self, operation, call_id, waiting)

    def forget(self, call_id: str) -> None:
        """Nobody waits for this call any more."""
        self._waiting.pop(call_id, None)

    def ready(self, timeout: float = 1.0) -> bool:
        """Whether the broker can be reached."""
        try:
            return self._connected().alive
        except Unavailable:
            return False

    def close(self) -> None:
        """Close the connection; waiting calls fail."""
        with self._lock:
            if self._wire is not None:
                self._wire.close()
                self._wire = None
        self._fail_waiting()

    def _connected(self) -> Wire:
        wire = self._wire
        if wire is not None and wire.alive:
            return wire
        with self._lock:
            if self._wire is not None and self._wire.alive:
                return self._wire
            if time.monotonic() < self._not_before:
                raise Unavailable(retry_after=1)
            try:
                self._wire = self._connect()
            except (WireLost, OSError, amqp.exceptions.AMQPError):
                self._not_before = time.monotonic() + _RECONNECT_PAUSE
                raise Unavailable(retry_after=1) from None
            return self._wire

    def _connect(self) -> Wire:
        wire = Wire(self._uri, f"{self._name}.{os.getpid()}")
        # A new name each time: the broker may not yet know that the connection which owned the last one is gone.
        self._queue = f"replies.{self._name}.{new_id()}"
        topology.REPLIES(wire.channel).declare()
        Queue(
            self._queue,
            exchange=topology.REPLIES,
            routing_key=self._queue,
            exclusive=True,
            auto_delete=True,
            durable=False,
        )(wire.channel).declare()
        wire.channel.basic_consume(
            self._queue, callback=lambda message: self._receive(Delivery(wire, message)), no_ack=True
        )
        wire.when_lost(self._fail_waiting)
        wire.start()
        return wire

    def _request(
        self,
        operation: Operation,
        data: dict[str, Any],
        body: bytes | None,
        context: CallContext,
        call_id: str,
        left_ms: int,
    ) -> Outgoing:
        payload, headers, content_type = protocol.encode(data, body)
        return Outgoing(
            body=payload,
            exchange=topology.rpc_exchange(operation.service).name,
            routing_key="rpc",
            headers={**headers, **context.headers(left_ms)},
            properties={
                "type": operation.name,
                "reply_to": self._queue,
                "correlation_id": call_id,
                "content_type": content_type,
                "expiration": str(max(1, left_ms)),
            },
            persistent=False,
        )

    def _receive(self, delivery: Delivery) -> None:
        waiting = self._waiting.get(str(delivery.properties.get("correlation_id")))
        if waiting is not None:
            waiting.finish(delivery)

    def _fail_waiting(self) -> None:
        for waiting in list(self._waiting.values()):
            waiting.finish()


def _answer(delivery: Delivery) -> Answer:
    try:
        fields, raw = protocol.decode(delivery.body, delivery.headers, str(delivery.properties.get("content_type")))
    except protocol.BadRequest:
        raise Unavailable() from None
    return protocol.read_answer(fields, raw)
