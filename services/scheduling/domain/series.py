"""A series: a rule, from a first day, at a local time; and the meetings that come of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, NamedTuple

from services.scheduling.domain import recurrence, zones
from services.scheduling.domain.recurrence import MOST_DATES, Rule
from shared.errors import Conflict, Invalid

FURTHEST_START = timedelta(days=366)
ROLL_EVERY = timedelta(days=7)
# How far ahead a session may be, moved away from its date too, and how many there may be until then.
FURTHEST_SESSION = timedelta(days=800)
MOST_SESSIONS = 4 * MOST_DATES
_DAYS_OF_EACH_MONTH = 28
_ONE_DAY = timedelta(days=1)
# Those of years ago explain nothing any more.
_MOST_PAUSES = 50
# A rule that names a day looks no further for it: the 29th of February, every twelve months, comes in four years.
_FURTHEST_MATCH = timedelta(days=8 * 366)


class Occurrence(NamedTuple):
    """One meeting of a series: ``on`` is its local day by the rule, the moments are UTC."""

    on: date
    starts_at: datetime
    ends_at: datetime


class Pause(NamedTuple):
    """From when to when a series does not meet, both days included; ``until`` is ``None`` while nobody knows."""

    since: date
    until: date | None

    def holds(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True)
class Pattern:
    """When a series meets: ``at`` is local time in ``zone``, ``minutes`` how long each meeting lasts.

    ``left_out`` and ``added`` are local days (EXDATE and RDATE of RFC 5545): the former win. Days that are left out, or
    lie in a pause, count for the rule's ``COUNT``.
    """

    rule: Rule
    starts_on: date
    at: time
    minutes: int
    zone: str
    left_out: frozenset[date] = frozenset()
    added: frozenset[date] = frozenset()
    pauses: tuple[Pause, ...] = ()

    @classmethod
    def of(cls, series: Mapping[str, Any]) -> Pattern:
        """The pattern of a series, as its record says it."""
        return cls(
            recurrence.parse(series["rrule"]),
            date.fromisoformat(series["starts_on"]),
            time.fromisoformat(series["starts_at"]),
            series["duration_minutes"],
            series["timezone"],
            frozenset(map(date.fromisoformat, series.get("exdates", ()))),
            frozenset(map(date.fromisoformat, series.get("rdates", ()))),
            pauses_of(series),
        )

    def record(self) -> dict[str, Any]:
        """The same as the record says it."""
        return {
            "rrule": str(self.rule),
            "starts_on": self.starts_on.isoformat(),
            "starts_at": f"{self.at:%H:%M}",
            "duration_minutes": self.minutes,
            "timezone": self.zone,
            "exdates": [day.isoformat() for day in sorted(self.left_out)],
            "rdates": [day.isoformat() for day in sorted(self.added)],
            "pauses": [
                {"since": each.since.isoformat(), "until": each.until and each.until.isoformat()}
                for each in self.pauses
            ],
        }

    def days(self, through: date) -> Iterator[date]:
        """The local days on which the series meets, up to and including ``through``, in order."""
        days = {*self.rule.dates(self.starts_on, through), *(day for day in self.added if day <= through)}
        return (day for day in sorted(days - self.left_out) if not any(pause.holds(day) for pause in self.pauses))

    def occurrences(self, through: date, *, beyond: date | None = None) -> list[Occurrence]:
        """The meetings up to and including the local day ``through``; only those after ``beyond``, where given."""
        return [self.on(day) for day in self.days(through) if beyond is None or day > beyond]

    def exhausted(self, through: date) -> bool:
        """Whether there are no days after ``through``, by the rule's ``COUNT`` or ``UNTIL``."""
        if any(day > through for day in self.added):
            return False
        if self.rule.until is not None:
            return not any(day > through for day in self.rule.dates(self.starts_on, self.rule.until))
        return self.rule.count is not None and len(list(self.rule.dates(self.starts_on, through))) == self.rule.count

    def cut(self, day: date) -> tuple[Pattern, Pattern]:
        """The meetings before ``day``, and those from then on: together what they were, whatever ``COUNT`` said."""
        count, earlier = self.rule.count, 0
        if count is not None:
            earlier = len(list(self.rule.dates(self.starts_on, day - _ONE_DAY)))
        before = replace(
            self,
            rule=self.rule if earlier and earlier == count else self.rule.until_before(day),
            left_out=frozenset(each for each in self.left_out if each < day),
            added=frozenset(each for each in self.added if each < day),
            pauses=tuple(each for each in self.pauses if each.since < day),
        )
        first = next((each for each in self.rule.dates(self.starts_on, day + _FURTHEST_MATCH) if each >= day), None)
        rest = self.rule if count is None else replace(self.rule, count=count - earlier)
        after = replace(
            self,
            rule=self.rule.until_before(day) if first is None else rest,
            starts_on=first or day,
            left_out=self.left_out - before.left_out,
            added=self.added - before.added,
            pauses=tuple(each for each in self.pauses if each.until is None or each.until >= day),
        )
        return before, after

    def moved_by(self, days: int) -> Pattern:
        """The pattern whose days are those of this one, each so many days later. Raises :class:`Invalid`."""
        by = timedelta(days=days)
        first = self.starts_on + by
        if self.rule.frequency == "MONTHLY" and (
            (first.month, first.year) != (self.starts_on.month, self.starts_on.year)
            # Not every month has such a day: moved, it would meet in months in which it did not, or not where it did.
            or max(first.day, self.starts_on.day) > _DAYS_OF_EACH_MONTH
        ):
            raise Invalid.field("rrule", "series.rule_to_be_given")
        return replace(
            self,
            rule=self.rule.moved_by(days),
            starts_on=first,
            left_out=frozenset(day + by for day in self.left_out),
            added=frozenset(day + by for day in self.added),
        )

    def on(self, day: date) -> Occurrence:
        """The meeting of that local day."""
        starts_at = zones.in_utc(day, self.at, self.zone)
        return Occurrence(day, starts_at, starts_at + timedelta(minutes=self.minutes))


def begin(pattern: Pattern, now: datetime) -> Pattern:
    """The pattern as a series can follow it. It begins on the first day, from its ``starts_on``, that fits the rule, so
    that rule and beginning never contradict each other (RFC 5545 leaves that undefined). Raises :class:`Invalid` when
    it would begin more than a year away, never, or with more meetings than anybody plans."""
    today = zones.local_day(now, pattern.zone)
    if abs(pattern.starts_on - today) > FURTHEST_START:
        raise Invalid.field("starts_on", "scheduling.series_start_out_of_range")
    first = next(pattern.rule.dates(pattern.starts_on, horizon(max(today, pattern.starts_on))), None)
    if first is None:
        raise Invalid.field("rrule", "scheduling.rule_without_dates")
    check_reach("exdates", pattern.left_out, today)
    check_reach("rdates", pattern.added, today)
    return bounded(replace(pattern, starts_on=first), first, today)


def bounded(pattern: Pattern, since: date, today: date) -> Pattern:
    """The pattern. Raises :class:`Invalid` when it has more meetings from ``since`` to a year ahead than anybody
    plans."""
    planned = (day for day in pattern.days(horizon(today)) if day >= since)
    if len(list(islice(planned, MOST_DATES + 1))) > MOST_DATES:
        raise Invalid.field("rrule", "scheduling.rule_too_many_dates", most=MOST_DATES)
    return pattern


def check_reach(field: str, days: Collection[date], today: date) -> None:
    """Raises :class:`Invalid` for single days that lie more than two years away."""
    if any(abs(day - today) > 2 * FURTHEST_START for day in days):
        raise Invalid.field(field, "series.date_out_of_range")


def horizon(today: date) -> date:
    """How far ahead meetings are scheduled: to the same day a year later."""
    if (today.month, today.day) == (2, 29):
        return date(today.year + 1, 2, 28)
    return today.replace(year=today.year + 1)


def next_roll(pattern: Pattern, today: date) -> date:
    """The day on which a series is looked at again: in a week, or after the last day of its rule, when it may be over.
    Days that are left out or lie in a pause may come back until then."""
    if not pattern.exhausted(horizon(today)):
        return today + ROLL_EVERY
    last = max((*pattern.rule.dates(pattern.starts_on, horizon(today)), *pattern.added), default=today)
    return max(last, today) + _ONE_DAY


def exhausted_before(pattern: Pattern, today: date) -> bool:
    """Whether all days of a series are over, those left out or in a pause too."""
    return pattern.exhausted(today - _ONE_DAY)


def check_active(status: str) -> None:
    """Raises :class:`Conflict` for a series that has been ended."""
    if status != "active":
        raise Conflict("scheduling.series_ended")


def pauses_of(series: Mapping[str, Any]) -> tuple[Pause, ...]:
    """The pauses of a series, as its record says them."""
    return tuple(
        Pause(date.fromisoformat(each["since"]), each["until"] and date.fromisoformat(each["until"]))
        for each in series.get("pauses", ())
    )


def pause_now(pauses: tuple[Pause, ...], today: date) -> Pause | None:
    """The pause that a series is in or, if none, that is planned."""
    lasting = (each for each in pauses if each.until is None or each.until >= today)
    return min(lasting, key=lambda each: each.since, default=None)


def paused(pattern: Pattern, since: date, until: date | None, today: date) -> Pattern:
    """The series that does not meet from ``since`` to ``until``. Raises :class:`Conflict` when it has a pause already,
    :class:`Invalid` for one that is over, begins more than a year away or lasts longer than that."""
    if pause_now(pattern.pauses, today) is not None:
        raise Conflict("series.series_paused")
    if not today <= since <= today + FURTHEST_START:
        raise Invalid.field("from", "series.pause_out_of_range")
    if until is not None and not since <= until <= since + FURTHEST_START:
        raise Invalid.field("until", "series.pause_out_of_range")
    return replace(pattern, pauses=(*pattern.pauses[1 - _MOST_PAUSES :], Pause(since, until)))


def resumed(pattern: Pattern, today: date) -> Pattern:
    """The series that meets again from today on. Raises :class:`Conflict` when it has no pause."""
    if pause_now(pattern.pauses, today) is None:
        raise Conflict("series.series_not_paused")
    eve = today - _ONE_DAY
    begun = (each for each in pattern.pauses if each.since < today)
    return replace(pattern, pauses=tuple(each._replace(until=min(each.until or eve, eve)) for each in begun))
