"""Key windows: every document once and in order, in bounded work, wherever a cursor stands."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Invalid
from shared.paging import MOST_WINDOWS, Moments, Numbers, read_cursor, read_page, windows, write_cursor

START = datetime(2026, 7, 1, tzinfo=UTC)


def walk(docs, keys, by, limit, newest_first):
    """All pages of a list in memory, and how many windows each of them asked for."""
    after, items, asked, calls = None, [], [], 0

    def fetch(low, high):
        nonlocal calls
        calls += 1
        return [dict(doc) for doc in docs if low <= doc[by] <= high]

    while True:
        calls = 0
        page = read_page(fetch, keys, by, {"limit": limit, "after": after}, newest_first)
        assert len(page.items) <= limit
        items += page.items
        asked.append(calls)
        after = page.next
        if after is None:
            return items, asked


@given(
    present=st.sets(st.integers(1, 5_000), max_size=80),
    limit=st.integers(1, 100),
    newest_first=st.booleans(),
)
def test_numbered_documents_come_once_and_in_order_however_many_were_removed(present, limit, newest_first):
    docs = [{"id": f"{number:04}", "n": number} for number in present]
    items, asked = walk(docs, Numbers(5_000), "n", limit, newest_first)
    assert [item["n"] for item in items] == sorted(present, reverse=newest_first)
    assert max(asked) <= MOST_WINDOWS


@given(
    minutes=st.lists(st.one_of(st.integers(0, 5), st.integers(0, 3 * 366 * 24 * 60)), max_size=40),
    limit=st.integers(1, 10),
    newest_first=st.booleans(),
)
def test_moments_come_once_and_in_order_however_they_crowd(minutes, limit, newest_first):
    docs = [{"id": f"{place:03}", "at": START + timedelta(minutes=each)} for place, each in enumerate(minutes)]
    keys = Moments(START, START + timedelta(days=3 * 366), timedelta(hours=1))
    items, _ = walk(docs, keys, "at", limit, newest_first)
    assert [item["at"] for item in items] == sorted((doc["at"] for doc in docs), reverse=newest_first)
    assert {item["id"] for item in items} == {doc["id"] for doc in docs}


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
    docs = [{"id": "a", "n": 1}, {"id": "z", "n": 10_000_000}]
    first = read_page(lambda low, high: [doc for doc in docs if low <= doc["n"] <= high], keys, "n", {"limit": 5}, True)
    assert [item["id"] for item in first.items] == ["z"]
    assert first.next is not None
    items, asked = walk(docs, keys, "n", 5, True)
    assert [item["id"] for item in items] == ["z", "a"]
    assert max(asked) <= MOST_WINDOWS


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
