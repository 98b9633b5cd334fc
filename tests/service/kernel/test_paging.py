"""Lists: every document exactly once, whatever is added meanwhile, at the same cost however many there are."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared import clock
from shared.ids import new_id
from shared.messaging.schema import create_indexes
from shared.messaging.unit_of_work import Transactor
from shared.mongo import Collection, Doc, Index, Store, Table, connect
from shared.paging import write_cursor
from tests.support.ground import Cell
from tests.support.reads import Reads, counted_reads

START = datetime(2026, 7, 1, tzinfo=UTC)
SEMESTER = (START, START + timedelta(days=180))


LENGTHS = {"short": 500, "long": 4_000}


class Lists(Store):
    """Notes are paged by their number in a folder of its own, and by what changes; meetings are by their moment."""

    notes = Table("notes", Index("folder", "n"), Index("folder", "updated_at", skips=True), numbered_by=("folder",))
    meetings = Table("meetings", Index("folder", "starts_at", skips=True))


@pytest.fixture(scope="module")
def database(module_cell: Cell) -> Iterator[Any]:
    client = connect(module_cell.wires.mongo_uri, "tests")
    database = client[f"{module_cell.wires.db_prefix}content"]
    create_indexes(database, Lists)
    yield database
    client.close()


@pytest.fixture
def lists(database: Any, district: str) -> Lists:
    return Lists(database, district)


def fill(table: Collection, folder: str, count: int, **fields: Any) -> None:
    for start in range(0, count, 100):
        table.insert_many([{"folder": folder, **fields} for _ in range(min(100, count - start))])


class Counted:
    """How many documents the database sends for a page of twenty: what it costs, whatever else the machine does."""

    def __init__(self, database: Any, reads: Reads, district: str) -> None:
        self._lists, self._reads = Lists(database, district), reads

    def __call__(self, table: str, folder: str, places: Sequence[str | None], **options: Any) -> float:
        """On average, of the pages that begin at these places."""
        before = self._reads.documents
        for after in places:
            getattr(self._lists, table).page({"folder": folder}, {"limit": 20, "after": after}, **options)
        return (self._reads.documents - before) / len(places)

    def following(self, table: str, folder: str, **asked: Any) -> float:
        """On average, of the first twenty pages, one after another."""
        before, after = self._reads.documents, None
        for _ in range(20):
            page = getattr(self._lists, table).page({"folder": folder}, {"limit": 20, "after": after, **asked})
            after = page.next
        return (self._reads.documents - before) / 20


@pytest.fixture
def counted(module_cell: Cell, database: Any, district: str) -> Iterator[Counted]:
    with counted_reads(module_cell.wires.mongo_uri) as (client, reads):
        yield Counted(client[database.name], reads, district)


def pages(table: Collection, folder: str, limit: int, **options: Any) -> Iterator[list[Doc]]:
    after = None
    while True:
        page = table.page({"folder": folder}, {"limit": limit, "after": after}, **options)
        yield page.items
        after = page.next
        if after is None:
            return


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_pages_hold_each_document_once_while_others_come_and_go(lists: Lists, data: st.DataObject) -> None:
    """Failure: documents are added and removed between two pages. Promise: every one that was there from beginning to
    end is on exactly one page, in order; none is on two."""
    folder = new_id()
    newest_first = data.draw(st.booleans())
    fill(lists.notes, folder, data.draw(st.integers(0, 60)))
    stay = {doc["id"] for doc in lists.notes.find({"folder": folder}, limit=100)}
    seen: list[Doc] = []
    for items in pages(lists.notes, folder, data.draw(st.integers(1, 20)), newest_first=newest_first):
        seen += items
        fill(lists.notes, folder, data.draw(st.integers(0, 3)))
        present = sorted(doc["id"] for doc in lists.notes.find({"folder": folder}, limit=500))
        if present and len(seen) < 300 and data.draw(st.booleans()):
            gone = data.draw(st.sampled_from(present))
            lists.notes.delete(gone)
            stay.discard(gone)
        if len(seen) > 300:
            # Oldest first the list grows in front of us as fast as we read; enough was seen.
            stay = set()
            break
    numbers = [doc["n"] for doc in seen]
    assert len(numbers) == len(set(numbers))
    assert numbers == sorted(numbers, reverse=newest_first)
    assert stay <= {doc["id"] for doc in seen}


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    minutes=st.lists(st.one_of(st.integers(0, 200), st.integers(0, 180 * 24 * 60)), max_size=40),
    limit=st.integers(1, 15),
    newest_first=st.booleans(),
)
def test_pages_by_moment_hold_each_once_however_they_crowd(
    lists: Lists, minutes: list[int], limit: int, newest_first: bool
) -> None:
    """Failure: many meetings begin at one moment, then none for months. Promise: each is on one page, in order."""
    folder = new_id()
    lists.meetings.insert_many([{"folder": folder, "starts_at": START + timedelta(minutes=each)} for each in minutes])
    found = [
        doc
        for items in pages(lists.meetings, folder, limit, by="starts_at", between=SEMESTER, newest_first=newest_first)
        for doc in items
    ]
    moments = [doc["starts_at"] for doc in found]
    assert moments == sorted(moments, reverse=newest_first)
    assert len({doc["id"] for doc in found}) == len(found) == len(minutes)


def test_more_at_one_moment_than_one_answer_holds_are_all_found(lists: Lists) -> None:
    """Failure: so many documents share one moment that the database answers with a cursor. Promise: each once."""
    folder = new_id()
    lists.meetings.insert_many([{"folder": folder, "starts_at": START} for _ in range(1_200)])
    found = [
        doc["id"] for items in pages(lists.meetings, folder, 100, by="starts_at", between=SEMESTER) for doc in items
    ]
    assert len(found) == len(set(found)) == 1_200


def test_who_reads_a_document_is_told_nothing_of_its_place_in_lists(lists: Lists) -> None:
    folder = new_id()
    lists.meetings.insert_many([{"folder": folder, "starts_at": START, "title": "IPA"} for _ in range(100)])
    found = [doc for items in pages(lists.meetings, folder, 50, by="starts_at", between=SEMESTER) for doc in items]
    assert {name for doc in found for name in doc} == {
        *("id", "district", "version", "created_at", "updated_at"),
        *("folder", "starts_at", "title"),
    }


def test_numbers_are_dense_and_counted_when_many_insert_at_once(lists: Lists, database: Any, district: str) -> None:
    """Failure: transactions that number documents of one list run at the same time. Promise: 1, 2, 3 ... without a gap,
    and the kept count is right."""
    folder = new_id()
    transactor = Transactor(database.client, database)

    def insert(_: int) -> None:
        transactor.run(lambda tx: Lists(database, district, tx.session).notes.insert({"folder": folder}))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(insert, range(60)))
    numbers = sorted(doc["n"] for doc in lists.notes.find({"folder": folder}, limit=100))
    assert numbers == list(range(1, 61))
    assert lists.notes.count(folder=folder) == 60


def test_a_page_reads_as_much_of_a_list_that_is_eight_times_as_long(
    lists: Lists, counted: Counted, measured: Callable[[str], None]
) -> None:
    """Failure: a list grows eight times as long. Promise: a page of twenty reads as many documents, anywhere in the
    list, newest and oldest first, and of changes when all of them changed within seconds. How long it takes with
    40,000 is measured by ``make bench``."""
    for folder, count in LENGTHS.items():
        fill(lists.notes, folder, count)
    chance = random.Random(7)

    def places(folder: str) -> list[str | None]:
        return [None, *(write_cursor(chance.randint(1, LENGTHS[folder]), "~") for _ in range(10))]

    for newest_first in (True, False):
        read = {folder: counted("notes", folder, places(folder), newest_first=newest_first) for folder in LENGTHS}
        measured(f"a page reads {read} documents, newest first {newest_first}")
        assert read["long"] < 1.5 * read["short"]
        assert read["long"] < 100

    long_ago = {"updated_since": START - timedelta(days=900)}
    read = {folder: counted.following("notes", folder, **long_ago) for folder in LENGTHS}
    measured(f"a page of changes reads {read} documents")
    assert read["long"] < 3 * read["short"]
    assert read["long"] < 500


def test_a_page_by_moment_reads_as_much_in_a_crowd(
    lists: Lists, counted: Counted, measured: Callable[[str], None]
) -> None:
    """Failure: a community's list holds eight times as many meetings as another, half of them within one day.
    Promise: a page of twenty reads no more than three times as many documents, anywhere in the list."""
    chance = random.Random(7)
    for folder, count in LENGTHS.items():
        # Half of them evenly, half within one day, after months without any.
        moments = [START + timedelta(days=60) * number / count for number in range(count // 2)]
        moments += [START + timedelta(days=150) + timedelta(days=1) * number / count for number in range(count // 2)]
        lists.meetings.insert_many([{"folder": folder, "starts_at": moment} for moment in moments])

    def places() -> list[str | None]:
        days = [None, *(chance.choice([chance.uniform(0, 30), 150 + chance.random() / 2]) for _ in range(20))]
        return [None if day is None else write_cursor(clock.ms(START + timedelta(days=day)), "~") for day in days]

    for newest_first in (True, False):
        between: dict[str, Any] = {"by": "starts_at", "between": SEMESTER, "newest_first": newest_first}
        read = {folder: counted("meetings", folder, places(), **between) for folder in LENGTHS}
        measured(f"a page by moment reads {read} documents, newest first {newest_first}")
        assert read["long"] < 3 * read["short"]


def test_districts_never_see_each_other(database: Any, district: str, other_district: str) -> None:
    """Failure: two districts share a cell, folders and even ids. Promise: none sees, counts, pages, changes or removes
    what is the other's."""
    mine, theirs = Lists(database, district), Lists(database, other_district)
    id_ = new_id()
    mine.notes.insert({"id": id_, "folder": "a", "said": "mine"})
    assert theirs.notes.get(id_) is None
    assert theirs.notes.get_many([id_]) == {}
    assert theirs.notes.one({"folder": "a", "said": "mine"}) is None
    assert theirs.notes.find({"folder": "a"}, limit=10) == []
    assert theirs.notes.count(folder="a") == 0
    assert theirs.notes.page({"folder": "a"}, {}).items == []
    assert theirs.notes.find({"folder": "a", "district": district}, limit=10) == []
    assert not theirs.notes.update(id_, set={"said": "theirs"})
    assert not theirs.notes.delete(id_)
    assert theirs.notes.delete_where({"folder": "a"}) == 0
    theirs.notes.insert({"id": id_, "folder": "a", "said": "theirs"})
    found = mine.notes.get(id_)
    assert found is not None and found["said"] == "mine"
