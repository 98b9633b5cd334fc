"""Works that a community accepted, in whatever order learning hears of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.learning.reactions import accept_work
from tests.support.memory import MemoryWork

BEGAN = datetime(2026, 8, 3, 7, tzinfo=UTC)


def event(number: int, status: str) -> Any:
    """What content tells of one resource, so many days after its first news."""
    data = {"resource_id": "r1", "community_id": "c1", "author_id": "siti", "status": status}
    return SimpleNamespace(sequence=number, time=BEGAN + timedelta(days=number), data=data)


def heard(*events: Any) -> MemoryWork:
    work = MemoryWork(BEGAN, "works")
    for each in events:
        accept_work(work, each)  # type: ignore[arg-type]
    return work


def test_a_work_is_told_when_it_is_accepted_and_when_it_is_taken_back() -> None:
    """And not again for a further version of it."""
    work = heard(event(1, "published"), event(3, "published"), event(5, "withdrawn"), event(8, "published"))
    told = [(each["status"], (each["accepted_at"] - BEGAN).days) for each in work.news("work_accepted")]
    assert told == [("accepted", 1), ("withdrawn", 1), ("accepted", 8)]
    assert {each["person_id"] for each in work.news("work_accepted")} == {"siti"}


@given(
    statuses=st.lists(st.sampled_from(("published", "withdrawn")), min_size=1, max_size=6),
    data=st.data(),
)
def test_what_stands_in_the_end_is_what_was_told_last_in_whatever_order_it_came(
    statuses: list[str], data: st.DataObject
) -> None:
    events = [event(number, status) for number, status in enumerate(statuses)]
    repeated = events + data.draw(st.lists(st.sampled_from(events), max_size=4))
    work = heard(*data.draw(st.permutations(repeated)))
    expected = "accepted" if statuses[-1] == "published" else "withdrawn"
    [stands] = work.store.works.docs.values()
    assert (stands["status"], stands["known"]) == (expected, len(statuses) - 1)
    assert work.news("work_accepted")[-1]["status"] == expected
