"""Identifiers."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ids import is_district, is_id, made_at_ms, new_id


def test_ids_of_one_process_never_go_backwards():
    made = [new_id() for _ in range(2_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_an_id_tells_when_it_was_made():
    before, id_, after = time.time_ns() // 10**6, new_id(), time.time_ns() // 10**6
    made = made_at_ms(id_)
    assert made is not None and before <= made <= after


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3307",
        "01890000-0000-7000-8000-00000000000",
        "01890000-0000-7000-8000-0000000000000",
        "01890000-0000-7000-8000-00000000000G",
        "01890000-0000-7000-8000-0000000000AB",
        "01890000-0000-7000-8000-000000000000\n",
        "{01890000-0000-7000-8000-000000000000}",
        "0189000000007000800000000000000000",
    ],
)
def test_what_is_no_canonical_id_is_none(text):
    assert not is_id(text)
    assert made_at_ms(text) is None


def test_an_id_of_another_version_has_no_time():
    assert is_id("01890000-0000-4000-8000-000000000000")
    assert made_at_ms("01890000-0000-4000-8000-000000000000") is None


@given(st.text())
def test_any_text_may_be_asked_about(text):
    assert made_at_ms(text) is None or is_id(text)


@pytest.mark.parametrize("text", ["3307", "33c09", "1101"])
def test_districts_have_the_region_s_code_or_that_of_a_branch_office(text):
    assert is_district(text)


@pytest.mark.parametrize("text", ["", "330", "33.07", "33C09", "33c9", "33070", "33c099", "3307\n", "٣٣٠٧"])
def test_anything_else_is_no_district(text):
    assert not is_district(text)
