"""What a date clashes with, and which dates near it are free. A clash is shown; it forbids nothing."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from services.scheduling.domain.recurrence import WEEKDAYS
from services.scheduling.domain.school_calendar import SchoolCalendar
from services.scheduling.domain.sessions import LONGEST

MOST_CLASHES = 100
MOST_ALTERNATIVES = 20
FOR_ONE_DATE = 3
LOOKS_AHEAD = timedelta(days=21)
_WITHIN_A_WEEK = timedelta(days=6)
_ONE_DAY = timedelta(days=1)


class Slot(NamedTuple):
    """When people would meet: the local day, and UTC moments."""

    on: date
    starts_at: datetime
    ends_at: datetime

    def later(self, by: timedelta) -> Slot:
        """The same some days later: none of Indonesia's zones has summer time."""
        return Slot(self.on + by, self.starts_at + by, self.ends_at + by)


@dataclass(frozen=True)
class Busy:
    """A meeting that shares ``people`` members with the community that wants to meet."""

    session_id: str
    community_id: str
    title: str
    starts_at: datetime
    ends_at: datetime
    people: int


@dataclass(frozen=True)
class Clash:
    """Why a date is not free: a ``holiday`` of that ``name``; the ``timetable``, which gives these ``weekdays``; or a
    ``meeting`` of the same people."""

    slot: Slot
    kind: str
    name: str | None = None
    weekdays: tuple[str, ...] = ()
    meeting: Busy | None = None


@dataclass(frozen=True)
class Alternative:
    """A free date in the place of the one on the day ``instead_of``."""

    instead_of: date
    slot: Slot


@dataclass(frozen=True)
class Surroundings:
    """All that a community's dates may clash with. ``weekdays`` (0 is Monday) are those of its subject, none if the
    timetable says nothing of it; ``busy`` stands in order of beginning."""

    calendar: SchoolCalendar
    weekdays: tuple[int, ...] = ()
    busy: Sequence[Busy] = ()

    def knowing(self, busy: Iterable[Busy]) -> Surroundings:
        """The same with these meetings."""
        return replace(self, busy=sorted(busy, key=lambda each: each.starts_at))

    def clashes(self, slot: Slot) -> Iterator[Clash]:
        """What the date clashes with."""
        holiday = self.calendar.holiday(slot.on)
        if holiday is not None:
            yield Clash(slot, "holiday", name=holiday)
        if self.weekdays and slot.on.weekday() not in self.weekdays:
            yield Clash(slot, "timetable", weekdays=tuple(WEEKDAYS[day] for day in self.weekdays))
        for meeting in self._at(slot):
            yield Clash(slot, "meeting", meeting=meeting)

    def free(self, slot: Slot) -> bool:
        """Whether the date clashes with nothing."""
        return next(self.clashes(slot), None) is None

    def _at(self, slot: Slot) -> Iterator[Busy]:
        first = bisect_left(self.busy, slot.starts_at - LONGEST, key=lambda each: each.starts_at)
        for meeting in self.busy[first:]:
            if meeting.starts_at >= slot.ends_at:
                return
            if meeting.ends_at > slot.starts_at:
                yield meeting


def looked_at(slots: Sequence[Slot], around: Surroundings, earliest: datetime) -> tuple[list[Clash], list[Alternative]]:
    """What these dates clash with, the soonest first, at most a hundred; and free ones in their place, none of which
    begins before ``earliest``.

    For a single date the next three within three weeks; for one of several the nearest within six days.
    """
    clashes: list[Clash] = []
    alternatives: list[Alternative] = []
    taken = {slot.on for slot in slots}
    for slot in slots:
        found = list(around.clashes(slot))
        clashes += found
        if found and len(alternatives) < MOST_ALTERNATIVES:
            near = _later(slot) if len(slots) == 1 else _nearest(slot)
            free = (each for each in near if each.on not in taken and each.starts_at > earliest and around.free(each))
            most = FOR_ONE_DATE if len(slots) == 1 else 1
            for _, each in zip(range(most), free, strict=False):
                alternatives.append(Alternative(slot.on, each))
                taken.add(each.on)
        if len(clashes) >= MOST_CLASHES:
            break
    return clashes[:MOST_CLASHES], alternatives


def _later(slot: Slot) -> Iterator[Slot]:
    return (slot.later(_ONE_DAY * days) for days in range(1, LOOKS_AHEAD.days + 1))


def _nearest(slot: Slot) -> Iterator[Slot]:
    for days in range(1, _WITHIN_A_WEEK.days + 1):
        yield slot.later(_ONE_DAY * days)
        yield slot.later(-_ONE_DAY * days)
