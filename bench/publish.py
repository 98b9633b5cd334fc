"""Confirmed publishing: the kernel's wire, as a service uses it, beside kombu's producer in a plain process.

Both send the same persistent, mandatory messages of 1 kB to the same quorum queue. One by one is what a retry costs; in
batches is how the relay publishes. Nothing may be lost: the queue holds every message afterwards.
"""

from __future__ import annotations

import sys

if __name__ == "__main__" and "kombu" not in sys.argv:
    # A service lives under eventlet; the rival does not need to.
    import eventlet

    eventlet.monkey_patch()

import time
from collections.abc import Callable

from kombu import Connection, Exchange, Queue

from bench.findings import Finding, Promise, side_by_side
from bench.ground import Ground
from bench.size import Size
from shared.messaging.relay import MOST_EVENTS
from shared.messaging.wire import Outgoing, Publisher

EXCHANGE = Exchange("bench.publish", type="direct", durable=True)
QUEUE = Queue(
    "bench.publish",
    EXCHANGE,
    routing_key="bench",
    durable=True,
    queue_arguments={"x-queue-type": "quorum", "x-overflow": "reject-publish"},
)
BODY = b"x" * 1024
PLATFORM: tuple[str, ...] = ()


def run(ground: Ground, size: Size) -> list[Finding]:
    with Connection(ground.settings.amqp_uri) as connection:
        queue = QUEUE(connection.channel())
        queue.declare()
        sent = 0

        def measured(how: str) -> Callable[[], float]:
            def once() -> float:
                nonlocal sent
                count, rate = ground.output("-m", "bench.publish", how, ground.settings.amqp_uri, str(size.seconds / 2))
                sent += int(count)
                return float(rate)

            return once

        findings = []
        for what, how in (("one by one", "single"), (f"in batches of {MOST_EVENTS}", "batches")):
            ours, rival = side_by_side(measured(how), measured("kombu"), size.runs)
            promise = Promise("ratio at least", 0.9)
            findings.append(
                Finding("publish", f"confirmed publish, {what}", "msg/s", ours, promise, "kombu, confirmed", rival)
            )
        held = _count(queue)
        queue.purge()
        queue.delete()
    broken = [] if held == sent else [f"{sent} messages were confirmed, {held} are in the queue"]
    return [*findings[:-1], findings[-1].with_broken(broken)]


def _count(queue: Queue) -> int:
    """How many messages wait; a quorum queue counts them a little late."""
    count, again = -1, 0
    while count != again:
        count = again
        time.sleep(2)
        again = queue.queue_declare(passive=True).message_count
    return int(count)


def single(uri: str, seconds: float) -> tuple[int, float]:
    """Ours, one message and its confirm at a time."""
    return _ours(uri, seconds, 1)


def batches(uri: str, seconds: float) -> tuple[int, float]:
    """Ours, as the relay does it."""
    return _ours(uri, seconds, MOST_EVENTS)


def _ours(uri: str, seconds: float, size: int) -> tuple[int, float]:
    wire = Publisher(uri, "bench", confirms=True).wire()

    def publish() -> int:
        batch = [Outgoing(BODY, EXCHANGE.name, "bench", message_id=str(number)) for number in range(size)]
        assert not wire.publish_confirmed(batch, timeout=20)
        return size

    return _repeat(publish, seconds)


def kombu(uri: str, seconds: float) -> tuple[int, float]:
    """kombu's producer, each publish confirmed before the next."""
    with Connection(uri, transport_options={"confirm_publish": True}) as connection:
        producer = connection.Producer(exchange=EXCHANGE, routing_key="bench", serializer=None)

        def publish() -> int:
            producer.publish(BODY, content_type="application/json", content_encoding="binary", mandatory=True)
            return 1

        return _repeat(publish, seconds)


def _repeat(publish: Callable[[], int], seconds: float) -> tuple[int, float]:
    started = time.perf_counter()
    sent = 0
    while time.perf_counter() - started < seconds:
        sent += publish()
    return sent, sent / (time.perf_counter() - started)


if __name__ == "__main__":
    how, uri, seconds = sys.argv[1:]
    print(*{"single": single, "batches": batches, "kombu": kombu}[how](uri, float(seconds)))
