"""Deadlines: a decree and an officer's term end on a day; the officers are warned twice before. Days are those of the
district's time zone, ``YYYY-MM-DD``."""

from __future__ import annotations

from datetime import date, timedelta

NOTICES = (60, 14)
NEVER = ""


def first_notice(until: str, today: str) -> str:
    """The day of the first warning of what ends on ``until``: at once if all of them would have been earlier, and
    :data:`NEVER` if it is over."""
    if until < today:
        return NEVER
    return min((day for day in _days(until) if day >= today), default=today)


def next_notice(until: str, today: str) -> str:
    """The day of the warning after one given today, or :data:`NEVER`."""
    return min((day for day in _days(until) if day > today), default=NEVER)


def days_left(until: str, today: str) -> int:
    """How many days follow today, up to the last one; negative once it is over."""
    return (date.fromisoformat(until) - date.fromisoformat(today)).days


def _days(until: str) -> list[str]:
    last = date.fromisoformat(until)
    return [(last - timedelta(days=notice)).isoformat() for notice in NOTICES]
