"""Password hashes are argon2id at the promised cost, in the form that every library of argon2 reads."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from hypothesis import given, settings
from hypothesis import strategies as st

from services.membership import hashing

OTHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
PASSWORDS = st.text(min_size=8, max_size=128)


@settings(max_examples=10, deadline=None)
@given(PASSWORDS)
def test_a_hash_of_ours_is_read_by_another_library_and_has_the_cost_that_it_names(password):
    hashed = hashing.hash_password(password)

    assert OTHER.verify(hashed, password)
    assert not OTHER.check_needs_rehash(hashed)
    with pytest.raises(VerifyMismatchError):
        OTHER.verify(hashed, password + "x")


@settings(max_examples=10, deadline=None)
@given(PASSWORDS)
def test_a_hash_of_another_library_is_read_by_ours(password):
    hashed = OTHER.hash(password)

    assert hashing.is_right(hashed, password)
    assert not hashing.is_right(hashed, password + "x")
    assert not hashing.is_dated(hashed)


def test_two_hashes_of_one_password_differ():
    assert hashing.hash_password("kopi hangat di dieng") != hashing.hash_password("kopi hangat di dieng")


@pytest.mark.parametrize("cost", [{"time_cost": 3}, {"memory_cost": 8 * 1024}, {"parallelism": 2}])
def test_a_hash_of_another_cost_is_dated_and_still_read(cost):
    hashed = PasswordHasher(**{"time_cost": 2, "memory_cost": 19 * 1024, "parallelism": 1, **cost}).hash("kopi hangat")

    assert hashing.is_dated(hashed)
    assert hashing.is_right(hashed, "kopi hangat")
    assert not hashing.is_right(hashed, "kopi dingin")


@pytest.mark.parametrize("hashed", [None, "", "$argon2id$", "$2b$12$" + "a" * 53, "x" * 500, "ñ"])
def test_no_password_has_no_hash_or_a_broken_one(hashed):
    assert not hashing.is_right(hashed, "kopi hangat di dieng")
