"""Where a request came from, whatever its sender claims."""

from ipaddress import ip_network

import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from gateway.origin import address_of
from gateway.settings import from_environment
from shared.settings import Misconfigured

NGINX = (ip_network("127.0.0.0/8"), ip_network("10.0.0.0/8"))
CLIENT = "203.0.113.9"


def asked(peer, **headers):
    return address_of(Request(EnvironBuilder(headers=headers, environ_base={"REMOTE_ADDR": peer}).get_environ()), NGINX)


def test_nginx_is_believed():
    assert asked("127.0.0.1", **{"X-Real-IP": CLIENT}) == CLIENT
    assert asked("10.1.2.3", **{"X-Real-IP": "2001:db8::1"}) == "2001:db8::1"
    assert asked("::ffff:127.0.0.1", **{"X-Real-IP": CLIENT}) == CLIENT


def test_nobody_else_is_believed():
    assert asked(CLIENT, **{"X-Real-IP": "198.51.100.1", "X-Forwarded-For": "198.51.100.1"}) == CLIENT
    assert asked("127.0.0.1", **{"X-Forwarded-For": CLIENT}) == "127.0.0.1"


@pytest.mark.parametrize("nonsense", ["", "unknown", "1.2.3.4, 5.6.7.8", "<script>"])
def test_nonsense_is_left_aside(nonsense):
    assert asked("127.0.0.1", **{"X-Real-IP": nonsense}) == "127.0.0.1"
    assert asked(nonsense, **{"X-Real-IP": CLIENT}) is None


def test_the_proxies_come_from_the_environment():
    usual = {"AMQP_URI": "amqp://x", "SANGGAR_VERIFY_KEYS": "x"}
    assert ip_network("127.0.0.0/8") in from_environment(usual).trusted_proxies
    given = from_environment({**usual, "SANGGAR_TRUSTED_PROXIES": "10.0.0.0/8, 192.0.2.7"}).trusted_proxies
    assert given == (ip_network("10.0.0.0/8"), ip_network("192.0.2.7"))
    with pytest.raises(Misconfigured, match="SANGGAR_TRUSTED_PROXIES"):
        from_environment({**usual, "SANGGAR_TRUSTED_PROXIES": "nginx"})
