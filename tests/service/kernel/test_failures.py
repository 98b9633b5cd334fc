"""What becomes of events whose reaction fails: the ladder, missing references, dead letters and their replay."""

from __future__ import annotations

import pytest

from shared.ids import new_id
from tests.support.patience import eventually
from tests.support.probe.stage import FOLLOWER, Probes, community_event


def test_a_reaction_that_stumbles_is_tried_again(probes: Probes, district: str) -> None:
    """Failure: a reaction raises twice, then works. Promise: it has its one effect, and is no dead letter."""
    event = community_event(district, name="stumble 2")
    probes.publish(event)
    eventually(lambda: probes.effects(event["data"]["community_id"]) == 1)
    assert probes.begun(event["_id"]) == 3
    assert event["_id"] not in probes.dead_letters()


def test_the_ladder_ends_in_a_dead_letter_that_names_its_cause(probes: Probes, district: str) -> None:
    """Failure: a reaction always raises. Promise: it is tried once and once a rung, has no effect, and is kept with the
    exception, where it was raised, how often it was tried, and the untouched body."""
    event = community_event(district, name="raise never again")
    probes.publish(event)
    letter = eventually(lambda: probes.dead_letters().get(event["_id"]))
    assert (letter["reason"], letter["error"], letter["attempts"]) == ("failed", "RuntimeError", 3)
    assert any("follower.py" in frame and "react" in frame for frame in letter["where"])
    assert b"raise never again" in letter["body"]
    assert probes.begun(event["_id"]) == 3
    assert probes.effects(event["data"]["community_id"]) == 0


def test_healthy_neighbours_of_a_failing_event_are_applied(probes: Probes, district: str) -> None:
    """Failure: one event of a batch raises. Promise: the others of the batch have their one effect at once."""
    healthy = [community_event(district) for _ in range(20)]
    failing = community_event(district, name="raise")
    probes.publish(*healthy[:10], failing, *healthy[10:])
    eventually(lambda: all(probes.effects(event["data"]["community_id"]) == 1 for event in healthy))
    eventually(lambda: failing["_id"] in probes.dead_letters())
    assert not {event["_id"] for event in healthy} & set(probes.dead_letters())


def test_an_event_waits_for_what_it_refers_to(probes: Probes, district: str) -> None:
    """Failure: an event arrives before the one that it refers to. Promise: it is tried again until that came, longer
    than the whole ladder takes, and spends no attempt."""
    missing = community_event(district)
    event = community_event(district, name=f"needs {missing['data']['community_id']}")
    probes.publish(event)
    # The ladder has two rungs: more than three tries are no attempts.
    eventually(lambda: probes.begun(event["_id"]) > 4)
    assert probes.effects(event["data"]["community_id"]) == 0
    probes.publish(missing)
    eventually(lambda: probes.effects(event["data"]["community_id"]) == 1)
    assert event["_id"] not in probes.dead_letters()


def test_what_never_comes_is_given_up_with_its_reason(own_probes: Probes, district: str) -> None:
    """Failure: what an event refers to never comes. Promise: after the allowed tries it is a dead letter."""
    own_probes.migrate()
    own_probes.start(FOLLOWER, environment={"SANGGAR_MISSING_TRIES": "3"})
    event = community_event(district, name=f"needs {new_id()}")
    own_probes.publish(event)
    letter = eventually(lambda: own_probes.dead_letters().get(event["_id"]))
    assert (letter["reason"], letter["error"]) == ("missing_reference", "MissingReference")
    assert own_probes.begun(event["_id"]) == 4


def test_a_dead_letter_that_is_replayed_has_its_effect_once(probes: Probes, district: str) -> None:
    """Failure: an operator mends the cause and replays, twice. Promise: one effect, and the letter is gone."""
    event = community_event(district, name="stumble 3")
    probes.publish(event)
    eventually(lambda: event["_id"] in probes.dead_letters())
    letter = probes.follower["dead_letters"].find_one({"_id": event["_id"]})
    assert probes.replay(event["_id"])
    eventually(lambda: probes.effects(event["data"]["community_id"]) == 1)
    assert event["_id"] not in probes.dead_letters()
    # The same letter once more, as if two operators had replayed it.
    probes.follower["dead_letters"].insert_one(letter)
    assert probes.replay(event["_id"])
    last = community_event(district)
    probes.publish(last)
    eventually(lambda: probes.effects(last["data"]["community_id"]) == 1)
    assert probes.effects(event["data"]["community_id"]) == 1


def test_a_dead_letter_that_no_queue_takes_is_kept(own_probes: Probes, district: str) -> None:
    """Failure: a replay is tried while the inbox is not bound. Promise: the letter is not forgotten."""
    own_probes.migrate()
    follower = own_probes.start(FOLLOWER)
    event = community_event(district, name="raise")
    own_probes.publish(event)
    eventually(lambda: event["_id"] in own_probes.dead_letters())
    follower.stop()
    own_probes.unbind_inbox(FOLLOWER)
    with pytest.raises(LookupError, match="sanggar migrate"):
        own_probes.replay(event["_id"])
    assert event["_id"] in own_probes.dead_letters()
