"""What an officer changes of a series, and how it meets then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from services.scheduling.domain import zones
from services.scheduling.domain.recurrence import Rule
from services.scheduling.domain.series import Pattern, begin, bounded, check_reach
from shared.errors import Invalid

THIS, FOLLOWING, ALL = "this", "following", "all"
_TIMES = ("rule", "starts_on", "at", "minutes", "zone")


@dataclass(frozen=True)
class Change:
    """What is given; the rest stays. ``words`` are fields of the meetings that are no matter of time.

    ``shift`` moves every day by so many days, for whoever moves one meeting and means those that follow; it goes with
    neither ``rule`` nor ``starts_on``.
    """

    words: Mapping[str, Any] = field(default_factory=dict)
    rule: Rule | None = None
    starts_on: date | None = None
    at: time | None = None
    minutes: int | None = None
    zone: str | None = None
    left_out: frozenset[date] | None = None
    added: frozenset[date] | None = None
    shift: int = 0

    def counted_from(self, day: date) -> Change:
        """The change whose rule, where it gives one, counts from ``day`` unless it says from when: the old rule's first
        day may lie later in the week than the new one's."""
        return self if self.rule is None or self.starts_on is not None else replace(self, starts_on=day)

    @property
    def timed(self) -> bool:
        """Whether it says anything of when the series meets, be it what is so already."""
        return bool(self.shift) or any(getattr(self, name) is not None for name in _TIMES)

    def times(self, pattern: Pattern) -> bool:
        """Whether the series would meet by another rule, or at another time of the day."""
        return bool(self.shift) or any(getattr(self, name) not in (None, getattr(pattern, name)) for name in _TIMES)

    def concerns(self, series: Mapping[str, Any]) -> bool:
        """Whether somebody who knows only of the series as it was would come at a wrong time or to a wrong place."""
        pattern = Pattern.of(series)
        days = self.left_out not in (None, pattern.left_out) or self.added not in (None, pattern.added)
        return days or self.times(pattern) or any(self.words.get(n, series[n]) != series[n] for n in ("place", "mode"))

    def applied(self, pattern: Pattern, now: datetime) -> Pattern:
        """The pattern after the change; where it gives another rule or first day, ``COUNT`` counts from there. Raises
        :class:`Invalid` as :func:`begin` does, and for what cannot go together."""
        changed = pattern.moved_by(self.shift) if self.shift else pattern
        changed = replace(
            changed,
            at=self.at or changed.at,
            minutes=self.minutes or changed.minutes,
            zone=self.zone or changed.zone,
            left_out=changed.left_out if self.left_out is None else self.left_out,
            added=changed.added if self.added is None else self.added,
        )
        today = zones.local_day(now, changed.zone)
        check_reach("exdates", changed.left_out - pattern.left_out, today)
        check_reach("rdates", changed.added - pattern.added, today)
        if self.rule is None and self.starts_on is None:
            return changed if changed == pattern else bounded(changed, today, today)
        starts_on = self.starts_on or changed.starts_on
        if self.starts_on is not None and starts_on < today:
            raise Invalid.field("starts_on", "series.start_passed")
        return begin(replace(changed, rule=self.rule or changed.rule, starts_on=starts_on), now)


def first_open_day(now: datetime, zone: str, at: time, held: frozenset[date]) -> date:
    """From when on a series can still be changed: today, or tomorrow when today's meeting has begun or would have, were
    it to begin at the local time ``at``."""
    today = zones.local_day(now, zone)
    over = today in held or zones.in_utc(today, at, zone) <= now
    return today + timedelta(days=1) if over else today


def from_meeting(occurs_on: date, starts_at: datetime, zone: str) -> tuple[int, time]:
    """By how many days a series is moved, and to which local time, when the meeting of ``occurs_on`` is to begin at
    ``starts_at`` (UTC) and those that follow likewise. Raises :class:`Invalid` for anything finer than a minute."""
    local = zones.local(starts_at, zone)
    if local.second or local.microsecond:
        raise Invalid.field("starts_at", "series.whole_minutes")
    return (local.date() - occurs_on).days, local.time()
