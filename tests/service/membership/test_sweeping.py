"""What has had its time is forgotten, and nothing else."""

from datetime import timedelta

from services.membership import sweeping
from shared import clock
from shared.ids import new_id
from shared.messaging import housekeeping


def test_what_is_over_is_removed_and_what_is_not_stays(town):
    who = town.teacher()
    sid = town.store.sessions.find({"person_id": who["person"]["id"]}, limit=1)[0]["id"]
    past, future = clock.now() - timedelta(minutes=1), clock.now() + timedelta(minutes=1)
    for table in (town.store.chunks, town.store.failures, town.store.activations):
        table.insert_many([{"id": "over", "expires_at": past}, {"id": "not yet", "expires_at": future}])
    housekeeping.run_once(town.system)
    for table in (town.store.chunks, town.store.failures, town.store.activations):
        assert table.get("over") is None
        assert table.get("not yet") is not None
    town.store.sessions.update(sid, set={"expires_at": past})
    housekeeping.run_once(town.system)
    assert town.store.sessions.get(sid) is None
    assert len(town.store.sessions.find({"person_id": town.operator["person"]["id"]}, limit=9)) == 1


def test_an_old_import_is_forgotten_with_all_its_rows_bit_by_bit(cell, district):
    """Failure: every import leaves thousands of rows behind for ever. Promise: after 90 days it is gone, a few hundred
    rows at a time; a younger one, and one that still waits to be worked on, are whole."""
    # No service runs here: it would take the import that waits for a stray one and clear it away.
    cell.migrate("membership")
    system = cell.open("membership")
    store = system.store(district)
    store.districts.insert({"id": district})
    old, waiting, young = new_id(), new_id(), new_id()
    long_ago = clock.now() - sweeping.KEPT - timedelta(hours=1)
    for id_, made in ((old, long_ago), (waiting, long_ago), (young, clock.now())):
        store.imports.insert({"id": id_, "created_at": made, "status": "applied"})
        store.import_rows.insert_many(
            [{"import_id": id_, "outcome": ("created", "rejected")[number % 2]} for number in range(1_100)]
        )
    store.import_jobs.insert({"id": waiting})
    turns = 1
    while sweeping.forget_imports(system):
        turns += 1
    assert turns == 3
    assert store.imports.get(old) is None
    assert store.import_rows.find({"import_id": old}, limit=9) == []
    assert store.import_rows.count(import_id=old) == 0
    for kept in (waiting, young):
        assert store.imports.get(kept) is not None
        assert len(store.import_rows.find({"import_id": kept}, limit=2_000)) == 1_100
