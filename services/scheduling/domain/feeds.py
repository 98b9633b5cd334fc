"""What a calendar shows: sessions as the entries of RFC 5545, those of a series under its rule (docs/decisions/0170).

Sessions are the truth: whatever a series' rule says of days is corrected by exceptions, so that the entries always make
exactly the sessions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from services.scheduling.domain.series import FURTHEST_SESSION, Pattern

LOOKS_BACK = timedelta(days=92)

# Versions are milliseconds; a calendar's numbers have 31 bits.
_FIRST_SECOND = int(datetime(2020, 1, 1, tzinfo=UTC).timestamp())
_TOLD = ("title", "goal", "place", "join_url", "timezone")

Doc = Mapping[str, Any]


@dataclass(frozen=True)
class Regular:
    """A series as far as a calendar needs it: its document and when it meets."""

    doc: Doc
    pattern: Pattern


@dataclass(frozen=True)
class Entry:
    """One ``VEVENT``. Moments are UTC, people see them in ``timezone``.

    With a ``rule`` (an RRULE's text) it repeats, but for the moments ``without`` and also at those ``besides``. One
    that stands ``instead_of`` a moment of that rule has the ``uid`` of the entry that repeats.
    """

    uid: str
    community_id: str
    title: str
    goal: str
    place: str | None
    join_url: str | None
    timezone: str
    starts_at: datetime
    ends_at: datetime
    cancelled: bool
    sequence: int
    changed_at: datetime
    rule: str | None = None
    without: tuple[datetime, ...] = ()
    besides: tuple[datetime, ...] = ()
    instead_of: datetime | None = None


def window(now: datetime) -> tuple[datetime, datetime]:
    """Which sessions a calendar shows, by their beginning: from the first of the month in which the day 92 days ago
    lies, so that it stays the same for a month, to all that may be scheduled."""
    begins = (now - LOOKS_BACK).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return begins, now + FURTHEST_SESSION


def entries(sessions: Iterable[Doc], series: Mapping[str, Regular]) -> list[Entry]:
    """The entries that make these sessions; ``series`` holds those that they belong to, by id."""
    found: list[Entry] = []
    groups: dict[str, dict[str, Doc]] = {}
    for session in sessions:
        dates = groups.setdefault(session["series_id"], {}) if session["series_id"] in series else None
        if dates is None or not session["occurs_on"] or session["occurs_on"] in dates:
            found.append(_single(session))
        else:
            dates[session["occurs_on"]] = session
    for id_, dates in groups.items():
        found += _of_series(series[id_], {date.fromisoformat(day): dates[day] for day in sorted(dates)})
    return found


def sequence(version: int) -> int:
    """The ``SEQUENCE`` of a document's version (milliseconds): the seconds since 2020, which grow as it does."""
    return max(0, version // 1000 - _FIRST_SECOND)


def _of_series(regular: Regular, dates: Mapping[date, Doc]) -> Iterator[Entry]:
    """The repeating entry and those that stand in for single dates of it."""
    pattern, series = regular.pattern, regular.doc
    by_rule = [day for day in pattern.rule.dates(pattern.starts_on, max(dates)) if day >= min(dates)] if dates else []
    begins = next((day for day in by_rule if day in dates), None)
    # A rule whose own beginning is none of its dates is undefined: then, and before it, each session stands for itself.
    yield from (_single(session) for day, session in dates.items() if begins is None or day < begins)
    if begins is None:
        return
    days = [day for day in dates if day >= begins]
    within = [day for day in by_rule if day >= begins]
    at = {day: pattern.on(day) for day in {*days, *within}}
    last = max(day for day in within if day in dates)
    revised = [series, *(dates[day] for day in days)]
    yield Entry(
        uid=series["id"],
        community_id=series["community_id"],
        **{name: series[name] for name in _TOLD},
        starts_at=at[begins].starts_at,
        ends_at=at[begins].ends_at,
        cancelled=False,
        sequence=max(sequence(doc["version"]) for doc in revised),
        changed_at=max(doc["updated_at"] for doc in revised),
        rule=_bounded(pattern, at[last].starts_at),
        without=tuple(at[day].starts_at for day in within if day not in dates and day < last),
        besides=tuple(at[day].starts_at for day in days if day not in within),
    )
    for day in days:
        if _differs(dates[day], series, at[day].starts_at, at[day].ends_at):
            yield replace(_single(dates[day]), uid=series["id"], instead_of=at[day].starts_at)


def _bounded(pattern: Pattern, last: datetime) -> str:
    """The rule up to the last date that there is a session for; further ones appear when they are scheduled."""
    return f"{replace(pattern.rule, count=None, until=None)};UNTIL={last:%Y%m%dT%H%M%SZ}"


def _differs(session: Doc, series: Doc, starts_at: datetime, ends_at: datetime) -> bool:
    return (
        session["status"] != "scheduled"
        or (session["starts_at"], session["ends_at"]) != (starts_at, ends_at)
        or any(session[name] != series[name] for name in _TOLD)
    )


def _single(session: Doc) -> Entry:
    return Entry(
        uid=session["id"],
        community_id=session["community_id"],
        **{name: session[name] for name in _TOLD},
        starts_at=session["starts_at"],
        ends_at=session["ends_at"],
        cancelled=session["status"] == "cancelled",
        sequence=sequence(session["version"]),
        changed_at=session["updated_at"],
    )
