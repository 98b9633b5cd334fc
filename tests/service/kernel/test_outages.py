"""Broker and database go away, hang, or lose an answer: nothing is lost, doubled or blamed on the messages."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from deploy.migration import rungs_of
from shared import errors
from shared.ids import new_id
from shared.messaging import topology
from shared.messaging.rpc_client import RpcClient
from tests.support.patience import eventually
from tests.support.probe import contracts as c
from tests.support.probe.stage import FOLLOWER, OWNER, Probes, community_event, log_of
from tests.support.proxy import Proxy


@pytest.fixture
def database(own_probes: Probes) -> Iterator[Proxy]:
    """A way to the database that can be broken."""
    proxy = Proxy(own_probes.settings.mongo_uri)
    yield proxy
    proxy.close()


@pytest.fixture
def broker(own_probes: Probes) -> Iterator[Proxy]:
    """A way to the broker that can be broken."""
    proxy = Proxy(own_probes.settings.amqp_uri)
    yield proxy
    proxy.close()


def on_the_ladder(probes: Probes) -> int:
    """How many messages of the follower's wait on a rung."""
    rungs = rungs_of(probes.settings)
    return sum(probes.waiting(topology.retry_name(FOLLOWER, rung)) for rung in rungs)


@pytest.mark.parametrize("how", ["refuses", "hangs"])
def test_while_the_database_is_away_the_inbox_waits(
    own_probes: Probes, database: Proxy, district: str, how: str
) -> None:
    """Failure: the database refuses connections, or hangs, in mid-stream. Promise: no attempt is spent, nothing climbs
    the ladder or becomes a dead letter; when it is back every event has its one effect."""
    own_probes.migrate()
    follower = own_probes.start(FOLLOWER, environment={"MONGO_URI": database.uri})
    events = [community_event(district) for _ in range(120)]
    own_probes.publish(*events[:60])
    eventually(lambda: own_probes.follower["effects"].count_documents({}) > 0)
    if how == "refuses":
        database.down()
    else:
        database.freeze()
    own_probes.publish(*events[60:])
    for _ in range(12):
        time.sleep(0.4)
        assert on_the_ladder(own_probes) == 0
    if how == "refuses":
        database.up()
    else:
        database.thaw()
    eventually(lambda: own_probes.follower["effects"].count_documents({"times": 1}) == len(events), 30)
    assert own_probes.dead_letters() == {}
    assert "an event failed" not in log_of(follower)


@pytest.mark.parametrize("lost", [b"commitTransaction", b"idempotency"], ids=["of the commit", "in the middle"])
def test_a_database_connection_that_breaks_in_a_command(
    own_probes: Probes, database: Proxy, district: str, lost: bytes
) -> None:
    """Failure: the answer of the commit, or of a write before it, is lost with its connection. Promise: the caller who
    repeats with her key has one effect and one event."""
    own_probes.migrate()
    own_probes.start(OWNER, environment={"MONGO_URI": database.uri})
    caller = own_probes.caller(district)
    caller.found()
    for _ in range(5):
        key, name = new_id(), f"calm {new_id()}"
        database.cut_after(lost)
        answer = own_probes.patiently(lambda key=key, name=name: caller.ask(c.FOUND, key=key, name=name))
        assert answer.data["name"] == name
        assert own_probes.owner["communities"].count_documents({"name": name}) == 1
        eventually(lambda name=name: [e for e in own_probes.log() if e["data"]["name"] == name], 20)
    eventually(lambda: own_probes.outbox() == 0, 20)
    log = own_probes.log()
    assert [entry["seq"] for entry in log] == list(range(1, 7))
    assert database.cuts >= 4


def test_a_lost_answer_of_the_inbox_commit_doubles_nothing(own_probes: Probes, database: Proxy, district: str) -> None:
    """Failure: the answer of the commit that applied an event is lost. Promise: one effect, no attempt spent."""
    own_probes.migrate()
    follower = own_probes.start(FOLLOWER, environment={"MONGO_URI": database.uri})
    for _ in range(5):
        event = community_event(district)
        database.cut_after(b"commitTransaction")
        own_probes.publish(event)
        eventually(lambda event=event: own_probes.effects(event["data"]["community_id"]) == 1)
    last = community_event(district)
    own_probes.publish(last)
    eventually(lambda: own_probes.effects(last["data"]["community_id"]) == 1)
    assert own_probes.follower["effects"].count_documents({"times": 1}) == 6
    assert "an event failed" not in log_of(follower)
    assert database.cuts >= 4


def test_a_broker_connection_that_breaks_under_load(own_probes: Probes, broker: Proxy, district: str) -> None:
    """Failure: every connection to the broker breaks, three times, while commands and events flow. Promise: the
    services come back by themselves; each command and each event has one effect."""
    own_probes.migrate()
    for service in (OWNER, FOLLOWER):
        own_probes.start(service, environment={"AMQP_URI": broker.uri})
    caller = own_probes.caller(district)
    communities: list[str] = []

    def found_some() -> None:
        for _ in range(40):
            key = new_id()
            communities.append(own_probes.patiently(lambda key=key: caller.found(key=key)))

    writers = [threading.Thread(target=found_some) for _ in range(3)]
    for writer in writers:
        writer.start()
    for _ in range(3):
        time.sleep(0.7)
        broker.cut()
    for writer in writers:
        writer.join(60)
    eventually(lambda: own_probes.follower["effects"].count_documents({"times": 1}) == 120, 30)
    assert own_probes.owner["communities"].count_documents({}) == len(set(communities)) == 120
    assert [entry["seq"] for entry in own_probes.log()] == list(range(1, 121))
    assert own_probes.dead_letters() == {}


def test_callers_learn_at_once_that_the_broker_is_gone(own_probes: Probes, broker: Proxy, district: str) -> None:
    """Failure: the broker goes away while calls wait for their answers. Promise: all of them fail at once (a command's
    outcome is unknown, a query is unavailable), further calls fail quickly, and when it is back they work again."""
    own_probes.migrate()
    own_probes.start(OWNER)
    caller = own_probes.caller(district)
    own_probes.client.close()
    own_probes.client = RpcClient(broker.uri, "tests")
    assert caller.ask(c.ECHO, said="hello").data

    def ask(_: int) -> float:
        with pytest.raises(errors.OutcomeUnknown):
            caller.ask(c.FOUND, key=new_id(), name="calm", seconds=3)
        return time.monotonic()

    with ThreadPoolExecutor(4) as pool:
        waiting = pool.map(ask, range(4))
        time.sleep(0.5)
        gone = time.monotonic()
        broker.down()
        assert max(waiting) - gone < 1
    begun = time.monotonic()
    with pytest.raises(errors.Unavailable) as refusal:
        caller.ask(c.ECHO, said="hello")
    assert time.monotonic() - begun < 1 and refusal.value.retry_after
    broker.up()
    assert own_probes.patiently(lambda: caller.ask(c.ECHO, said="hello")).data


def test_services_start_while_broker_and_database_are_away(
    own_probes: Probes, broker: Proxy, database: Proxy, district: str
) -> None:
    """Failure: everything starts at once and the services are first. Promise: they wait, and work when the others are
    there."""
    own_probes.migrate()
    broker.down()
    database.down()
    away = {"AMQP_URI": broker.uri, "MONGO_URI": database.uri}
    processes = [own_probes.start(service, environment=away) for service in (OWNER, FOLLOWER)]
    time.sleep(2)
    assert all(process.running for process in processes)
    database.up()
    broker.up()
    caller = own_probes.caller(district)
    community_id = own_probes.patiently(lambda: caller.found(key=new_id()))
    eventually(lambda: own_probes.effects(community_id) == 1, 20)
