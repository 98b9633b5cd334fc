"""What has had its time is forgotten, and nothing else."""

from datetime import timedelta

from services.membership import sweeping
from shared import clock


def test_what_is_over_is_removed_and_what_is_not_stays(town):
    who = town.teacher()
    sid = town.store.sessions.find({"person_id": who["person"]["id"]}, limit=1)[0]["id"]
    past, future = clock.now() - timedelta(minutes=1), clock.now() + timedelta(minutes=1)
    for table in (town.store.chunks, town.store.failures, town.store.activations):
        table.insert_many([{"id": "over", "expires_at": past}, {"id": "not yet", "expires_at": future}])
    sweeping.run_once(town.system)
    for table in (town.store.chunks, town.store.failures, town.store.activations):
        assert table.get("over") is None
        assert table.get("not yet") is not None
    town.store.sessions.update(sid, set={"expires_at": past})
    sweeping.run_once(town.system)
    assert town.store.sessions.get(sid) is None
    assert len(town.store.sessions.find({"person_id": town.operator["person"]["id"]}, limit=9)) == 1
