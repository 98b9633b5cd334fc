"""Each event has exactly one effect, whatever its messages go through."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared import clock
from shared.ids import new_id
from shared.messaging import envelope
from shared.messaging.copies import Copies
from shared.mongo import Doc
from tests.support.patience import eventually
from tests.support.probe import contracts as c
from tests.support.probe.follower import FollowerStore
from tests.support.probe.stage import Caller, Probes, community_event


def test_an_event_that_comes_many_times_has_one_effect(probes: Probes, district: str) -> None:
    """Failure: the relay publishes a batch again after a crash, the broker redelivers. Promise: one effect."""
    event = community_event(district)
    probes.publish(event, event, event)
    last = community_event(district)
    probes.publish(event, last)
    eventually(lambda: probes.effects(last["data"]["community_id"]) == 1)
    assert probes.effects(event["data"]["community_id"]) == 1


def test_what_a_reaction_emits_is_emitted_once(probes: Probes, district: str) -> None:
    """Failure: the same event is handled twice. Promise: the events that its reaction emits are in the log once."""
    event = community_event(district)
    probes.publish(event, event)
    probes.publish(event)

    def caused() -> list[Doc]:
        return [entry for entry in probes.log("scheduling") if entry["causation_id"] == event["_id"]]

    eventually(caused)
    last = community_event(district)
    probes.publish(event, last)
    eventually(lambda: probes.effects(last["data"]["community_id"]) == 1)
    eventually(lambda: probes.outbox("scheduling") == 0)
    assert len(caused()) == 1


def test_a_command_reaches_copy_and_effect(probes: Probes, caller: Caller) -> None:
    """Promise: an accepted command's event arrives, with the sequence that the command's answer told."""
    answer = caller.ask(c.FOUND, name="calm")
    community_id = answer.data["community_id"]
    eventually(lambda: probes.effects(community_id) == 1)
    copy = probes.copy(community_id)
    assert copy is not None and copy["version"] == answer.data["version"]
    assert answer.after == (f"{caller.district}/community:{community_id}:{answer.data['version']}",)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_copies_end_newest_in_whatever_order_snapshots_come(probes: Probes, district: str, data: st.DataObject) -> None:
    """Failure: events overtake each other and come again. Promise: each copy ends as its newest snapshot says."""
    subjects = [new_id() for _ in range(3)]
    base = clock.now_ms()
    events = [
        replace_sequence(
            community_event(district, community_id=subjects[place % 3], name=f"name {place}"), base + place
        )
        for place in range(data.draw(st.integers(3, 12)))
    ]
    arrivals = data.draw(st.permutations(events + data.draw(st.lists(st.sampled_from(events), max_size=6))))
    copies = Copies(FollowerStore)
    while arrivals:
        size = data.draw(st.integers(1, len(arrivals)))
        batch, arrivals = arrivals[:size], arrivals[size:]
        copies.apply(probes.follower, None, [envelope.decode(envelope.encode(event)) for event in batch])
    newest = {event["data"]["community_id"]: event for event in events}
    for community_id, event in newest.items():
        copy = probes.copy(community_id)
        assert copy is not None
        assert (copy["version"], copy["name"]) == (event["sequence"], event["data"]["name"])


def replace_sequence(event: Doc, sequence: int) -> Doc:
    return {**event, "sequence": sequence}


def test_a_late_older_snapshot_still_has_its_effect(probes: Probes, district: str) -> None:
    """Failure: an older event arrives after a newer one. Promise: the copy stays new, yet no event goes without its
    effect: copies are gated by sequence, effects by the event's id."""
    newer = community_event(district, name="newer")
    older = {**newer, "_id": new_id(), "sequence": newer["sequence"] - 5, "data": {**newer["data"], "name": "older"}}
    probes.publish(newer)
    community_id = newer["data"]["community_id"]
    eventually(lambda: probes.effects(community_id) == 1)
    probes.publish(older)
    eventually(lambda: probes.effects(community_id) == 2)
    copy = probes.copy(community_id)
    assert copy is not None and copy["name"] == "newer"
