"""A district reads its own part of a service's log, and learns nothing of the others that share it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared import clock
from shared.contracts.kernel import list_events
from shared.errors import Expired, Invalid
from shared.ids import new_id
from shared.messaging import housekeeping
from shared.messaging.relay import LOG
from shared.messaging.unit_of_work import SystemWork, Transactor
from shared.mongo import SystemStore
from tests.support.patience import eventually
from tests.support.probe.owner import OwnerStore
from tests.support.probe.stage import OWNER, Probes


class Reader:
    """An operator of a district who follows its log."""

    def __init__(self, probes: Probes, district: str) -> None:
        self.caller = probes.caller(district)
        self._probes = probes
        grant = {"role": "district_operator", "scope_id": None, "valid_from": "2020-01-01", "valid_until": None}
        probes.open(OWNER, district).roles.insert({"id": new_id(), "person_id": self.caller.person_id, **grant})

    def page(self, after: str | None = None, **asked: Any) -> dict[str, Any]:
        call = self._probes.client.call
        page: dict[str, Any] = call(list_events(OWNER), {"after": after, **asked}, self.caller.context).data
        return page

    def makes(self, count: int) -> list[str]:
        """So many events, in the log."""
        subjects = [f"community:{self.caller.found()}" for _ in range(count)]
        eventually(lambda: self._probes.outbox() == 0)
        return subjects


@pytest.fixture
def reader(probes: Probes, district: str) -> Reader:
    return Reader(probes, district)


@pytest.fixture
def neighbour(probes: Probes, other_district: str) -> Reader:
    return Reader(probes, other_district)


def test_what_another_district_does_leaves_no_trace_in_any_cursor(reader: Reader, neighbour: Reader) -> None:
    own = reader.makes(3)
    before = [reader.page(), reader.page("now"), reader.page(limit=2), reader.page(types=["membership.member_left.v1"])]
    neighbour.makes(7)
    after = [reader.page(), reader.page("now"), reader.page(limit=2), reader.page(types=["membership.member_left.v1"])]
    assert after == before
    assert [event["subject"] for event in before[0]["items"]] == own
    assert {page["next"] for page in (before[0], before[1], before[3])} == {before[0]["next"]}


def test_places_are_dense_whoever_writes_in_between(probes: Probes, reader: Reader, neighbour: Reader) -> None:
    for _ in range(4):
        reader.makes(1)
        neighbour.makes(2)
    for caller, total in ((reader.caller, 4), (neighbour.caller, 8)):
        places = [entry["place"] for entry in probes.log() if entry["district"] == caller.district]
        assert places == list(range(1, total + 1))


def test_pages_follow_each_other_without_gap_or_repetition(reader: Reader) -> None:
    own = reader.makes(5)
    seen: list[str] = []
    after = None
    while (page := reader.page(after, limit=2))["items"]:
        seen += [event["subject"] for event in page["items"]]
        after = page["next"]
    assert seen == own
    late = reader.makes(1)
    assert [event["subject"] for event in reader.page(after)["items"]] == late


@pytest.fixture
def housekeeper(probes: Probes) -> SystemWork:
    return SystemWork(
        SystemStore(probes.owner, OwnerStore), Transactor(probes.owner.client, probes.owner), probes.settings
    )


def test_a_reader_behind_what_was_forgotten_is_told_so_and_its_neighbour_is_not(
    probes: Probes, housekeeper: SystemWork, reader: Reader, neighbour: Reader
) -> None:
    reader.makes(4)
    theirs = neighbour.makes(2)
    first = reader.page(limit=1)["next"]
    old = {"time": clock.now() - housekeeping.LOG_KEPT - timedelta(days=1)}
    probes.owner[LOG].update_many({"district": reader.caller.district, "place": {"$lte": 3}}, {"$set": old})
    housekeeping.run_once(housekeeper)
    with pytest.raises(Expired):
        reader.page(first)
    assert len(reader.page()["items"]) == 1
    assert [event["subject"] for event in neighbour.page()["items"]] == theirs
    housekeeping.run_once(housekeeper)
    assert len(reader.page()["items"]) == 1


def test_a_cursor_ahead_of_the_log_is_of_a_life_before_a_restored_backup(reader: Reader) -> None:
    reader.makes(1)
    with pytest.raises(Expired):
        reader.page("p2")
    with pytest.raises(Invalid):
        reader.page("s1")
