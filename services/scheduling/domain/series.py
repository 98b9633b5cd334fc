"""A series: a rule, from a first day, at a local time; and the meetings that come of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from services.scheduling.domain import zones
from services.scheduling.domain.recurrence import MOST_DATES, Rule
from shared.errors import Conflict, Invalid

FURTHEST_START = timedelta(days=366)
ROLL_EVERY = timedelta(days=7)


class Occurrence(NamedTuple):
    """One meeting of a series: ``on`` is its local day by the rule, the moments are UTC."""

    on: date
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Pattern:
    """When a series meets: ``at`` is local time in ``zone``, ``minutes`` how long each meeting lasts."""

    rule: Rule
    starts_on: date
    at: time
    minutes: int
    zone: str

    def occurrences(self, through: date, *, beyond: date | None = None) -> list[Occurrence]:
        """The meetings up to and including the local day ``through``; only those after ``beyond``, where given."""
        days = self.rule.dates(self.starts_on, through)
        return [self._on(day) for day in days if beyond is None or day > beyond]

    def exhausted(self, through: date) -> bool:
        """Whether the rule has no days after ``through``, by its ``COUNT`` or ``UNTIL``."""
        if self.rule.until is not None:
            return self.rule.until <= through
        return self.rule.count is not None and len(list(self.rule.dates(self.starts_on, through))) == self.rule.count

    def _on(self, day: date) -> Occurrence:
        starts_at = zones.in_utc(day, self.at, self.zone)
        return Occurrence(day, starts_at, starts_at + timedelta(minutes=self.minutes))


def begin(rule: Rule, starts_on: date, at: time, minutes: int, zone: str, now: datetime) -> Pattern:
    """The pattern of a new series. It begins on the first day, from ``starts_on``, that fits the rule, so that rule and
    beginning never contradict each other (RFC 5545 leaves that undefined). Raises :class:`Invalid` when it would begin
    more than a year away, never, or with more meetings than anybody plans."""
    today = zones.local_day(now, zone)
    if abs(starts_on - today) > FURTHEST_START:
        raise Invalid.field("starts_on", "scheduling.series_start_out_of_range")
    first = next(rule.dates(starts_on, horizon(max(today, starts_on))), None)
    if first is None:
        raise Invalid.field("rrule", "scheduling.rule_without_dates")
    pattern = Pattern(rule, first, at, minutes, zone)
    if len(pattern.occurrences(horizon(today))) > MOST_DATES:
        raise Invalid.field("rrule", "scheduling.rule_too_many_dates", most=MOST_DATES)
    return pattern


def horizon(today: date) -> date:
    """How far ahead meetings are scheduled: to the same day a year later."""
    if (today.month, today.day) == (2, 29):
        return date(today.year + 1, 2, 28)
    return today.replace(year=today.year + 1)


def next_roll(pattern: Pattern, today: date) -> date | None:
    """The day on which further meetings are to be scheduled; ``None`` once the rule has no more."""
    return None if pattern.exhausted(horizon(today)) else today + ROLL_EVERY


def check_active(status: str) -> None:
    """Raises :class:`Conflict` for a series that has been ended."""
    if status != "active":
        raise Conflict("scheduling.series_ended")
