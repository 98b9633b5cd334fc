"""Accounts: when a refresh token still counts, and how failed logins slow down further ones."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum
from ipaddress import ip_address, ip_network

GRACE = timedelta(seconds=60)
SESSION_LIFE = timedelta(days=60)
CODE_LIFE = timedelta(days=60)
FAILURES_KEPT = timedelta(hours=1)
FREE_FAILURES = 10
# Of one account, from wherever: what a single place can't reach, for then it could keep the owner out from afar.
FREE_EVERYWHERE = 100
_WATCHED_MINUTES = 15
_FIRST_PAUSE = 5.0
_LONGEST_PAUSE = 60.0


class Presented(Enum):
    """What a presented refresh token is to its login session."""

    CURRENT = "current"
    JUST_ROTATED = "just_rotated"
    REUSED = "reused"


def judge(presented: int, generation: int, rotated_at: datetime, now: datetime) -> Presented:
    """What a token of generation ``presented`` is, when the session has reached ``generation``.

    A token that was rotated less than 60 s ago gets its successor once more, for answers lost on a weak signal; any
    older one has been stolen, from its owner or by them.
    """
    if presented == generation:
        return Presented.CURRENT
    if presented == generation - 1 and now - rotated_at <= GRACE:
        return Presented.JUST_ROTATED
    return Presented.REUSED


def recent(minutes: Mapping[str, int], now: datetime) -> dict[str, int]:
    """Of the failures counted by minute, those of the last 15."""
    oldest = _minute(now) - _WATCHED_MINUTES
    return {minute: failures for minute, failures in minutes.items() if int(minute) > oldest}


def counted(minutes: Mapping[str, int], now: datetime) -> dict[str, int]:
    """The failures of the last 15 minutes with one more."""
    kept, minute = recent(minutes, now), str(_minute(now))
    return {**kept, minute: kept.get(minute, 0) + 1}


def pause(failures: int, last: datetime | None, now: datetime, free: int = FREE_FAILURES) -> float:
    """How many seconds until the next try is looked at, after so many failures in the last 15 minutes.

    None up to those that are ``free``, then from 5 s, doubling with each further failure, to a minute. Nobody is ever
    locked out.
    """
    over = failures - free
    if over < 0 or last is None:
        return 0.0
    length = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(over, 10))
    return max(0.0, length - (now - last).total_seconds())


def place_of(address: str | None) -> str:
    """Where a try comes from: its address, of IPv6 the network, for whoever has one has all addresses in it."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return ""
    return str(found) if found.version == 4 else str(ip_network((found, 64), strict=False))


def _minute(moment: datetime) -> int:
    return int(moment.timestamp()) // 60
