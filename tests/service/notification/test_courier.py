"""The courier against receivers that stall, flood, lead elsewhere or speak no TLS: each takes its time and no more."""

import time
from urllib.parse import urlsplit

import pytest

from services.notification.courier import Courier, Outcome

PRIVATE = Courier(private=True, total_seconds=1.5)


def send(receiver, courier=PRIVATE):
    return courier.send(receiver.url, {"content-type": "application/json"}, b"{}")


@pytest.mark.parametrize("status", [200, 204, 404, 500])
def test_a_status_is_reported_as_it_is(receiver, status):
    receiver.answer = lambda call: status
    assert send(receiver) == Outcome(status=status)


def test_an_answer_that_drips_byte_by_byte_is_cut_off(receiver):
    receiver.stall = 0.1
    started = time.monotonic()
    assert send(receiver) == Outcome(error="timeout")
    assert time.monotonic() - started < 4


def test_a_flood_is_not_swallowed(receiver):
    receiver.flood = 4000
    started = time.monotonic()
    assert send(receiver) == Outcome(status=204)
    assert time.monotonic() - started < 4


def test_no_redirect_is_followed(receiver):
    receiver.answer, receiver.location = (lambda call: 302), receiver.url + "/elsewhere"
    assert send(receiver) == Outcome(status=302)
    assert [call.path for call in receiver.calls] == [urlsplit(receiver.url).path]


def test_a_receiver_without_tls_gets_nothing_over_https(receiver):
    receiver.url = receiver.url.replace("http:", "https:")
    assert send(receiver) == Outcome(error="tls")
    assert receiver.calls == []


def test_outside_of_demonstrations_this_machine_is_not_called(receiver):
    assert send(receiver, Courier()) == Outcome(error="address")
    assert receiver.calls == []
