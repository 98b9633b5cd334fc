"""The courier goes to public addresses over https, and nowhere else."""

import pytest

from services.notification.courier import Courier, Outcome
from shared.errors import Invalid

PUBLIC, PRIVATE = Courier(), Courier(private=True)


@pytest.mark.parametrize(
    "url",
    [
        "http://school.example/hook",
        "https://127.0.0.1/hook",
        "https://10.0.0.5/hook",
        "https://172.16.3.4/hook",
        "https://192.168.1.1:8443/hook",
        "https://169.254.169.254/latest/meta-data",
        "https://0.0.0.0/hook",
        "https://100.64.0.1/hook",
        "https://224.0.0.1/hook",
        "https://[::1]/hook",
        "https://[::]/hook",
        "https://[fe80::1]/hook",
        "https://[fc00::1]/hook",
        "https://[::ffff:127.0.0.1]/hook",
        "https://[64:ff9b::7f00:1]/hook",
        "https://[2002:7f00:1::]/hook",
        "https://user:secret@school.example/hook",
        "https://user@school.example/hook",
        "ftp://school.example/hook",
        "https:///hook",
        "https://[broken/hook",
        "https://school.example:99999/hook",
    ],
)
def test_an_address_that_leads_inside_or_nowhere_is_refused(url):
    with pytest.raises(Invalid):
        PUBLIC.check(url)
    assert PUBLIC.send(url, {}, b"{}") == Outcome(error="address")


@pytest.mark.parametrize("url", ["https://school.example/hook", "https://8.8.8.8/hook", "https://[2606:4700::1]/x"])
def test_a_public_address_is_taken(url):
    PUBLIC.check(url)


def test_a_name_that_leads_inside_is_not_called():
    assert PUBLIC.send("https://localhost:1/hook", {}, b"{}") == Outcome(error="address")


def test_demonstrations_may_call_their_own_machine():
    PRIVATE.check("http://127.0.0.1:8080/hook")
    assert PRIVATE.send("http://127.0.0.1:1/hook", {}, b"{}") == Outcome(error="connect")


def test_even_demonstrations_call_no_group_and_no_other_scheme():
    for url in ("http://224.0.0.1/hook", "http://0.0.0.0/hook", "file:///etc/passwd"):
        with pytest.raises(Invalid):
            PRIVATE.check(url)
