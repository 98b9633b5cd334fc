"""School years and their halves."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scheduling.domain.semesters import Semester, check_begun
from shared.errors import Conflict, Invalid

DAYS = st.dates(date(2001, 1, 1), date(2300, 12, 31))


@given(DAYS)
def test_every_day_lies_in_one_semester_and_the_day_after_its_last_in_the_next(day):
    semester = Semester.of(day)
    assert day in semester
    assert semester.first_day <= day <= semester.last_day
    assert Semester.of(semester.last_day + timedelta(days=1)) == semester.next > semester
    assert semester.first_day - timedelta(days=1) not in semester


@given(DAYS)
def test_its_text_names_it(day):
    assert Semester.parse(str(Semester.of(day))) == Semester.of(day)


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2026, 7, 1), "2026/2027 Ganjil"),
        (date(2026, 12, 31), "2026/2027 Ganjil"),
        (date(2027, 1, 1), "2026/2027 Genap"),
        (date(2027, 6, 30), "2026/2027 Genap"),
    ],
)
def test_ganjil_is_july_to_december_and_genap_january_to_june(day, text):
    assert str(Semester.of(day)) == text


@pytest.mark.parametrize("text", ["", "2026", "2026/2026 Ganjil", "2026/2028 Genap", "2026/2027 ganjil", "9999/9999 x"])
def test_other_texts_are_refused(text):
    with pytest.raises(Invalid):
        Semester.parse(text)


def test_a_semester_to_come_has_nothing_to_certify():
    semester = Semester.parse("2026/2027 Genap")
    check_begun(semester, date(2027, 1, 1))
    with pytest.raises(Conflict):
        check_begun(semester, date(2026, 12, 31))
