"""Being erased: asked for, thought over, withdrawn or refused, done."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership.domain import erasures
from shared.contracts.words import SERVICES
from shared.errors import Conflict

NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
DAYS = timedelta(days=3)
PART = {"erased": [], "kept": []}


def waiting():
    return erasures.asked_for("p", "k", NOW, DAYS)


def test_it_is_due_when_the_time_to_think_it_over_has_passed():
    asked = waiting()
    assert not erasures.is_due(asked, NOW + DAYS - timedelta(milliseconds=1))
    assert erasures.is_due(asked, NOW + DAYS)


@pytest.mark.parametrize(
    "over", [erasures.withdraw(waiting()), erasures.refuse(waiting(), "o", "pemeriksaan"), erasures.begin(waiting())]
)
def test_what_is_decided_stays_so(over):
    assert not erasures.is_due(over, NOW + 2 * DAYS)
    for again in (erasures.withdraw, erasures.begin, lambda each: erasures.refuse(each, "o", "x")):
        with pytest.raises(Conflict):
            again(over)


def test_nothing_can_be_withdrawn_where_nothing_waits():
    with pytest.raises(Conflict):
        erasures.withdraw(None)


def test_a_refusal_says_who_and_why():
    refused = erasures.refuse(waiting(), "o", "pemeriksaan keuangan")
    assert (refused["status"], refused["decided_by"], refused["reason"]) == ("refused", "o", "pemeriksaan keuangan")


@given(st.lists(st.sampled_from(SERVICES), min_size=1, max_size=12))
def test_it_is_done_when_every_service_has_confirmed_in_whatever_order_and_however_often(confirming):
    erasure = erasures.begin(waiting())
    for service in confirming:
        erasure = erasures.confirm(erasure, service, PART, SERVICES, NOW)
    assert (erasure["status"] == "erased") == (set(confirming) == set(SERVICES))
    assert (erasure["completed_at"] is None) == (erasure["status"] != "erased")
