"""What services log: JSON, with ids to follow a request by, and nothing personal or secret."""

from __future__ import annotations

import json

import pytest

from shared import errors
from shared.ids import new_id
from tests.support.patience import eventually
from tests.support.probe import contracts as c
from tests.support.probe.stage import FOLLOWER, OWNER, Probes, community_event, log_of

NAME, PHONE = "Siti Aminah binti Karto", "+6281234567890"


def test_logs_hold_no_personal_data_and_no_secrets(own_probes: Probes, district: str) -> None:
    """Failure: use cases and reactions break, with messages that quote names and phones; answers
    hold secrets. Promise: the logs say what broke and where, by ids, and quote none of it."""
    own_probes.migrate()
    owner = own_probes.start(OWNER, environment={"SANGGAR_LOG_LEVEL": "DEBUG"})
    follower = own_probes.start(FOLLOWER, environment={"SANGGAR_LOG_LEVEL": "DEBUG"})
    caller = own_probes.caller(district)
    key = new_id()
    with pytest.raises(errors.Unavailable):
        caller.ask(c.FOUND, key=key, name=NAME, fault=f"{NAME} {PHONE} exists already")
    secret = caller.ask(c.GIVE_SECRET, key=new_id(), name=NAME).data["said"]
    event = community_event(district, name=f"raise {NAME} {PHONE}")
    own_probes.publish(event)
    eventually(lambda: event["_id"] in own_probes.dead_letters())
    eventually(lambda: "dead letter" in log_of(follower))
    logged = log_of(owner) + log_of(follower)
    for private in (NAME, "Siti", PHONE, secret, key, caller.context.token, own_probes.settings.mongo_uri):
        assert private is not None and private not in logged

    entries = [json.loads(line) for line in logged.splitlines() if line.startswith("{")]
    broken = [entry for entry in entries if entry["message"] == "a fault"]
    assert broken[0]["exception"]["kinds"] == ["RuntimeError"]
    assert any("owner.py" in frame for frame in broken[0]["exception"]["frames"])
    assert (broken[0]["district"], broken[0]["service"]) == (district, OWNER)
    assert broken[0]["correlation_id"]
    failed = [entry for entry in entries if entry["message"] == "an event failed"]
    assert [entry["attempt"] for entry in failed] == [1, 2, 3]
    assert failed[0]["event_id"] == event["_id"]
