"""A new or broken copy is filled from the owner's present records, and no effect is repeated."""

from __future__ import annotations

from tests.support.patience import eventually
from tests.support.probe import contracts as c
from tests.support.probe.stage import Caller, Probes


def test_an_emptied_copy_is_refilled_and_no_effect_is_repeated(probes: Probes, caller: Caller) -> None:
    """Failure: a service lost its copies. Promise: resync brings them all back as the owner has them now; reactions are
    shown none of it."""
    communities = [caller.found() for _ in range(25)]
    caller.ask(c.RENAME, community_id=communities[0], name="renamed")
    eventually(lambda: all(probes.effects(community_id) for community_id in communities))
    eventually(lambda: probes.effects(communities[0]) == 2)
    probes.follower["communities"].delete_many({})
    assert probes.resync() >= len(communities)
    eventually(lambda: all(probes.copy(community_id) for community_id in communities))
    for community_id in communities:
        copy = probes.copy(community_id)
        owned = probes.owner["communities"].find_one({"_id": copy["_id"]}) if copy else None
        assert copy and owned
        assert (copy["name"], copy["version"]) == (owned["name"], owned["version"])
    assert [probes.effects(community_id) for community_id in communities] == [2] + [1] * 24


def test_a_resync_does_not_turn_back_what_is_newer(probes: Probes, caller: Caller) -> None:
    """Failure: a record changes while a resync is under way. Promise: the newer state stays, whichever came last."""
    community_id = caller.found()
    eventually(lambda: probes.copy(community_id))
    probes.follower["communities"].update_one(
        {"_id": f"{caller.district}/{community_id}"}, {"$set": {"name": "newer", "version": 1 << 50}}
    )
    probes.resync()
    other = caller.found()
    eventually(lambda: probes.copy(other))
    copy = probes.copy(community_id)
    assert copy is not None and copy["name"] == "newer"
