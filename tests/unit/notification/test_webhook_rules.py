"""How long a failing receiver is courted, and what a secret signs."""

import base64
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.notification.domain import webhooks

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def test_a_secret_is_written_as_standard_webhooks_wants_it_and_never_twice():
    secret = webhooks.new_secret()
    assert secret.startswith("whsec_")
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
    assert webhooks.new_secret() != secret


def test_a_delivery_is_tried_seven_times_over_a_day_and_then_given_up():
    waits = [webhooks.next_attempt(attempts, NOW) for attempts in range(1, 8)]
    assert [wait - NOW for wait in waits[:-1]] == [
        timedelta(seconds=5),
        timedelta(minutes=1),
        timedelta(minutes=10),
        timedelta(hours=1),
        timedelta(hours=6),
        timedelta(days=1),
    ]
    assert waits[-1] is None


def test_both_secrets_sign_for_a_day_after_a_rotation():
    rotated = {"secret": "new", "previous_secret": "old", "previous_secret_until": NOW + webhooks.ROTATION}
    assert webhooks.signing_secrets(rotated, NOW) == ["new", "old"]
    assert webhooks.signing_secrets(rotated, NOW + timedelta(hours=24)) == ["new"]
    assert webhooks.signing_secrets({**rotated, "previous_secret_until": None}, NOW) == ["new"]


@given(st.integers(0, 10_000))
def test_a_receiver_that_only_fails_is_left_alone_for_longer_and_longer_but_never_forgotten(failures):
    until, later = webhooks.rests_until(failures, NOW), webhooks.rests_until(failures + 1, NOW)
    assert (until is None) == (failures < 3)
    if until is not None:
        assert NOW < until <= later <= NOW + timedelta(hours=1)


def test_only_a_2xx_is_a_delivery():
    assert [status for status in (None, 199, 200, 204, 299, 301, 400, 500) if webhooks.is_delivered(status)] == [
        200,
        204,
        299,
    ]


def test_a_receiver_that_is_gone_is_switched_off_at_once():
    assert webhooks.gives_up_for_good(0, 410)
    assert webhooks.gives_up_for_good(5, 500)
    assert not webhooks.gives_up_for_good(4, 500)
