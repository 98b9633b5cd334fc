"""Carries webhook deliveries over HTTP to addresses that others chose, and so trusts none of them.

Only public addresses are called, over https: the name is resolved once, every address that it has is checked, and the
connection goes to one of those, so a name that changes in between leads nowhere else. No redirect is followed, of the
answer only its head is read, and ten seconds after the start the connection is cut, however slowly it drips.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import SplitResult, urlsplit

from shared.errors import Invalid

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 10.0
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Forbidden(Exception):
    """The address may not be called."""


@dataclass(frozen=True)
class Outcome:
    """What came of an attempt: the HTTP ``status``, or else the ``error`` (see the contract's ``DeliveryView``)."""

    status: int | None = None
    error: str | None = None


class Courier:
    """``private`` allows http and addresses of one's own machine and network; for tests and demonstrations."""

    def __init__(self, *, private: bool = False, total_seconds: float = TOTAL_SECONDS) -> None:
        self._private = private
        self._total = total_seconds

    def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Outcome:
        """POST the body. Never raises for what the other side does."""
        deadline = time.monotonic() + self._total
        try:
            parts = self._checked(url)
            connection = _Pinned(parts, self._resolve(parts))
        except (Forbidden, Invalid, OSError, UnicodeError):
            return Outcome(error="address")
        cut = threading.Timer(deadline - time.monotonic(), connection.cut)
        cut.start()
        try:
            outcome = _exchange(connection, parts, headers, body)
        except (OSError, http.client.HTTPException, ValueError) as error:
            outcome = Outcome(error=_kind(error, connected=connection.sock is not None))
        finally:
            cut.cancel()
            connection.close()
        # Headers that end because the connection was cut look complete, so the clock has the last word.
        return Outcome(error="timeout") if time.monotonic() >= deadline else outcome

    def check(self, url: str) -> None:
        """Raises :class:`Invalid` for an address that could never be called."""
        self._checked(url)

    def _checked(self, url: str) -> SplitResult:
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname, parts.port
        except ValueError:
            raise Invalid.field("url", "notification.not_a_url") from None
        if not host:
            raise Invalid.field("url", "notification.not_a_url")
        if parts.scheme != "https" and not (self._private and parts.scheme == "http"):
            raise Invalid.field("url", "notification.needs_https")
        if parts.username is not None or parts.password is not None:
            raise Invalid.field("url", "notification.no_credentials")
        with contextlib.suppress(ValueError):
            if not self._may_call(ipaddress.ip_address(host)):
                raise Invalid.field("url", "notification.private_address")
        return parts

    def _resolve(self, parts: SplitResult) -> str:
        found = socket.getaddrinfo(parts.hostname, _port(parts), type=socket.SOCK_STREAM)
        addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
        if not addresses or not all(self._may_call(ipaddress.ip_address(address)) for address in addresses):
            raise Forbidden(parts.hostname)
        return addresses[0]

    def _may_call(self, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
        if isinstance(address, ipaddress.IPv6Address):
            inner = address.ipv4_mapped
            if inner is not None:
                return self._may_call(inner)
            if address in _NAT64 or address.sixtofour is not None or address.teredo is not None:
                return False
        if address.is_multicast or address.is_unspecified or address.is_reserved:
            return False
        return self._private or address.is_global


class _Pinned(http.client.HTTPConnection):
    """A connection that goes to one address, whatever its host's name leads to by now."""

    def __init__(self, parts: SplitResult, address: str) -> None:
        self.default_port = 443 if parts.scheme == "https" else 80
        super().__init__(parts.hostname or "", parts.port, timeout=TOTAL_SECONDS)
        self._address = address
        self._context = _tls() if parts.scheme == "https" else None
        self._dialled: socket.socket | None = None

    def connect(self) -> None:
        self._dialled = socket.create_connection((self._address, self.port), CONNECT_SECONDS)
        self._dialled.settimeout(TOTAL_SECONDS)
        secured = self._context.wrap_socket(self._dialled, server_hostname=self.host) if self._context else None
        self.sock = self._dialled = secured or self._dialled

    def cut(self) -> None:
        """End it from another thread: whoever reads or writes on it fails at once."""
        if self._dialled is not None:
            with contextlib.suppress(OSError):
                self._dialled.shutdown(socket.SHUT_RDWR)


def _exchange(connection: _Pinned, parts: SplitResult, headers: Mapping[str, str], body: bytes) -> Outcome:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection.request("POST", target, body, dict(headers))
    return Outcome(status=connection.getresponse().status)


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _kind(error: Exception, *, connected: bool) -> str:
    if isinstance(error, ssl.SSLError):
        return "tls"
    if isinstance(error, TimeoutError):
        return "timeout"
    return "broken" if connected else "connect"
