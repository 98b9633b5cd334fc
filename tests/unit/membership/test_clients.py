"""API clients."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership.domain import clients
from shared.contracts.scopes import SCOPES
from shared.errors import Invalid

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
OLD, NEW = "3307-old", "3307-new"


def client(**changes):
    return {
        "digest": clients.digest(NEW),
        "previous_digest": clients.digest(OLD),
        "previous_secret_until": NOW + timedelta(hours=1),
        "status": "active",
        "scopes": ["people:read", "schools:read"],
    } | changes


def test_a_secret_says_its_district_and_is_never_the_same():
    secrets = {clients.new_secret("3307") for _ in range(100)}
    assert len(secrets) == 100
    assert all(secret.startswith("3307-") and len(secret) > 45 for secret in secrets)


def test_what_is_kept_of_a_secret_does_not_give_it_away():
    assert NEW not in clients.digest(NEW)
    assert clients.digest(NEW) == clients.digest(NEW) != clients.digest(OLD)


def test_a_client_is_known_by_its_district_and_id():
    assert clients.id_of(clients.client_id("33c09", "01980000-0000-7000-8000-000000000001")).startswith("01980000-")


@pytest.mark.parametrize(
    ("changes", "secret", "proved"),
    [
        ({}, NEW, True),
        ({}, OLD, True),
        ({}, "3307-another", False),
        ({}, "", False),
        ({"previous_secret_until": NOW}, OLD, False),
        ({"previous_secret_until": None, "previous_digest": None}, OLD, False),
        ({"previous_secret_until": None, "previous_digest": None}, NEW, True),
        ({"status": "revoked"}, NEW, False),
        ({"status": "revoked"}, OLD, False),
    ],
)
def test_only_a_secret_in_force_proves_a_client(changes, secret, proved):
    assert clients.proves(client(**changes), secret, NOW) is proved


@given(has=st.sets(st.sampled_from(SCOPES), min_size=1), asked=st.none() | st.lists(st.sampled_from(SCOPES)))
def test_a_token_never_carries_a_scope_that_its_client_lacks(has, asked):
    known = client(scopes=sorted(has))
    try:
        granted = set(clients.granted(known, asked))
    except Invalid:
        assert asked is not None and (not asked or not set(asked) <= has)
    else:
        assert granted == (has if asked is None else set(asked)) <= has
