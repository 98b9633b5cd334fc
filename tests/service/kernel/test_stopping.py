"""SIGTERM: what was begun is finished and answered, the rest is left to others, and nothing runs twice."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from shared.ids import new_id
from tests.support.patience import eventually
from tests.support.probe import contracts as c
from tests.support.probe.stage import FOLLOWER, OWNER, Probes, community_event, log_of

# On a busy machine a replica may be slower than the other tests' short lease, and its work be begun again.
UNHURRIED = {"SANGGAR_LEASE_SECONDS": "10"}


def test_commands_at_hand_are_answered_and_run_once(own_probes: Probes, district: str) -> None:
    """Failure: a deploy stops the process under load. Promise: every command is answered without an error, those at
    hand by the old process, and each runs once (stock nameko closes the connection first: they run twice)."""
    own_probes.migrate()
    old = own_probes.start(OWNER, environment=UNHURRIED)
    caller = own_probes.caller(district)
    names = [f"calm {new_id()}" for _ in range(40)]
    stopped_after: list[float] = []

    def stop() -> None:
        time.sleep(0.6)
        begun = time.monotonic()
        old.ask_to_stop()
        eventually(lambda: old.exit_code is not None, 20)
        stopped_after.append(time.monotonic() - begun)

    own_probes.start(OWNER, environment=UNHURRIED)
    stopping = threading.Thread(target=stop)
    stopping.start()
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda name: caller.ask(c.FOUND, key=new_id(), name=name, seconds=0.4), names))
    stopping.join(30)
    assert [answer.data["name"] for answer in answers] == names
    for name in names:
        assert own_probes.owner["begun"].count_documents({"name": name}) == 1
        assert own_probes.owner["communities"].count_documents({"name": name}) == 1
    assert old.exit_code == 0
    assert stopped_after[0] < 10


def test_events_at_hand_are_applied_and_run_once(own_probes: Probes, district: str) -> None:
    """Failure: a deploy stops a subscriber with its prefetch full of slow events. Promise: the batch at hand is
    finished, the rest is begun by its successor alone."""
    own_probes.migrate()
    old = own_probes.start(FOLLOWER)
    events = [community_event(district, name="slow 0.005") for _ in range(160)]
    own_probes.publish(*events)
    eventually(lambda: own_probes.follower["begun"].count_documents({}) > 5)
    old.ask_to_stop()
    eventually(lambda: old.exit_code is not None, 25)
    assert old.exit_code == 0
    begun = own_probes.follower["begun"].count_documents({})
    assert begun < len(events), "it was stopped too late to show anything"
    assert own_probes.follower["effects"].count_documents({"times": 1}) == begun
    own_probes.start(FOLLOWER)
    eventually(lambda: own_probes.follower["effects"].count_documents({"times": 1}) == len(events), 40)
    assert own_probes.follower["begun"].count_documents({}) == len(events)


def test_what_is_committed_is_published_before_the_process_ends(own_probes: Probes, district: str) -> None:
    """Failure: the process is stopped right after a commit. Promise: its events are out when it ends."""
    own_probes.migrate()
    owner = own_probes.start(OWNER)
    caller = own_probes.caller(district)
    communities = [caller.found() for _ in range(20)]
    owner.ask_to_stop()
    eventually(lambda: owner.exit_code is not None, 20)
    assert own_probes.outbox() == 0
    own_probes.start(FOLLOWER)
    eventually(lambda: all(own_probes.effects(community_id) == 1 for community_id in communities))


def test_a_stopped_service_leaves_nothing_behind(own_probes: Probes) -> None:
    """Promise: leases are given up and the roll is left, so that successors need not wait; everything has ended by
    itself before the container would kill it, so that no warning stands in the log of a stop that went well."""
    own_probes.migrate()
    owner = own_probes.start(OWNER)
    eventually(lambda: own_probes.owner["leases"].find_one({"_id": "relay", "owner": {"$ne": None}}))
    owner.ask_to_stop()
    eventually(lambda: owner.exit_code is not None, 20)
    assert own_probes.owner["leases"].count_documents({"owner": {"$ne": None}}) == 0
    assert own_probes.owner["replicas"].count_documents({}) == 0
    assert '"level": "warning"' not in log_of(owner)
    assert "killing" not in log_of(owner)
