"""What the fields of a contract take, and what they make of it."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from shared.contracts.base import Contract, day, flag, moment, moment_or_day, read, text, write


class Note(Contract):
    title = text(10)
    at = moment()
    since = moment_or_day()
    on = day()
    open = flag()


def test_a_line_loses_the_blanks_around_it():
    assert read(Note, {"title": "  Rapat \n"}) == {"title": "Rapat"}


@pytest.mark.parametrize(
    "title", ["", "   ", "\n", "Rapat panjang", "Ra\x00pat", "Ra\u202epat", None, 5, {"$ne": None}, ["Rapat"]]
)
def test_a_line_that_says_nothing_or_is_none_is_refused(title):
    with pytest.raises(ValidationError) as refused:
        read(Note, {"title": title})
    assert list(refused.value.messages_dict) == ["title"]


def test_a_moment_is_kept_in_utc_to_the_millisecond():
    kept = read(Note, {"at": "2026-07-27T13:00:00.123987+07:00"})["at"]
    assert kept == datetime(2026, 7, 27, 6, 0, 0, 123_000, tzinfo=UTC)
    assert write(Note, {"at": kept}) == {"at": "2026-07-27T06:00:00.123Z"}


@pytest.mark.parametrize(
    "at",
    [
        "0001-01-01T00:00:00+07:00",
        "9999-12-31T23:59:59-07:00",
        "2026-02-30T00:00:00Z",
        "2026-07-27T13:00:00",
        "2026-07-27",
        "besok",
        1_785_000_000,
    ],
)
def test_a_moment_that_nobody_can_reckon_with_is_refused(at):
    with pytest.raises(ValidationError) as refused:
        read(Note, {"at": at})
    assert list(refused.value.messages_dict) == ["at"]


@pytest.mark.parametrize("on", ["9999-12-31", "0001-01-01", "2026-02-30", "20260727", "2026-7-27", "besok"])
def test_a_day_that_nobody_can_reckon_with_is_refused(on):
    """A quarter of a year from the last day there is, is none."""
    with pytest.raises(ValidationError) as refused:
        read(Note, {"on": on})
    assert list(refused.value.messages_dict) == ["on"]


@given(st.datetimes(datetime(1901, 1, 2), datetime(2499, 12, 30), timezones=st.timezones()))
def test_a_moment_survives_the_way_there_and_back(at):
    there = write(Note, {"at": at})
    assert write(Note, read(Note, there)) == there


def test_a_stretch_may_begin_at_a_moment_or_on_a_day():
    assert read(Note, {"since": "2026-07-27"}) == {"since": date(2026, 7, 27)}
    kept = read(Note, {"since": "2026-07-27T13:00:00.123987+07:00"})["since"]
    assert kept == datetime(2026, 7, 27, 6, 0, 0, 123_000, tzinfo=UTC)
    for given_, told in ((kept, "2026-07-27T06:00:00.123Z"), (date(2026, 7, 27), "2026-07-27"), (None, None)):
        assert write(Note, {"since": given_}) == {"since": told}


@pytest.mark.parametrize(
    "since",
    ["", "2026-7-1", "20260727", "2026-02-30", "1800-01-01", "9999-12-31", "2026-07-27T13:00:00", "besok", 20260727],
)
def test_what_is_neither_a_moment_nor_a_day_is_refused(since):
    with pytest.raises(ValidationError) as refused:
        read(Note, {"since": since})
    assert list(refused.value.messages_dict) == ["since"]


def test_yes_and_no_are_said_as_json_says_them_or_as_a_word_of_a_query():
    for said, meant in ((True, True), (False, False), ("true", True), ("false", False)):
        assert read(Note, {"open": said}) == {"open": meant}


@pytest.mark.parametrize("said", [1, 0, 1.0, "yes", "on", "1", "True", "", None, [], {"$ne": None}])
def test_what_may_mean_yes_or_no_is_neither(said):
    with pytest.raises(ValidationError) as refused:
        read(Note, {"open": said})
    assert list(refused.value.messages_dict) == ["open"]
