"""Configuration from the environment, read once at start and handed on; nothing else reads ``os.environ``."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


class Misconfigured(Exception):
    """The environment lacks something or holds nonsense; the message says what to set."""


@dataclass(frozen=True)
class Settings:
    """What a process of the platform needs to know. Durations are in seconds."""

    amqp_uri: str
    mongo_uri: str
    db_prefix: str = "sanggar_"
    verify_keys: str = ""
    signing_key: str = ""
    code_key: str = ""
    calendar_key: str = ""
    certificate_key: str = ""
    certificate_verify_keys: str = ""
    workers: int = 16
    retry_ladder: tuple[str, ...] = ("5s", "1m", "10m", "1h")
    missing_every: str = "5s"
    missing_tries: int = 120
    lease_seconds: float = 5.0
    young_seconds: float = 30.0
    public_url: str = "http://127.0.0.1"
    webhook_private: bool = False
    smtp_url: str = field(default="", repr=False)
    mail_from: str = ""
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = field(default="", repr=False)
    oidc_domains: tuple[str, ...] = ()
    audit_days: int = 730
    notification_days: int = 400
    erasure_days: int = 3
    metrics_host: str = "127.0.0.1"
    metrics_port: int = 0
    log_level: str = "INFO"

    def database(self, service: str) -> str:
        """The name of a service's database."""
        return self.db_prefix + service


def from_environment(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings that the environment gives. Raises :class:`Misconfigured`."""
    missing = [name for name in ("AMQP_URI", "MONGO_URI") if not environ.get(name)]
    if missing:
        raise Misconfigured(f"set {' and '.join(missing)}: the addresses of RabbitMQ and of the database")
    return Settings(
        amqp_uri=environ["AMQP_URI"],
        mongo_uri=environ["MONGO_URI"],
        db_prefix=environ.get("SANGGAR_DB_PREFIX", "sanggar_"),
        verify_keys=environ.get("SANGGAR_VERIFY_KEYS", ""),
        signing_key=environ.get("SANGGAR_SIGNING_KEY", ""),
        code_key=environ.get("SANGGAR_CODE_KEY", ""),
        calendar_key=environ.get("SANGGAR_CALENDAR_KEY", ""),
        certificate_key=environ.get("SANGGAR_CERTIFICATE_KEY", ""),
        certificate_verify_keys=environ.get("SANGGAR_CERTIFICATE_VERIFY_KEYS", ""),
        workers=_whole(environ, "SANGGAR_WORKERS", 16, least=1),
        retry_ladder=_durations(environ, "SANGGAR_RETRY_LADDER", "5s,1m,10m,1h"),
        missing_every=_durations(environ, "SANGGAR_MISSING_EVERY", "5s")[0],
        missing_tries=_whole(environ, "SANGGAR_MISSING_TRIES", 120),
        lease_seconds=_whole(environ, "SANGGAR_LEASE_SECONDS", 5, least=1),
        young_seconds=_whole(environ, "SANGGAR_YOUNG_SECONDS", 30),
        public_url=environ.get("SANGGAR_PUBLIC_URL", "http://127.0.0.1").rstrip("/"),
        webhook_private=environ.get("SANGGAR_WEBHOOK_PRIVATE", "") == "1",
        **_mail(environ),
        **_oidc(environ),
        audit_days=_whole(environ, "SANGGAR_AUDIT_DAYS", 730, least=1),
        notification_days=_whole(environ, "SANGGAR_NOTIFICATION_DAYS", 400, least=1),
        erasure_days=_whole(environ, "SANGGAR_ERASURE_DAYS", 3),
        metrics_host=environ.get("SANGGAR_METRICS_HOST", "127.0.0.1"),
        metrics_port=_whole(environ, "SANGGAR_METRICS_PORT", 0),
        log_level=environ.get("SANGGAR_LOG_LEVEL", "INFO").upper(),
    )


def _mail(environ: Mapping[str, str]) -> dict[str, Any]:
    url, sender = _secret(environ, "SANGGAR_SMTP_URL"), environ.get("SANGGAR_MAIL_FROM", "")
    if url and not re.match(r"smtps?://[^/]*[^/@]", url):
        raise Misconfigured("SANGGAR_SMTP_URL must be like smtps://user:password@host:465 or smtp://...:587")
    if url and "@" not in sender:
        raise Misconfigured("set SANGGAR_MAIL_FROM: the address that mails come from, such as Sanggar <no-reply@...>")
    return {"smtp_url": url, "mail_from": sender}


def _oidc(environ: Mapping[str, str]) -> dict[str, Any]:
    issuer, client_id = environ.get("SANGGAR_OIDC_ISSUER", "").rstrip("/"), environ.get("SANGGAR_OIDC_CLIENT_ID", "")
    if issuer and not re.match(r"https://|http://(127\.0\.0\.1|localhost)[:/]", issuer):
        raise Misconfigured("SANGGAR_OIDC_ISSUER must begin with https://, such as https://accounts.google.com")
    if issuer and not client_id:
        raise Misconfigured("set SANGGAR_OIDC_CLIENT_ID and SANGGAR_OIDC_CLIENT_SECRET, as the provider gave them")
    return {
        "oidc_issuer": issuer,
        "oidc_client_id": client_id,
        "oidc_client_secret": _secret(environ, "SANGGAR_OIDC_CLIENT_SECRET"),
        "oidc_domains": tuple(environ.get("SANGGAR_OIDC_DOMAINS", "").casefold().replace(",", " ").split()),
    }


def _secret(environ: Mapping[str, str], name: str) -> str:
    """What the variable says, or the file that ``<name>_FILE`` names. Raises :class:`Misconfigured`."""
    path = environ.get(f"{name}_FILE", "")
    try:
        return Path(path).read_text("utf-8").strip() if path else environ.get(name, "")
    except OSError:
        raise Misconfigured(f"{name}_FILE names no file that can be read") from None


def seconds(duration: str) -> float:
    """``"200ms"``, ``"5s"``, ``"1m"`` or ``"1h"`` in seconds. Raises :class:`Misconfigured`."""
    match = re.fullmatch(r"([0-9]+)(ms|s|m|h)", duration)
    if match is None:
        raise Misconfigured(f"{duration!r} is no duration; write it like 200ms, 5s, 1m or 1h")
    return int(match[1]) * _UNITS[match[2]]


def _durations(environ: Mapping[str, str], name: str, default: str) -> tuple[str, ...]:
    durations = tuple(each.strip() for each in environ.get(name, default).split(","))
    try:
        for each in durations:
            seconds(each)
    except Misconfigured as trouble:
        raise Misconfigured(f"{name}: {trouble}") from None
    return durations


def _whole(environ: Mapping[str, str], name: str, default: int, least: int = 0) -> int:
    try:
        value = int(environ.get(name, default))
    except ValueError:
        value = least - 1
    if value < least:
        raise Misconfigured(f"{name} must be a whole number, at least {least}")
    return value
