"""Each service's user on the broker: may do its work, and nothing in another's name (DESIGN 5, "Trust").

The definitions that the broker of docker-compose.yml loads are loaded into a real broker here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from amqp import Message
from amqp.exceptions import AccessRefused
from kombu import Connection

from deploy.migration import rungs_of
from deploy.rabbitmq.definitions import definitions
from deploy.rabbitmq.permissions import GATEWAY, OPERATOR, USERS
from shared.contracts.kernel import ping
from shared.contracts.words import SERVICES
from shared.ids import new_id
from shared.messaging import topology
from shared.messaging.context import CallContext
from shared.messaging.rpc_client import RpcClient
from tests.support.ground import Cell, Ground

PASSWORD = "of-a-test"


class Bench:
    """A cell whose broker knows the users, with the topology that the operator's user declared."""

    def __init__(self, ground: Ground, cell: Cell) -> None:
        self.cell = cell
        vhost = cell.wires.amqp_uri.rpartition("/")[2]
        ground.load_definitions(definitions(dict.fromkeys(USERS, PASSWORD), vhost))
        self._place = cell.wires.amqp_uri.rpartition("@")[2]
        topology.declare(self.uri(OPERATOR), rungs_of(cell.settings))

    def uri(self, user: str) -> str:
        return f"amqp://{user}:{PASSWORD}@{self._place}"

    def refuses(self, user: str, act: Callable[[Any], Any]) -> bool:
        """Whether the broker refuses to let ``user`` do this."""
        with Connection(self.uri(user)) as connection:
            channel = connection.channel()
            try:
                act(channel)
                # A publish is answered only when it is refused; this question is answered after it.
                channel.basic_qos(0, 1, False)
            except AccessRefused:
                return True
            return False


@pytest.fixture(scope="module")
def bench(ground: Ground, module_cell: Cell) -> Iterator[Bench]:
    yield Bench(ground, module_cell)


def publish_to(exchange: str, key: str = "a.b.v1") -> Callable[[Any], Any]:
    return lambda channel: channel.basic_publish(Message(b"{}"), exchange, key)


def consume(queue: str) -> Callable[[Any], Any]:
    return lambda channel: channel.basic_consume(queue)


def exchanges_of(service: str) -> dict[str, str]:
    return {
        "events": topology.events_exchange(service).name,
        "inbox": topology.inbox_exchange(service).name,
        "dead": topology.dead_exchange(service).name,
        "rpc": topology.rpc_exchange(service).name,
    }


def queues_of(service: str) -> list[str]:
    return [topology.inbox_name(service), topology.dead_name(service), topology.rpc_name(service)]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_writes_its_own_exchanges_and_the_replies(bench: Bench, service: str) -> None:
    own = exchanges_of(service)
    for exchange in (own["events"], own["inbox"], topology.REPLIES.name):
        assert not bench.refuses(service, publish_to(exchange)), exchange


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_writes_nothing_else(bench: Bench, service: str) -> None:
    foreign = [name for other in SERVICES if other != service for name in exchanges_of(other).values()]
    own = exchanges_of(service)
    for exchange in [*foreign, own["dead"], own["rpc"], "amq.topic", "amq.direct"]:
        assert bench.refuses(service, publish_to(exchange)), exchange


@pytest.mark.parametrize("user", [*SERVICES, GATEWAY, OPERATOR])
def test_nobody_reaches_a_queue_past_the_exchanges(bench: Bench, user: str) -> None:
    assert bench.refuses(user, publish_to("", topology.inbox_name("membership")))


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_reads_its_own_queues_alone(bench: Bench, service: str) -> None:
    for queue in queues_of(service):
        assert not bench.refuses(service, consume(queue)), queue
    for other in SERVICES:
        if other != service:
            for queue in queues_of(other):
                assert bench.refuses(service, consume(queue)), queue


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_declares_nothing(bench: Bench, service: str) -> None:
    assert bench.refuses(service, lambda channel: channel.queue_declare("spy", durable=True, auto_delete=False))
    assert bench.refuses(service, lambda channel: channel.exchange_declare("spy", "fanout"))
    assert bench.refuses(
        service,
        lambda channel: channel.queue_bind(topology.inbox_name(service), "membership.events", "#"),
    )


def test_the_gateway_asks_and_is_answered_and_does_nothing_else(bench: Bench) -> None:
    for service in SERVICES:
        names = exchanges_of(service)
        assert not bench.refuses(GATEWAY, publish_to(names.pop("rpc"), "rpc"))
        for exchange in names.values():
            assert bench.refuses(GATEWAY, publish_to(exchange)), exchange
        for queue in queues_of(service):
            assert bench.refuses(GATEWAY, consume(queue)), queue
    assert bench.refuses(GATEWAY, publish_to(topology.REPLIES.name))
    assert bench.refuses(GATEWAY, lambda channel: channel.queue_declare("spy"))


def test_a_service_and_the_gateway_work_under_these_permissions(bench: Bench) -> None:
    with bench.cell.running("membership", environment={"AMQP_URI": bench.uri("membership")}):
        client = RpcClient(bench.uri(GATEWAY))
        try:
            answer = client.call(ping("membership"), {}, CallContext(new_id()), timeout=20)
        finally:
            client.close()
    assert answer.data["database"] is True
