"""The gateway's configuration, from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network

from gateway import cors
from shared.settings import Misconfigured

KIB = 1024
MIB = 1024 * KIB
_LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1"))


@dataclass(frozen=True)
class Settings:
    """What a gateway process needs to know. Sizes are in bytes, durations in seconds."""

    amqp_uri: str
    verify_keys: str
    public_url: str = "http://127.0.0.1"
    log_level: str = "INFO"
    largest_json: int = 1 * MIB
    body_silence: float = 10.0
    body_places: int = 16
    ready_deadline: float = 1.0
    cors_origins: frozenset[str] = frozenset()
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = _LOOPBACK

    @property
    def secure(self) -> bool:
        """Whether people reach the gateway over TLS, so that its cookie may be marked ``Secure``."""
        return self.public_url.startswith("https://")


def from_environment(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings that the environment gives. Raises :class:`shared.settings.Misconfigured`."""
    missing = [name for name in ("AMQP_URI", "SANGGAR_VERIFY_KEYS") if not environ.get(name)]
    if missing:
        raise Misconfigured(f"set {' and '.join(missing)}: the address of RabbitMQ, and the file of public keys")
    return Settings(
        amqp_uri=environ["AMQP_URI"],
        verify_keys=environ["SANGGAR_VERIFY_KEYS"],
        public_url=environ.get("SANGGAR_PUBLIC_URL", "http://127.0.0.1").rstrip("/"),
        log_level=environ.get("SANGGAR_LOG_LEVEL", "INFO").upper(),
        body_silence=float(_whole(environ, "SANGGAR_BODY_SILENCE", 10)),
        trusted_proxies=_networks(environ, "SANGGAR_TRUSTED_PROXIES", _LOOPBACK),
        body_places=max(1, _whole(environ, "SANGGAR_GATEWAY_THREADS", 32) // 2),
        cors_origins=cors.origins(environ.get("SANGGAR_CORS_ORIGINS", "")),
    )


def _whole(environ: Mapping[str, str], name: str, default: int) -> int:
    try:
        return int(environ.get(name, default))
    except ValueError:
        raise Misconfigured(f"{name} must be a whole number") from None


def _networks(
    environ: Mapping[str, str], name: str, usual: tuple[IPv4Network | IPv6Network, ...]
) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        given = tuple(ip_network(part.strip()) for part in environ.get(name, "").split(",") if part.strip())
    except ValueError:
        raise Misconfigured(f"{name} must be addresses or networks, such as 127.0.0.1 or 10.0.0.0/8") from None
    return given or usual
