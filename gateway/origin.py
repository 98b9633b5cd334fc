"""Where a request came from: the address that the audit log keeps.

A client can write into its headers whatever it likes; only what stands in front of the gateway is believed.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from flask import Request

Network = IPv4Network | IPv6Network


def address_of(request: Request, trusted: Sequence[Network]) -> str | None:
    """The client's network address: as nginx says (``X-Real-IP``, which it sets anew), when the request came from a
    trusted proxy, else that of whoever is connected; ``None`` when neither is an address."""
    return _address(request.remote_addr or "", request.headers.get("X-Real-IP", ""), tuple(trusted))


@lru_cache(maxsize=1024)
def _address(peer: str, told: str, trusted: tuple[Network, ...]) -> str | None:
    nearest = _read(peer)
    if nearest is None or not any(nearest in network for network in trusted):
        return None if nearest is None else str(nearest)
    return str(_read(told) or nearest)


def _read(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
