"""Key windows: every document once and in order, in bounded work, wherever a cursor stands."""

import statistics
from bisect import bisect_left, bisect_right
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared import clock
from shared.errors import Invalid
from shared.paging import MOST_WINDOWS, Moments, Numbers, read_cursor, read_page, windows, write_cursor
from shared.skips import SPACINGS, level_of

START = datetime(2026, 7, 1, tzinfo=UTC)


class Listed:
    """A list in memory, as a table with skip levels holds it, that knows what it was asked for."""

    def __init__(self, docs, by):
        self.docs, self.by = sorted(docs, key=lambda doc: doc[by]), by
        self.places = [doc[by] for doc in self.docs]
        self.levels = {
            level: sorted(clock.ms(doc[by]) for doc in docs if level_of(doc["id"]) == level)
            for level in SPACINGS
            if by == "at"
        }
        self.calls = self.read = 0

    def fetch(self, low, high):
        found = self.docs[bisect_left(self.places, low) : bisect_right(self.places, high)]
        self.calls += 1
        self.read += len(found)
        return list(found)

    def marks(self, level, at, end, most):
        low, high = min(at, end), max(at, end)
        marks = self.levels[level]
        found = marks[bisect_left(marks, low) : bisect_right(marks, high)]
        self.read += len(found)
        return (found if at <= end else found[::-1])[:most]


def walk(listed, keys, limit, newest_first):
    """All pages of a list, and for each of them in how many windows how many documents and marks were read."""
    after, items, asked = None, [], []
    while True:
        listed.calls = listed.read = 0
        page = read_page(listed.fetch, keys, listed.by, {"limit": limit, "after": after}, newest_first)
        assert len(page.items) <= limit
        items += page.items
        asked.append((listed.calls, listed.read))
        after = page.next
        if after is None:
            return items, asked


def meetings(minutes):
    return Listed(
        [{"id": f"{place:06}", "at": START + timedelta(minutes=each)} for place, each in enumerate(minutes)], "at"
    )


@given(
    present=st.sets(st.integers(1, 5_000), max_size=80),
    limit=st.integers(1, 100),
    newest_first=st.booleans(),
)
def test_numbered_documents_come_once_and_in_order_however_many_were_removed(present, limit, newest_first):
    docs = [{"id": f"{number:04}", "n": number} for number in present]
    items, asked = walk(Listed(docs, "n"), Numbers(5_000), limit, newest_first)
    assert [item["n"] for item in items] == sorted(present, reverse=newest_first)
    assert max(asked)[0] <= MOST_WINDOWS


CROWDED = st.one_of(st.integers(0, 5), st.integers(100, 400), st.integers(0, 9 * 366 * 24 * 60))


@settings(max_examples=40)
@given(
    minutes=st.lists(st.tuples(CROWDED, st.sampled_from([1, 1, 1, 7, 70])), max_size=25),
    limit=st.integers(1, 10),
    newest_first=st.booleans(),
    levelled=st.booleans(),
)
def test_moments_come_once_and_in_order_however_they_crowd(minutes, limit, newest_first, levelled):
    """Clusters, many at one moment, gaps of years; and documents that were written before there were skip levels."""
    listed = meetings([minute for minute, times in minutes for _ in range(times)])
    if not levelled:
        listed.levels = {level: [] for level in listed.levels}
    keys = Moments(START, START + timedelta(days=9 * 366), listed.marks)
    items, _ = walk(listed, keys, limit, newest_first)
    assert [(item["at"], item["id"]) for item in items] == sorted(
        ((doc["at"], doc["id"]) for doc in listed.docs), reverse=newest_first
    )


@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize(
    "minutes",
    [
        pytest.param([number * 9 for number in range(40_000)], id="evenly"),
        pytest.param([number // 20 for number in range(40_000)], id="within a day and a half"),
        pytest.param([number % 4 * 500_000 + number // 30 for number in range(40_000)], id="in crowds a year apart"),
    ],
)
def test_a_page_reads_a_few_documents_of_forty_thousand(minutes, newest_first):
    listed = meetings(minutes)
    keys = Moments(START, START + timedelta(minutes=max(minutes)), listed.marks)
    items, asked = walk(listed, keys, 20, newest_first)
    assert len(items) == 40_000
    reads = sorted(read for _, read in asked)
    assert statistics.mean(reads) < 200
    assert reads[len(reads) * 95 // 100] < 350
    assert reads[-1] < 600


@given(
    last=st.integers(0, 10**6),
    start=st.one_of(st.none(), st.integers(-5, 2 * 10**6)),
    limit=st.integers(1, 100),
    newest_first=st.booleans(),
)
def test_windows_adjoin_and_never_overlap(last, start, limit, newest_first):
    covered = list(windows(Numbers(last), start, newest_first, limit))
    assert len(covered) <= MOST_WINDOWS
    for (low, high, _), (next_low, next_high, _) in pairwise(covered):
        assert 1 <= low <= high <= last
        assert next_high == low - 1 if newest_first else next_low == high + 1
    if covered and covered[-1][2]:
        # Nothing is left out at the end unless the last window says so.
        assert covered[-1][0] == 1 if newest_first else covered[-1][1] == last


def test_matches_far_apart_make_a_short_page_that_names_a_next_one():
    """The work of one request is bounded: a page that meets too many empty windows is handed out as it is."""
    keys = Numbers(10_000_000)
    listed = Listed([{"id": "a", "n": 1}, {"id": "z", "n": 10_000_000}], "n")
    first = read_page(listed.fetch, keys, "n", {"limit": 5}, True)
    assert [item["id"] for item in first.items] == ["z"]
    assert first.next is not None
    items, asked = walk(listed, keys, 5, True)
    assert [item["id"] for item in items] == ["z", "a"]
    assert max(asked)[0] <= MOST_WINDOWS


@given(st.integers(), st.text())
def test_a_cursor_says_where_it_stands(number, id_):
    assert read_cursor(write_cursor(number, id_)) == (number, id_)


@given(st.text(min_size=1))
def test_any_other_cursor_is_refused_with_a_reason(text):
    try:
        assert read_cursor(text) is not None
    except Invalid as refusal:
        assert refusal.fields.keys() == {"after"}


@pytest.mark.parametrize(
    "text", ["W10", "WzFd", "WyJhIiwgImIiXQ", "W3RydWUsICJiIl0", "e30", "bnVsbA", "=", "ééé", "W1sx"]
)
def test_what_is_no_place_is_no_cursor(text):
    with pytest.raises(Invalid):
        read_cursor(text)
