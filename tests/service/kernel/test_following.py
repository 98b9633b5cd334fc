"""Other systems follow a list by what changes in it, and find records by their own names for them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared import clock
from shared.errors import Conflict
from shared.ids import new_id
from shared.messaging.schema import create_indexes
from shared.messaging.unit_of_work import Transactor
from shared.mongo import Collection, Doc, Index, Store, Table, connect
from tests.support.ground import Cell
from tests.support.neighbours import at_once
from tests.support.reads import counted_reads


class Records(Store):
    """Schools and clubs that other systems know; both are followed, clubs within a school."""

    schools = Table("schools", Index("n"), Index("updated_at", skips=True), numbered_by=())
    clubs = Table("clubs", Index("school", "n"), Index("school", "updated_at", skips=True), numbered_by=("school",))


@pytest.fixture(scope="module")
def database(module_cell: Cell) -> Iterator[Any]:
    client = connect(module_cell.wires.mongo_uri, "tests")
    database = client[f"{module_cell.wires.db_prefix}membership"]
    create_indexes(database, Records)
    yield database
    client.close()


@pytest.fixture
def records(database: Any, district: str) -> Records:
    return Records(database, district)


def walk(table: Collection, where: Doc, limit: int, **asked: Any) -> Iterator[Doc]:
    after = None
    while True:
        page = table.page(where, {"limit": limit, "after": after, **asked})
        yield from page.items
        after = page.next
        if after is None:
            return


def known(*names: str) -> list[dict[str, str]]:
    return [dict(zip(("system", "id"), name.split(":", 1), strict=True)) for name in names]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whoever_polls_ends_up_with_everything_as_it_is(records: Records, data: st.DataObject) -> None:
    """Failure: records are made and changed between two polls, and between two pages of one. Promise: who asks for what
    changed since shortly before the last poll has, after one in peace, every record in its last state."""
    school, copy = new_id(), dict[str, int]()
    for _ in range(data.draw(st.integers(1, 4))):
        since = clock.now() - timedelta(milliseconds=5)
        present = records.clubs.find({"school": school}, limit=500)
        for place in data.draw(st.lists(st.integers(0, 40), max_size=8)):
            if place < len(present):
                present[place] = records.clubs.save(present[place])
            else:
                records.clubs.insert_many([{"school": school} for _ in range(place // 4)])
        for doc in walk(records.clubs, {"school": school}, data.draw(st.integers(1, 15)), updated_since=since):
            copy[doc["id"]] = doc["version"]
    assert copy == {doc["id"]: doc["version"] for doc in records.clubs.find({"school": school}, limit=500)}


def test_what_changed_comes_in_the_order_of_change_each_once(records: Records) -> None:
    school = new_id()
    clubs = records.clubs.insert_many([{"school": school} for _ in range(7)])
    time.sleep(0.002)
    since = clock.now()
    changed = []
    for place in (4, 1, 6):
        changed.append(records.clubs.save(clubs[place])["id"])
        time.sleep(0.002)
    assert [doc["id"] for doc in walk(records.clubs, {"school": school}, 2, updated_since=since)] == changed
    asked = {"updated_since": since, "limit": 20}
    assert records.clubs.page({"school": school}, asked, keep=lambda doc: doc["id"] != changed[0]).next is None
    assert records.clubs.page({"school": new_id()}, asked).items == []
    assert records.clubs.page({"school": school}, {"updated_since": clock.now() + timedelta(days=1)}).items == []


def test_a_filter_that_no_index_of_changes_serves_is_compared(records: Records) -> None:
    wanted = records.schools.insert({"level": "SD"})
    records.schools.insert({"level": "SMP"})
    since = {"updated_since": clock.now() - timedelta(hours=1)}
    assert [doc["id"] for doc in records.schools.page({"level": "SD"}, since).items] == [wanted["id"]]


def test_a_record_is_found_by_what_another_system_calls_it(module_cell: Cell, records: Records, district: str) -> None:
    """It takes two reads of one document each, however many records there are."""
    school = records.schools.insert({"level": "SD", "external_ids": known("dapodik:17", "simpeg:a:b")})
    records.schools.insert_many([{"level": "SD", "external_ids": known(f"dapodik:x{n}")} for n in range(30)])
    with counted_reads(module_cell.wires.mongo_uri) as (client, reads):
        counted = Records(client[records.database.name], district)
        for key in ("dapodik:17", "simpeg:a:b"):
            assert [doc["id"] for doc in counted.schools.page({}, {"external": key}).items] == [school["id"]]
        assert reads.documents == 4
    assert records.schools.page({}, {"external": "dapodik:18"}).items == []
    assert records.schools.page({"level": "SMP"}, {"external": "dapodik:17"}).items == []


def test_a_name_belongs_to_one_record_of_its_kind_and_district_until_it_is_given_up(
    records: Records, database: Any, other_district: str
) -> None:
    first = records.schools.insert({"external_ids": known("dapodik:1", "dapodik:2")})
    with pytest.raises(Conflict):
        records.schools.insert({"external_ids": known("dapodik:2")})
    second = records.schools.insert({"external_ids": known("dapodik:3")})
    with pytest.raises(Conflict):
        records.schools.save({**second, "external_ids": known("dapodik:1")})
    records.clubs.insert({"school": "a", "external_ids": known("dapodik:1")})
    Records(database, other_district).schools.insert({"external_ids": known("dapodik:1")})

    records.schools.save({**first, "external_ids": known("dapodik:2", "simpeg:9")})
    taken = records.schools.save({**second, "external_ids": known("dapodik:1")})
    assert [doc["id"] for doc in records.schools.page({}, {"external": "dapodik:1"}).items] == [taken["id"]]
    assert records.schools.page({}, {"external": "dapodik:3"}).items == []


def test_of_two_who_claim_a_name_at_once_one_gets_it(database: Any, district: str) -> None:
    transactor = Transactor(database.client, database)

    def claim() -> Doc:
        return transactor.run(
            lambda tx: Records(database, district, tx.session).schools.insert({"external_ids": known("dapodik:7")})
        )

    outcomes = at_once(*[claim] * 6)
    made = [each for each in outcomes if isinstance(each, dict)]
    assert len(made) == 1
    assert all(isinstance(each, Conflict) for each in outcomes if each is not made[0])
    assert len(Records(database, district).schools.find({}, limit=10)) == 1


def test_a_record_that_is_removed_leaves_its_names_to_others(records: Records) -> None:
    gone = records.schools.insert({"external_ids": known("dapodik:5")})
    records.schools.delete(gone["id"])
    heir = records.schools.insert({"external_ids": known("dapodik:5")})
    assert [doc["id"] for doc in records.schools.page({}, {"external": "dapodik:5"}).items] == [heir["id"]]
