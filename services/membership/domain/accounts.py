"""Accounts: when a refresh token still counts, and how failed logins slow down further ones."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum

GRACE = timedelta(seconds=60)
SESSION_LIFE = timedelta(days=60)
CODE_LIFE = timedelta(days=60)
FAILURES_KEPT = timedelta(hours=1)
FREE_FAILURES = 10
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


def pause(failures: int, last: datetime | None, now: datetime) -> float:
    """How many seconds until the next try is looked at, after so many failures in the last 15 minutes.

    None up to ten, then from 5 s, doubling with each further failure, to a minute. Nobody is ever locked out.
    """
    over = failures - FREE_FAILURES
    if over < 0 or last is None:
        return 0.0
    length = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(over, 10))
    return max(0.0, length - (now - last).total_seconds())
