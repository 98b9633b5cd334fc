"""A session: when it may be, what a change of it means to people, and which cycle it may serve."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from shared.errors import Conflict, Invalid

USUAL = timedelta(minutes=120)
SHORTEST = timedelta(minutes=5)
LONGEST = timedelta(hours=24)
LONGEST_AGO = timedelta(days=366)
FURTHEST_AHEAD = timedelta(days=732)
USUAL_STRETCH = timedelta(days=92)
# Beyond the furthest that a session may be set or a series' date be moved to.
FURTHEST_LISTED = timedelta(days=800)
# All that a list of one community reaches over, and the rest of the days on which it begins and ends.
LONGEST_STRETCH = LONGEST_AGO + FURTHEST_LISTED + timedelta(days=2)

# What people must hear of: they would come at the wrong time, to the wrong place, or in the wrong way.
_MOVING = ("starts_at", "ends_at", "timezone", "place", "mode")


def period(
    starts_at: datetime, ends_at: datetime | None, minutes: int | None, usual: timedelta, now: datetime
) -> tuple[datetime, datetime]:
    """From when until when a session lasts: until ``ends_at``, or for ``minutes``, or for the ``usual`` time. Raises
    :class:`Invalid` for both at once, an end before the beginning, more than a day, a beginning out of reach."""
    if ends_at is not None and minutes is not None:
        raise Invalid.field("ends_at", "scheduling.end_or_duration")
    if not now - LONGEST_AGO <= starts_at <= now + FURTHEST_AHEAD:
        raise Invalid.field("starts_at", "scheduling.session_out_of_range")
    if ends_at is None:
        return starts_at, starts_at + (usual if minutes is None else timedelta(minutes=minutes))
    if not SHORTEST <= ends_at - starts_at <= LONGEST:
        raise Invalid.field("ends_at", "scheduling.session_length")
    return starts_at, ends_at


def moved(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether a change concerns time, place or mode: then people are told."""
    return any(before[name] != after[name] for name in _MOVING)


def check_scheduled(status: str) -> None:
    """Raises :class:`Conflict` for a session that was cancelled."""
    if status != "scheduled":
        raise Conflict("scheduling.session_cancelled")


def check_coming(starts_at: datetime, now: datetime) -> None:
    """Raises :class:`Conflict` for a session that has begun: nothing of a series is changed from there on."""
    if starts_at <= now:
        raise Conflict("series.session_begun")


def check_ahead(starts_at: datetime, now: datetime) -> None:
    """Raises :class:`Invalid` for a new beginning that is over: a series goes on only where people can still come."""
    if starts_at <= now:
        raise Invalid.field("starts_at", "series.moved_into_past")


def minutes(starts_at: datetime, ends_at: datetime) -> int:
    """How long a session lasts. Raises :class:`Invalid` for anything finer than a minute."""
    whole, rest = divmod(ends_at - starts_at, timedelta(minutes=1))
    if rest:
        raise Invalid.field("ends_at", "series.whole_minutes")
    return whole


def check_cycle(cycle: Mapping[str, Any] | None, community_ids: Collection[str], phase: str | None) -> None:
    """Raises :class:`Invalid` when a meeting of the community, kept under these ids, cannot serve this cycle: it is
    another community's or closed; and for a phase without a cycle."""
    if cycle is None:
        if phase is not None:
            raise Invalid.field("phase", "scheduling.phase_without_cycle")
    elif cycle["community_id"] not in community_ids:
        raise Invalid.field("cycle_id", "scheduling.cycle_of_another_community")
    elif cycle["stage"] == "closed":
        raise Invalid.field("cycle_id", "scheduling.cycle_closed")


def stretch(start: datetime | None, end: datetime | None, now: datetime, *, whole: bool) -> tuple[datetime, datetime]:
    """From when until when a list of sessions reaches, unless said otherwise: a ``whole`` one from a year ago as far
    ahead as there are sessions, any other from a day ago for 92 days. Raises :class:`Invalid` for an end before the
    beginning and for more than the longest stretch."""
    if start is None:
        start = now - (LONGEST_AGO if whole else timedelta(days=1))
    if end is None:
        end = max(start, min(start + LONGEST_STRETCH, now + FURTHEST_LISTED)) if whole else start + USUAL_STRETCH
    if not timedelta() <= end - start <= LONGEST_STRETCH:
        raise Invalid.field("to", "scheduling.stretch", days=LONGEST_STRETCH.days)
    return start, end
