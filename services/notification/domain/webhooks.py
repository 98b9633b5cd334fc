"""Rules of webhooks: secrets, when a delivery is tried again, and when one gives up."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

BACKOFF = (
    timedelta(seconds=5),
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
)
ROTATION = timedelta(hours=24)
MOST_WEBHOOKS = 50
MOST_GIVEN_UP = 5
_PATIENCE = 3
_LONGEST_REST = timedelta(hours=1)
_GONE = 410


def new_secret() -> str:
    """A secret as Standard Webhooks writes it: ``whsec_`` and 32 random bytes in base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def signing_secrets(webhook: Mapping[str, Any], now: datetime) -> list[str]:
    """The secrets to sign with: the present one, and for 24 hours after a rotation the one before."""
    until = webhook["previous_secret_until"]
    return [webhook["secret"], *([webhook["previous_secret"]] if until is not None and now < until else [])]


def next_attempt(attempts: int, now: datetime) -> datetime | None:
    """When a delivery that failed ``attempts`` times is due again; ``None``: it is given up."""
    return now + BACKOFF[attempts - 1] if attempts <= len(BACKOFF) else None


def rests_until(failures: int, now: datetime) -> datetime | None:
    """Until when a receiver is left alone that failed so many times in a row, whatever was sent: others come first."""
    if failures < _PATIENCE:
        return None
    doublings: int = 2 ** min(failures - _PATIENCE, 10)
    return now + min(_LONGEST_REST, BACKOFF[0] * doublings)


def is_delivered(status: int | None) -> bool:
    return status is not None and 200 <= status < 300


def gives_up_for_good(given_up: int, status: int | None) -> bool:
    """Whether the webhook is switched off: five deliveries in a row were given up, or its receiver says it is gone."""
    return given_up >= MOST_GIVEN_UP or status == _GONE
