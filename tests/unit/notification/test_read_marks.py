"""Ranges of read notifications behave like the set of their numbers."""

from hypothesis import given
from hypothesis import strategies as st

from services.notification.domain.read_marks import ReadMarks

NUMBERS = st.integers(1, 40)
MARKINGS = st.lists(st.tuples(NUMBERS, NUMBERS), max_size=15)


def marked(markings):
    marks, model = ReadMarks(), set()
    for first, last in markings:
        marks.mark(first, last)
        model |= set(range(first, last + 1))
    return marks, model


@given(MARKINGS)
def test_what_was_marked_is_read_and_nothing_else(markings):
    marks, model = marked(markings)
    assert {number for number in range(0, 50) if number in marks} == model


@given(MARKINGS)
def test_ranges_stay_as_few_as_they_can_be(markings):
    marks, model = marked(markings)
    gaps = sum(1 for number in model if number + 1 not in model)
    assert len(marks.ranges) == gaps
    assert marks.ranges == sorted(marks.ranges)


@given(MARKINGS, NUMBERS)
def test_the_unread_are_counted_without_looking_at_them(markings, total):
    marks, model = marked(markings)
    assert marks.unread(total) == len(set(range(1, total + 1)) - model)


@given(MARKINGS, NUMBERS, st.integers(1, 10))
def test_the_newest_unread_are_found_without_reading_the_rest(markings, below, limit):
    marks, model = marked(markings)
    expected = sorted(set(range(1, below)) - model, reverse=True)[:limit]
    found = [number for low, high in marks.newest_unread(below, limit) for number in range(high, low - 1, -1)]
    assert found == expected


@given(MARKINGS)
def test_marks_survive_being_kept(markings):
    marks, _ = marked(markings)
    assert ReadMarks([list(each) for each in marks.ranges]).ranges == marks.ranges
