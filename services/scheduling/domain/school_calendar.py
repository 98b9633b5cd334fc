"""The days on which a district's schools are closed, and the weekdays on which they free the teachers of a subject."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from services.scheduling.domain.recurrence import WEEKDAYS
from shared.errors import Invalid

LONGEST_HOLIDAY = timedelta(days=92)
_ANY = None


@dataclass(frozen=True)
class OwnDays:
    """What the district says of the days from ``first`` to ``last``, both included: closed, or school all the same."""

    first: date
    last: date
    name: str
    school_day: bool

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> OwnDays:
        """The days of a record. Raises :class:`Invalid` for an end before the beginning, and for more than a quarter of
        a year."""
        first = date.fromisoformat(record["on"])
        last = date.fromisoformat(record["until"]) if record.get("until") else first
        if not first <= last <= first + LONGEST_HOLIDAY:
            raise Invalid.field("items", "timetable.holiday_length", on=record["on"], days=LONGEST_HOLIDAY.days)
        return cls(first, last, record["name"], record.get("school_day", False))


@dataclass(frozen=True)
class SchoolCalendar:
    """The national holidays by day, and the district's own days, which win; the later of two wins over the former."""

    national: Mapping[date, str]
    own: Sequence[OwnDays] = ()

    def holiday(self, day: date) -> str | None:
        """What is celebrated on a day on which schools are closed."""
        for days in reversed(self.own):
            if days.first <= day <= days.last:
                return None if days.school_day else days.name
        return self.national.get(day)


def weekdays_of(entries: Sequence[Mapping[str, Any]], subject: str | None, level: str | None) -> tuple[int, ...]:
    """The weekdays (0 is Monday) that the timetable gives to a subject at a level; none where it says nothing of them.

    An entry without a subject speaks of every subject, one without a level of every level. What is said of the subject
    itself wins over what is said of all.
    """
    of_level = [each for each in entries if each["level"] in (_ANY, level)]
    named = [
        each
        for each in of_level
        if each["subject"] is not _ANY and each["subject"].casefold() == (subject or "").casefold()
    ]
    wanted = named or [each for each in of_level if each["subject"] is _ANY]
    return tuple(sorted({WEEKDAYS.index(each["weekday"]) for each in wanted}))
