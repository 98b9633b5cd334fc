"""Is the broker there, content, on time, and are its queues as the contracts say?"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import amqp
from kombu import Connection, Queue

from deploy.checks.finding import Finding, broken, good, some, warning
from deploy.migration import rungs_of
from shared import clock
from shared.contracts.words import SERVICES
from shared.messaging import topology
from shared.settings import Settings

_OLDEST = (3, 10)
_DEEP = 10_000
# The default exchange is closed to everybody, operators included (deploy/rabbitmq/permissions.py).
_DIRECT = "amq.direct"
_PATIENCE = 3.0
_MIGRATE = "run `sanggar migrate`"


@dataclass(frozen=True)
class QueueState:
    """What the broker says of a queue. ``fits``: whether it has the arguments that the contracts ask for."""

    name: str
    ready: int
    consumers: int
    fits: bool


def check_broker(settings: Settings) -> Iterator[Finding]:
    """Whether it is new enough, takes messages, and its clock agrees."""
    with _open(settings) as link:
        yield _version(link.server_properties)
    yield from _alarm_and_clock(settings)


def check_queues(settings: Settings) -> Iterator[Finding]:
    """Whether every queue is there, as the contracts say, and not too full."""
    queues = expected_queues(settings)
    with _open(settings) as link:
        states = [_state(link, queue) for queue in queues]
    missing = [queue.name for queue, state in zip(queues, states, strict=True) if state is None]
    present = [state for state in states if state is not None]
    other = [state.name for state in present if not state.fits]
    if missing:
        yield broken("queues", f"{len(missing)} queue(s) missing: {some(missing)}", _MIGRATE)
    if other:
        yield broken(
            "queues",
            f"{len(other)} queue(s) with other arguments: {some(other)}",
            f"stop the platform, delete them when empty (`rabbitmqctl delete_queue NAME --if-empty`), {_MIGRATE}",
        )
    for state in present:
        if state.ready > _DEEP:
            yield warning(
                "queues",
                f"{state.ready} messages wait in {state.name}",
                "start more replicas of that service, or see its log for why it is slow",
            )
    if not missing and not other:
        yield good("queues", f"{len(queues)} queues, {sum(state.ready for state in present)} message(s) waiting")


def queue_states(settings: Settings) -> dict[str, QueueState]:
    """The present state of every queue that the contracts ask for, by name; those that are missing are left out."""
    with _open(settings) as link:
        states = [_state(link, queue) for queue in expected_queues(settings)]
    return {state.name: state for state in states if state is not None}


def expected_queues(settings: Settings) -> list[Queue]:
    """Every queue that `sanggar migrate` declares."""
    return [
        queue
        for service in SERVICES
        for queue in (
            topology.inbox_queue(service),
            topology.dead_queue(service),
            topology.rpc_queue(service),
            *(topology.retry_queue(service, rung) for rung in rungs_of(settings)),
        )
    ]


def _version(properties: dict[str, Any]) -> Finding:
    version = str(properties.get("version", "?"))
    what = f"{properties.get('product', 'broker')} {version}, {properties.get('cluster_name', '')}"
    try:
        enough = tuple(int(part) for part in version.split(".")[:2]) >= _OLDEST
    except ValueError:
        enough = True
    if enough:
        return good("broker", what)
    return broken("broker", f"{what} is too old", "install RabbitMQ 3.10 or newer: dead letters are not safe before it")


def _alarm_and_clock(settings: Settings) -> Iterator[Finding]:
    """Send a message that expires at once: under an alarm it is not taken, and its death is stamped with the broker's
    clock."""
    alarms: list[str] = []
    returned: list[Any] = []
    connection = Connection(settings.amqp_uri, connect_timeout=5)
    try:
        connection.connect()
        link: Any = connection.connection
        link.on_blocked = alarms.append
        _send_to_die(link, returned.append)
        give_up = time.monotonic() + _PATIENCE
        while not returned and not alarms and time.monotonic() < give_up:
            with suppress(TimeoutError):
                link.drain_events(timeout=0.2)
        now = clock.now()
    finally:
        # A broker under an alarm reads nothing more from who has published, not even a farewell.
        connection.collect()
    if alarms:
        yield broken(
            "broker",
            f"the broker takes no messages: {alarms[0] or 'an alarm is set'}",
            "free memory or disk on its machine; it takes messages again by itself (`rabbitmq-diagnostics alarms`)",
        )
    elif not returned:
        yield warning("broker", f"a message did not come back within {_PATIENCE:.0f} s", "see the broker's log")
    else:
        yield clock_finding("broker", returned[0].headers["x-death"][0]["time"], now, resolution=1.0)


def _send_to_die(link: Any, receive: Callable[[Any], None]) -> None:
    channel = link.channel()
    back = channel.queue_declare(exclusive=True).queue
    there = channel.queue_declare(
        exclusive=True,
        arguments={"x-message-ttl": 0, "x-dead-letter-exchange": _DIRECT, "x-dead-letter-routing-key": back},
    ).queue
    for queue in (back, there):
        channel.queue_bind(queue, _DIRECT, routing_key=queue)
    channel.basic_consume(back, callback=receive, no_ack=True)
    channel.basic_publish(amqp.Message(b"?"), _DIRECT, routing_key=there)


def clock_finding(whose: str, theirs: datetime, ours: datetime, *, resolution: float) -> Finding:
    """Whether another clock agrees with this machine's; ``resolution`` is what it can tell apart, in seconds. A moment
    without a zone is UTC."""
    theirs = theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC)
    skew = (theirs - ours).total_seconds()
    ahead = f"{abs(skew):.1f} s {'ahead of' if skew > 0 else 'behind'} this machine's clock"
    if abs(skew) <= 2 + resolution:
        return good("clock", f"the {whose}'s clock agrees")
    mend = "set the clocks by a time server on every machine: `timedatectl set-ntp true`"
    return (broken if abs(skew) > 30 else warning)("clock", f"the {whose}'s clock is {ahead}", mend)


@contextmanager
def _open(settings: Settings) -> Iterator[Any]:
    """A connection as py-amqp knows it. Raises ``amqp.exceptions.AMQPError`` or ``OSError``."""
    with Connection(settings.amqp_uri, connect_timeout=5) as connection:
        connection.connect()
        yield connection.connection


def _state(link: Any, queue: Queue) -> QueueState | None:
    declared = _ask(link, lambda channel: channel.queue_declare(queue.name, passive=True))
    if declared is None:
        return None
    # Declaring it once more changes nothing, but the broker refuses when the arguments differ.
    fits = _ask(
        link,
        lambda channel: channel.queue_declare(
            queue.name, durable=True, auto_delete=False, arguments=dict(queue.queue_arguments or {})
        ),
    )
    return QueueState(queue.name, declared.message_count, declared.consumer_count, fits is not None)


def _ask(link: Any, question: Callable[[Any], Any]) -> Any:
    """A question that the broker may answer by closing the channel: then ``None``."""
    channel = link.channel()
    try:
        return question(channel)
    except (amqp.exceptions.NotFound, amqp.exceptions.PreconditionFailed):
        return None
    finally:
        if channel.is_open:
            channel.close()
