"""The one clock: UTC, cut to the millisecond that the database keeps."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta

EPOCH = datetime.fromtimestamp(0, UTC)

_MILLISECOND = timedelta(milliseconds=1)

# Only the fault runs set this: a machine whose clock is wrong by so many seconds.
_SKEW_SECONDS = float(os.environ.get("SANGGAR_CLOCK_SKEW", "0"))
_SKEW_NANOSECONDS = int(_SKEW_SECONDS * 1e9)


def now() -> datetime:
    """The present moment, time-zone aware, in UTC, to the millisecond."""
    moment = datetime.now(UTC) + timedelta(seconds=_SKEW_SECONDS)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def now_ms() -> int:
    """The present moment in whole milliseconds since the epoch."""
    return now_ns() // 1_000_000


def now_ns() -> int:
    """The present moment in nanoseconds since the epoch."""
    return time.time_ns() + _SKEW_NANOSECONDS


def ms(moment: datetime) -> int:
    """A moment as whole milliseconds since the epoch."""
    # Not by way of its timestamp: as a float, six in a thousand come out a millisecond early.
    return (moment - EPOCH) // _MILLISECOND


def from_ms(number: int) -> datetime:
    """The moment so many milliseconds after the epoch."""
    return EPOCH + number * _MILLISECOND


def next_version(previous: int = 0) -> int:
    """The version that follows ``previous``: ``max(previous + 1, now in ms)``.

    Milliseconds keep a database restored from a backup from using a version twice (docs/decisions/0003).
    """
    return max(previous + 1, now_ms())
