"""The outbox is numbered without gaps and published whole, whoever dies, stalls or holds a wrong clock."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from shared import metrics
from shared.contracts.events.membership import COMMUNITY_CHANGED
from shared.ids import new_id
from shared.messaging import envelope, topology
from shared.messaging.context import CallContext
from shared.messaging.lanes import Lull
from shared.messaging.lease import Lease, LeaseLost
from shared.messaging.relay import UNROUTABLE, Relay
from shared.messaging.unit_of_work import Transaction, Transactor, Work
from shared.messaging.wire import Publisher, WireLost
from shared.mongo import SystemStore
from tests.support.patience import eventually
from tests.support.probe.owner import OwnerStore
from tests.support.probe.stage import FOLLOWER, OWNER, Probes, community_event


@pytest.fixture
def migrated(own_probes: Probes) -> Probes:
    own_probes.migrate()
    return own_probes


class Moody(Publisher):
    """A way to the broker that takes ``slow`` seconds to open a connection each time, or is ``away``."""

    slow = 0.0
    away = False

    def wire(self) -> Any:
        time.sleep(self.slow)
        if self.away:
            raise WireLost("away")
        return super().wire()


@contextmanager
def a_relay(probes: Probes, lease_seconds: float) -> Iterator[tuple[Relay, Moody]]:
    """A relay of membership's in this process that nobody runs, and its way to the broker."""
    publisher = Moody(probes.settings.amqp_uri, "tests", confirms=True)
    transactor = Transactor(probes.owner.client, probes.owner)
    yield (
        Relay(OWNER, transactor, SystemStore(probes.owner, OwnerStore), (), publisher, lease_seconds),
        publisher,
    )
    publisher.close()


@contextmanager
def relaying(probes: Probes, *, lease_seconds: float, slow: float = 0.0) -> Iterator[Relay]:
    """A relay of membership's that runs. ``slow``: how long its broker takes to open a connection, each time."""
    with a_relay(probes, lease_seconds) as (relay, publisher):
        publisher.slow = slow
        thread = threading.Thread(target=relay.run, daemon=True)
        thread.start()
        yield relay
        relay.stop(20)
        thread.join(20)


def emit(probes: Probes, district: str, count: int = 1, *, bulk: bool = False) -> list[str]:
    """Commit one transaction that emits so many events; answers their subjects."""
    events = [community_event(district) for _ in range(count)]

    def work(transaction: Transaction) -> None:
        transaction.bulk = bulk
        store = OwnerStore(probes.owner, district, transaction.session)
        unit = Work(store, transaction=transaction, context=CallContext(new_id()))
        for event in events:
            unit.emit(COMMUNITY_CHANGED, event["data"], event["sequence"])

    Transactor(probes.owner.client, probes.owner).run(work)
    return [event["subject"] for event in events]


def assert_whole(probes: Probes, subjects: list[str]) -> None:
    """The log holds each of these once, numbered 1, 2, 3 ... without a gap."""
    log = probes.log()
    assert [entry["seq"] for entry in log] == list(range(1, len(log) + 1))
    assert sorted(entry["subject"] for entry in log) == sorted(subjects)


def test_competing_relays_number_without_gaps(migrated: Probes, district: str) -> None:
    """Failure: two relays, each often so slow that the other takes its lease away, while four writers emit. Promise:
    the log holds every event once, without a gap, and every one of them is published."""
    subjects: list[str] = []

    def write() -> None:
        for place in range(16):
            subjects.extend(emit(migrated, district, 1 + place % 4))
            time.sleep(0.3)

    writers = [threading.Thread(target=write) for _ in range(4)]
    with (
        migrated.listening() as heard,
        relaying(migrated, lease_seconds=0.15, slow=1.1),
        relaying(migrated, lease_seconds=0.15, slow=1.3),
    ):
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        eventually(lambda: migrated.outbox() == 0, 30)
        eventually(lambda: subjects_of(heard) == set(subjects), 30)
    assert_whole(migrated, subjects)
    state = migrated.owner["leases"].find_one({"_id": "relay"})
    assert state is not None and state["epoch"] > 2, "the relays never competed"
    assert state["published_through"] == state["last_seq"] == len(subjects)


def subjects_of(heard: Any) -> set[str]:
    return {envelope.decode(each.body).subject for each in heard.events}


def test_a_relay_that_takes_its_lease_back_publishes_what_another_had_numbered(migrated: Probes, district: str) -> None:
    """Failure: a relay is frozen, another one takes over, numbers events and dies before it published them; the first
    takes its lease back without ever having noticed. Promise: those events are published, before what comes next."""
    with (
        migrated.listening() as heard,
        a_relay(migrated, 0.2) as (first, _),
        a_relay(migrated, 0.2) as (second, away),
    ):
        eventually(lambda: first._lease.keep())
        first.once()
        eventually(lambda: second._lease.keep())
        numbered, away.away = emit(migrated, district, 3), True
        with pytest.raises(WireLost):
            second.once()
        following = emit(migrated, district, 2)
        eventually(lambda: first._lease.keep())
        first.once()
        eventually(lambda: subjects_of(heard) == {*numbered, *following})
    assert_whole(migrated, [*numbered, *following])


def test_a_relay_that_is_told_to_stop_while_it_is_behind_leaves_nothing_out(migrated: Probes, district: str) -> None:
    """Failure: the broker is away for a moment, so numbered events are unpublished, and the service is told to stop.
    Promise: they go out before whatever waits in the outbox, or the lease's document still says that they did not."""
    with migrated.listening() as heard, a_relay(migrated, 5) as (relay, broker):
        eventually(lambda: relay._lease.keep())
        relay.once()
        numbered, broker.away = emit(migrated, district, 3), True
        with pytest.raises(WireLost):
            relay.once()
        following, broker.away = emit(migrated, district, 2), False
        relay._caught_up = None
        relay._stopping = True
        relay.run()
        eventually(lambda: subjects_of(heard) == {*numbered, *following})
    assert_whole(migrated, [*numbered, *following])


def test_bulk_waits_for_its_end_and_prompt_events_pass_it(
    migrated: Probes, district: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise: what a large import tells stays behind while more of it comes, a person's doings go out meanwhile, and
    once nothing more comes all of it is numbered and published by itself."""
    looks: list[str | None] = []

    class Watched(Lull):
        def over(self, newest: str | None) -> bool:
            looks.append(newest)
            return super().over(newest)

    monkeypatch.setattr("shared.messaging.relay.Lull", Watched)
    monkeypatch.setattr("shared.messaging.lanes._QUIET", 3600.0)
    monkeypatch.setattr("shared.messaging.lanes._MOST_HELD", 3600.0)
    monkeypatch.setattr("shared.messaging.relay._POLL_HELD", 0.1)
    with migrated.listening() as heard, relaying(migrated, lease_seconds=5):
        held: list[str] = []
        prompt: list[str] = []
        for _ in range(5):
            held += emit(migrated, district, 20, bulk=True)
            prompt += emit(migrated, district)
        eventually(lambda: subjects_of(heard) >= set(prompt))
        before = len(looks)
        eventually(lambda: len(looks) > before + 3)
        assert not subjects_of(heard) & set(held), "what was held back went out"
        monkeypatch.setattr("shared.messaging.lanes._QUIET", 0.5)
        eventually(lambda: subjects_of(heard) >= set(held))
        eventually(lambda: migrated.outbox() == 0)
    assert_whole(migrated, [*held, *prompt])
    assert [entry["subject"] for entry in migrated.log()] == [*prompt, *held]


def test_a_relay_that_stops_leaves_nothing_held_back(migrated: Probes, district: str) -> None:
    """Promise: whoever stops a service finds its outbox empty afterwards, whatever was held back."""
    with relaying(migrated, lease_seconds=5):
        held = emit(migrated, district, 30, bulk=True)
        eventually(lambda: migrated.owner["leases"].find_one({"_id": "relay", "owner": {"$ne": None}}))
    assert migrated.outbox() == 0
    assert_whole(migrated, held)


def test_a_lease_is_taken_over_from_one_who_fell_silent(migrated: Probes) -> None:
    """Failure: the holder stalls. Promise: after a whole lease of silence, not before, another holds it; the
    first finds out at its next write."""
    first, second = (Lease(migrated.owner, "a lease", 0.6) for _ in range(2))
    assert first.keep() and not second.keep()
    silent_since = time.monotonic()
    eventually(second.keep, 5)
    assert time.monotonic() - silent_since >= 0.6
    with pytest.raises(LeaseLost):
        first.write({"$inc": {"beat": 1}})
    assert not first.held and second.held
    assert not first.keep()


def test_whoever_lost_the_lease_commits_nothing(migrated: Probes) -> None:
    """Failure: a relay stalls in the middle of its transaction, loses its lease and wakes up. Promise: it cannot
    commit: the lease is written in the same transaction, filtered by owner and epoch."""
    first, second = (Lease(migrated.owner, "a lease", 0.3) for _ in range(2))
    assert first.keep() and not second.keep()
    transactor = Transactor(migrated.owner.client, migrated.owner)

    def stalled(transaction: Transaction) -> None:
        migrated.owner["works"].insert_one({"_id": 1}, session=transaction.session)
        if second.held is False:
            eventually(second.keep, 5)
        first.write({"$inc": {"beat": 1}}, transaction.session)

    with pytest.raises(LeaseLost):
        transactor.run(stalled)
    assert migrated.owner["works"].count_documents({}) == 0


def test_a_lease_that_is_given_up_is_taken_at_once(migrated: Probes) -> None:
    """Promise: a replica that stops in order hands over without a pause."""
    first, second = (Lease(migrated.owner, "a lease", 60) for _ in range(2))
    assert first.keep() and not second.keep()
    first.release()
    assert second.keep()


def test_a_wrong_clock_takes_no_lease_and_loses_no_event(own_probes: Probes, district: str) -> None:
    """Failure: the clock of one replica is five minutes fast. Promise: the lease stays where it is as long as its
    holder lives, and what either of them emits is numbered and published."""
    own_probes.migrate()
    skews = ["0", "300"]
    replicas = [own_probes.start(OWNER, environment={"SANGGAR_CLOCK_SKEW": skew}) for skew in skews]
    caller = own_probes.caller(district)
    own_probes.ping(OWNER)
    holder = eventually(lambda: own_probes.owner["leases"].find_one({"_id": "relay", "owner": {"$ne": None}}))
    communities = [caller.found(key=new_id()) for _ in range(60)]
    time.sleep(2.5)
    state = own_probes.owner["leases"].find_one({"_id": "relay"})
    assert state is not None and (state["owner"], state["epoch"]) == (holder["owner"], holder["epoch"])
    eventually(lambda: own_probes.outbox() == 0)
    assert_whole(own_probes, [f"community:{community_id}" for community_id in communities])
    times = [entry["time"] for entry in own_probes.log()]
    assert max(times) - min(times) > timedelta(minutes=4), "the clocks were not skewed"
    assert all(replica.running for replica in replicas)


def test_a_relay_killed_between_numbering_and_publishing(own_probes: Probes, district: str) -> None:
    """Failure: the relay's process dies after it numbered a batch and before it published it. Promise: its successor
    publishes that batch, and every event has its one effect."""
    _killed_at("relay.numbered", own_probes, district)


def test_a_relay_killed_before_it_wrote_down_what_it_published(own_probes: Probes, district: str) -> None:
    """Failure: it dies after publishing, before it noted that. Promise: the batch goes out again, with one effect."""
    _killed_at("relay.published", own_probes, district)


def test_a_service_killed_right_after_its_commit(own_probes: Probes, district: str) -> None:
    """Failure: the process dies between the command's commit and its reply. Promise: the next process answers the same
    request from its key's record; one effect, one event."""
    _killed_at("unit_of_work.committed", own_probes, district)


def test_a_service_killed_right_before_its_commit(own_probes: Probes, district: str) -> None:
    """Failure: the process dies with everything written and nothing committed. Promise: what it held is freed, the next
    process does the work, once."""
    _killed_at("unit_of_work.before_commit", own_probes, district)


def _killed_at(point: str, probes: Probes, district: str) -> None:
    probes.migrate()
    dying = probes.start(OWNER, environment={"SANGGAR_FAULTS": f"{point}=kill:5"})
    probes.start(FOLLOWER)
    caller = probes.caller(district)
    communities: list[str] = []

    def found_some() -> None:
        for _ in range(20):
            key = new_id()
            communities.append(probes.patiently(lambda key=key: caller.found(key=key)))

    writer = threading.Thread(target=found_some)
    writer.start()
    eventually(lambda: dying.exit_code == -9, 20)
    probes.start(OWNER)
    writer.join(60)
    eventually(lambda: probes.outbox() == 0, 30)
    eventually(lambda: all(probes.effects(community_id) == 1 for community_id in communities), 20)
    assert_whole(probes, [f"community:{community_id}" for community_id in communities])
    assert probes.owner["communities"].count_documents({}) == 20


def test_an_event_that_no_queue_takes_is_kept_and_reported(
    migrated: Probes, district: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Failure: a subscriber's queue is not there. Promise: the event stays pending and is reported, others go on; once
    `sanggar migrate` has run it is delivered at the relay's next sweep, without a restart."""
    monkeypatch.setattr("shared.messaging.relay._SWEEP", 1.0)
    migrated.remove_inboxes()
    reported = metrics.UNROUTABLE.labels(COMMUNITY_CHANGED.type)._value.get()
    with relaying(migrated, lease_seconds=5):
        communities = [emit(migrated, district)[0].partition(":")[2] for _ in range(3)]
        eventually(lambda: migrated.owner[UNROUTABLE].count_documents({}) == 3)
        assert metrics.UNROUTABLE.labels(COMMUNITY_CHANGED.type)._value.get() >= reported + 3
        assert [entry["seq"] for entry in migrated.log()] == [1, 2, 3]
        migrated.migrate()
        migrated.start(FOLLOWER)
        eventually(lambda: all(migrated.effects(community_id) == 1 for community_id in communities))
        eventually(lambda: migrated.owner[UNROUTABLE].count_documents({}) == 0)


def test_topology_may_be_declared_again(own_probes: Probes) -> None:
    """Promise: migrate is safe to repeat, also while services consume."""
    own_probes.both()
    own_probes.migrate()
    assert topology.inbox_name(FOLLOWER)
    own_probes.ping(OWNER)
