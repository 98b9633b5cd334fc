"""CSV that a spreadsheet opens as text."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import csvs


@pytest.mark.parametrize("cell", ["=1+1", "+62811", "-2", "@cmd", "\tx", "\r=1", '=HYPERLINK("http://x")'])
def test_what_would_be_a_formula_begins_with_an_apostrophe(cell):
    [[read]] = csv.reader(io.StringIO(csvs.lines([[cell]]).decode(), newline=""))
    assert read == f"'{cell}"


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00")), min_size=2), min_size=1))
def test_whatever_is_written_is_read_again_and_never_a_formula(rows):
    read = list(csv.reader(io.StringIO(csvs.lines(rows).decode(), newline="")))
    for wrote, found in zip(rows, read, strict=True):
        assert [cell.removeprefix("'") for cell in found] == [cell.removeprefix("'") for cell in wrote]
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in found)


def test_nothing_is_an_empty_cell():
    assert csvs.lines([[None, 3, "a"]]) == b",3,a\r\n"
