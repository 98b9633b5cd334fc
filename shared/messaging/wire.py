"""One connection to the broker: written by many threads or greenlets, read by one.

Nothing publishes on a connection while it waits for a method's answer: all declaring and consuming is set up before the
reader starts. Publishes are unconfirmed (replies) or confirmed in pipelined batches (events); a connection that is lost
fails everything that waits on it at once. Works under eventlet in the services and with real threads in the gateway.
"""

from __future__ import annotations

import contextlib
import struct
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import amqp
from kombu import Connection

from shared import logs

HEARTBEAT = 20
_TICK = 5.0
_READ_AHEAD = 16 * 1024
_log = logs.get(__name__)

TRANSIENT, PERSISTENT = 1, 2

# A Basic.Ack as AMQP 0-9-1 writes it (sections 4.2.3 and 1.8.3.13): frame type, channel, size; class, method, delivery
# tag, not multiple; frame end.
_ACK = struct.Struct(">BHIHHQBB")


class WireLost(Exception):
    """The connection to the broker is gone, or the broker did not confirm in time."""


@dataclass(frozen=True)
class Outgoing:
    """A message to publish. ``expiration`` is in milliseconds."""

    body: bytes
    exchange: str
    routing_key: str
    message_id: str = ""
    headers: Mapping[str, Any] = field(default_factory=dict)
    properties: Mapping[str, Any] = field(default_factory=dict)
    persistent: bool = True

    def as_amqp(self) -> amqp.Message:
        mode = PERSISTENT if self.persistent else TRANSIENT
        properties = {"delivery_mode": mode, "application_headers": dict(self.headers), **self.properties}
        if self.message_id:
            properties["message_id"] = self.message_id
        return amqp.Message(self.body, **properties)


class Delivery:
    """A message as it came from a queue, with the means to settle it. Settling on a lost connection does nothing: the
    broker has taken the message back by itself."""

    __slots__ = ("_tag", "_wire", "body", "exchange", "headers", "properties", "redelivered", "routing_key")

    def __init__(self, wire: Wire, message: Any) -> None:
        info = message.delivery_info
        self._wire = wire
        self._tag: int = info["delivery_tag"]
        self.redelivered: bool = info["redelivered"]
        self.exchange: str = info["exchange"]
        self.routing_key: str = info["routing_key"]
        body = message.body
        self.body: bytes = body.encode() if isinstance(body, str) else bytes(body)
        self.properties: dict[str, Any] = dict(message.properties)
        headers = self.properties.pop("application_headers", None)
        self.headers: dict[str, Any] = dict(headers) if isinstance(headers, dict) else {}

    @property
    def alive(self) -> bool:
        """Whether the connection that brought it still stands."""
        return self._wire.alive

    def ack(self) -> None:
        self._wire.settle(lambda channel: channel.basic_ack(self._tag))

    @property
    def wire(self) -> Wire:
        """The connection that brought it."""
        return self._wire

    @property
    def tag(self) -> int:
        """What the broker calls it on that connection."""
        return self._tag

    def reject(self, *, requeue: bool) -> None:
        self._wire.settle(lambda channel: channel.basic_reject(self._tag, requeue))


class Wire:
    """An open connection with one channel. Raises :class:`WireLost` when the broker cannot be reached."""

    def __init__(self, uri: str, name: str, *, confirms: bool = False) -> None:
        self.alive = False
        self._confirms = confirms
        self._write = threading.Lock()
        self._confirmed = threading.Condition()
        self._batch = threading.Lock()
        self._outstanding: set[int] = set()
        self._refused: set[int] = set()
        self._returned: set[str] = set()
        self._published = 0
        self._consumer_tags: list[str] = []
        self._on_lost: list[Callable[[], None]] = []
        self._closing = False
        try:
            self._kombu = Connection(
                uri,
                heartbeat=HEARTBEAT,
                connect_timeout=5,
                transport_options={"client_properties": {"connection_name": name}},
            )
            # By itself kombu would sleep for two seconds before it says that nobody is there.
            self._kombu.ensure_connection(
                max_retries=1, interval_start=0.05, interval_step=0, reraise_as_library_errors=False
            )
            self._amqp: Any = self._kombu.connection
            # Otherwise py-amqp reads the socket before each publish, which is the reader's alone to do.
            self._amqp.client_properties.get("capabilities", {})["connection.blocked"] = False
            _read_ahead(self._amqp.transport)
            self.channel: Any = self._amqp.channel()
            if confirms:
                self.channel.confirm_select()
                self.channel.events["basic_ack"].add(self._on_ack)
                self.channel.events["basic_nack"].add(self._on_nack)
            self.channel.events["basic_return"].add(self._on_return)
        except (OSError, amqp.exceptions.AMQPError) as error:
            self._close_socket()
            raise WireLost(type(error).__name__) from error
        self.alive = True

    def when_lost(self, callback: Callable[[], None]) -> None:
        """Call ``callback`` once when the connection is lost (not when it is closed)."""
        self._on_lost.append(callback)

    def consume(
        self, queue: str, receive: Callable[[Delivery], None], *, prefetch: int, exclusive: bool = False
    ) -> None:
        """Hand each message of ``queue`` to ``receive``, on the reader's thread, which must not block.

        To be called before :meth:`start`.
        """
        self.channel.basic_qos(0, prefetch, False)
        tag = self.channel.basic_consume(
            queue, callback=lambda message: receive(Delivery(self, message)), exclusive=exclusive
        )
        self._consumer_tags.append(tag)

    def start(self) -> None:
        """Begin to read and to keep the connection alive."""
        threading.Thread(target=self._read, name="wire-reader", daemon=True).start()
        threading.Thread(target=self._tick, name="wire-heartbeat", daemon=True).start()

    def cancel(self) -> None:
        """Take no new messages; those already here can still be settled."""
        with self._write, contextlib.suppress(OSError, amqp.exceptions.AMQPError, AttributeError):
            for tag in self._consumer_tags:
                self.channel.basic_cancel(tag, nowait=True)
        self._consumer_tags.clear()

    def publish(self, message: Outgoing, *, mandatory: bool = False) -> None:
        """Send a message without waiting for a confirm. Raises :class:`WireLost`."""
        self._send(message, mandatory)

    def publish_confirmed(self, messages: Iterable[Outgoing], *, timeout: float) -> set[str]:
        """Send messages and wait until the broker has taken them all.

        Returns the ids of those that no queue took. Raises :class:`WireLost` when one was not confirmed within
        ``timeout`` seconds: then any of them may or may not have arrived.
        """
        with self._batch:
            with self._confirmed:
                self._outstanding.clear()
                self._refused.clear()
                self._returned.clear()
            for message in messages:
                self._send(message, mandatory=True)
            with self._confirmed:
                done = self._confirmed.wait_for(lambda: not self._outstanding or not self.alive, timeout)
                if not done or self._outstanding or self._refused:
                    raise WireLost("the broker did not confirm")
                return set(self._returned)

    def settle(self, action: Callable[[Any], None]) -> None:
        if self.alive:
            with self._write, contextlib.suppress(OSError, amqp.exceptions.AMQPError, AttributeError):
                action(self.channel)

    def acknowledge(self, tags: Iterable[int]) -> None:
        """Acknowledge these deliveries in one write, where py-amqp would write each by itself."""

        def write(channel: Any) -> None:
            frames = (_ACK.pack(1, channel.channel_id, 13, 60, 80, tag, 0, 0xCE) for tag in tags)
            self._amqp.transport.write(b"".join(frames))

        # A channel whose connection was lost meanwhile has no number to pack.
        with contextlib.suppress(struct.error):
            self.settle(write)

    def close(self) -> None:
        """Close the connection; messages that were not settled go back to their queues."""
        self._closing = True
        self.alive = False
        self._close_socket()
        with self._confirmed:
            self._confirmed.notify_all()

    # --- inside

    def _send(self, message: Outgoing, mandatory: bool) -> None:
        if not self.alive:
            raise WireLost("closed")
        try:
            with self._write:
                if self._confirms:
                    self._published += 1
                    with self._confirmed:
                        self._outstanding.add(self._published)
                self.channel.basic_publish(
                    message.as_amqp(), message.exchange, message.routing_key, mandatory=mandatory
                )
        except (OSError, amqp.exceptions.AMQPError, AttributeError) as error:
            self._lose(error)
            raise WireLost(type(error).__name__) from error

    def _read(self) -> None:
        try:
            while self.alive:
                self._amqp.drain_events()
        # Whatever breaks the reader (py-amqp raises many kinds), the connection is of no more use.
        except Exception as error:
            self._lose(error)

    def _tick(self) -> None:
        pause = threading.Event()
        while self.alive:
            pause.wait(_TICK)
            if not self.alive:
                return
            try:
                with self._write:
                    self._amqp.heartbeat_tick(rate=2)
            except Exception as error:
                self._lose(error)

    def _lose(self, error: BaseException) -> None:
        if not self.alive:
            return
        self.alive = False
        if not self._closing:
            _log.warning("connection to the broker lost", error=type(error).__name__)
        self._close_socket()
        with self._confirmed:
            self._confirmed.notify_all()
        for callback in self._on_lost:
            callback()

    def _close_socket(self) -> None:
        # A polite Connection.Close would wait for an answer that only the reader may read.
        with contextlib.suppress(Exception):
            self._amqp.transport.close()
        with contextlib.suppress(Exception):
            self._amqp.collect()

    def _on_ack(self, tag: int, multiple: bool) -> None:
        self._settled(tag, multiple, refused=False)

    def _on_nack(self, tag: int, multiple: bool) -> None:
        self._settled(tag, multiple, refused=True)

    def _settled(self, tag: int, multiple: bool, *, refused: bool) -> None:
        with self._confirmed:
            tags = {known for known in self._outstanding if known <= tag} if multiple else {tag}
            self._outstanding -= tags
            if refused:
                self._refused |= tags
            if not self._outstanding:
                self._confirmed.notify_all()

    def _on_return(self, error: Exception, exchange: str, routing_key: str, message: Any) -> None:
        with self._confirmed:
            self._returned.add(str(message.properties.get("message_id", "")))


def _read_ahead(transport: Any) -> None:
    """Let py-amqp ask the system for as much as there is: by itself it asks nine times for each message, and each time
    the threads of a process compete anew. Its buffer keeps what it did not ask for (docs/decisions/0081)."""
    receive = transport._quick_recv
    transport._quick_recv = lambda wanted: receive(max(wanted, _READ_AHEAD))


def acknowledge(deliveries: Iterable[Delivery]) -> None:
    """Acknowledge messages, those of one connection in one write."""
    by_wire: dict[Wire, list[int]] = {}
    for delivery in deliveries:
        by_wire.setdefault(delivery.wire, []).append(delivery.tag)
    for wire, tags in by_wire.items():
        wire.acknowledge(tags)


class Publisher:
    """A connection for publishing that is opened when first needed and again after it was lost."""

    def __init__(self, uri: str, name: str, *, confirms: bool) -> None:
        self._uri = uri
        self._name = name
        self._confirms = confirms
        self._wire: Wire | None = None
        self._opening = threading.Lock()

    def wire(self) -> Wire:
        """An open connection. Raises :class:`WireLost`."""
        wire = self._wire
        if wire is not None and wire.alive:
            return wire
        with self._opening:
            if self._wire is None or not self._wire.alive:
                self._wire = Wire(self._uri, self._name, confirms=self._confirms)
                self._wire.start()
            return self._wire

    def close(self) -> None:
        if self._wire is not None:
            self._wire.close()
