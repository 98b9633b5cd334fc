"""How an upload grows, whatever the network does to its chunks."""

import base64
import hashlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.content.domain import uploads
from shared.contracts.content import LARGEST_PIECE
from shared.errors import Conflict, Invalid, TooLarge, TooMany

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def test_the_contract_and_the_rules_mean_the_same_piece():
    assert uploads.PIECE == LARGEST_PIECE


@given(st.integers(0, 3 * uploads.PIECE), st.integers(0, uploads.PIECE))
def test_a_chunk_fills_adjoining_pieces_and_loses_no_byte(offset, size):
    data = bytes(size)
    parts = list(uploads.split(offset, data))
    assert b"".join(part for _, _, part in parts) == data
    assert all(start + len(part) <= uploads.PIECE for _, start, part in parts)
    places = [number * uploads.PIECE + start for number, start, _ in parts]
    assert places == [offset + sum(len(part) for _, _, part in parts[:at]) for at in range(len(parts))]


@given(st.integers(1, 4 * uploads.PIECE))
def test_all_bytes_of_a_file_lie_in_its_pieces(length):
    last = uploads.pieces(length)[-1]
    assert last * uploads.PIECE < length <= (last + 1) * uploads.PIECE


def test_the_next_chunk_is_taken():
    assert uploads.check_place(offset=100, size=50, received=100, length=200)


def test_a_chunk_that_arrived_is_known_again():
    assert not uploads.check_place(offset=50, size=50, received=100, length=200)


@pytest.mark.parametrize("offset", [60, 101, 150])
def test_a_chunk_that_leaves_a_gap_or_overlaps_is_refused_and_told_where_to_go_on(offset):
    with pytest.raises(Conflict) as refused:
        uploads.check_place(offset=offset, size=50, received=100, length=300)
    assert refused.value.text.params == {"offset": 100}


def test_a_chunk_beyond_the_announced_length_is_refused():
    with pytest.raises(Invalid):
        uploads.check_place(offset=100, size=101, received=100, length=200)


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_chunk_damaged_on_its_way_is_refused(algorithm):
    right = base64.b64encode(hashlib.new(algorithm, b"modul ajar").digest()).decode()
    uploads.check_digest(b"modul ajar", f"{algorithm} {right}")
    with pytest.raises(Invalid):
        uploads.check_digest(b"modul ajaR", f"{algorithm} {right}")


@pytest.mark.parametrize("checksum", ["md5 AAAA", "sha1", "sha1 not-base64!", "sha1 ****"])
def test_a_checksum_that_nobody_can_check_is_refused(checksum):
    with pytest.raises(Invalid):
        uploads.check_digest(b"", checksum)


def test_a_file_of_fifty_megabytes_is_taken_and_one_byte_more_is_not():
    uploads.check_length(50 * 1024 * 1024)
    with pytest.raises(TooLarge):
        uploads.check_length(50 * 1024 * 1024 + 1)


def test_the_quota_of_a_day_ends_and_says_when_to_come_back():
    used = uploads.DAILY_QUOTA - 100_000
    assert uploads.spend(used, 100_000, NOON) == uploads.DAILY_QUOTA
    with pytest.raises(TooMany) as refused:
        uploads.spend(used, 100_001, NOON)
    assert refused.value.retry_after == 12 * 3600


def test_tiny_files_use_up_the_quota_too():
    used, count = 0, 0
    with pytest.raises(TooMany):
        while count < 100_000:
            used, count = uploads.spend(used, 1, NOON), count + 1
    assert count == uploads.DAILY_QUOTA // uploads.LEAST_CHARGE
