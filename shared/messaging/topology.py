"""The broker's exchanges and queues: their names, and how they are declared (DESIGN 5, "Topology from contracts").

Names are explicit and versioned: a queue that needs other arguments gets a new version, never a redeclaration.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from kombu import Connection, Exchange, Queue

from shared.contracts.events import received_by
from shared.contracts.words import SERVICES
from shared.settings import seconds

REPLIES = Exchange("gateway.replies", type="direct", durable=True)
INBOX_KEY = "inbox"


def events_exchange(service: str) -> Exchange:
    """Where a service publishes its events; routing key ``<district>.<event>.v1``."""
    return Exchange(f"{service}.events", type="topic", durable=True)


def inbox_exchange(service: str) -> Exchange:
    """Where a service puts what goes back into its own inbox, at once or later."""
    return Exchange(f"{service}.inbox", type="direct", durable=True)


def dead_exchange(service: str) -> Exchange:
    """Where the broker puts what the inbox gave up."""
    return Exchange(f"{service}.dead", type="fanout", durable=True)


@cache
def rpc_exchange(service: str) -> Exchange:
    """Where requests for a service are sent; routing key ``rpc``."""
    return Exchange(f"{service}.rpc", type="direct", durable=True)


def inbox_name(service: str) -> str:
    return f"inbox.{service}.v1"


def dead_name(service: str) -> str:
    return f"dead.{service}.v1"


def rpc_name(service: str) -> str:
    return f"rpc.{service}.v1"


def retry_name(service: str, rung: str) -> str:
    return f"{inbox_name(service)}.retry.{rung}"


def inbox_queue(service: str) -> Queue:
    """The one queue of a service's events.

    ``at-least-once`` dead-lettering needs ``reject-publish``. The delivery limit is only a last guard: the kernel
    counts poison itself, because a small limit kills healthy messages when a consumer dies with a full prefetch.
    """
    return Queue(
        inbox_name(service),
        exchange=inbox_exchange(service),
        routing_key=INBOX_KEY,
        durable=True,
        queue_arguments={
            "x-queue-type": "quorum",
            "x-dead-letter-exchange": f"{service}.dead",
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
            "x-delivery-limit": 1000,
        },
    )


def retry_queue(service: str, rung: str) -> Queue:
    """Where a failed message waits ``rung`` long before it returns to the inbox."""
    return Queue(
        retry_name(service, rung),
        exchange=inbox_exchange(service),
        routing_key=f"retry.{rung}",
        durable=True,
        queue_arguments={
            "x-queue-type": "quorum",
            "x-message-ttl": int(seconds(rung) * 1000),
            "x-dead-letter-exchange": f"{service}.inbox",
            "x-dead-letter-routing-key": INBOX_KEY,
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        },
    )


def dead_queue(service: str) -> Queue:
    return Queue(
        dead_name(service),
        exchange=dead_exchange(service),
        routing_key="",
        durable=True,
        queue_arguments={"x-queue-type": "quorum"},
    )


def rpc_queue(service: str) -> Queue:
    """Requests are transient: a caller waits at most seconds, and repeats with its idempotency key."""
    return Queue(rpc_name(service), exchange=rpc_exchange(service), routing_key="rpc", durable=True)


def declare(
    amqp_uri: str,
    rungs: Sequence[str],
    services: Sequence[str] = SERVICES,
    progress: Callable[[str], None] = lambda name: None,
) -> None:
    """Declare every exchange, queue and binding. Safe to repeat. ``rungs`` are the waits of the retry ladder."""
    with Connection(amqp_uri, connect_timeout=10) as connection:
        channel = connection.channel()
        REPLIES(channel).declare()
        for service in services:
            for exchange in (events_exchange, inbox_exchange, dead_exchange, rpc_exchange):
                exchange(service)(channel).declare()
        for service in services:
            queues = [inbox_queue(service), dead_queue(service), rpc_queue(service)]
            for queue in [*queues, *(retry_queue(service, rung) for rung in dict.fromkeys(rungs))]:
                queue(channel).declare()
                progress(queue.name)
            inbox = inbox_queue(service)(channel)
            for event in received_by(service):
                inbox.bind_to(events_exchange(event.service), routing_key=f"*.{event.routing}")
            for owner in services:
                inbox.bind_to(events_exchange(owner), routing_key=f"replay.{service}.#")
