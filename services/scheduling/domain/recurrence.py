"""Recurrence rules: the part of RFC 5545 (section 3.3.10) by which communities meet.

``FREQ`` DAILY, WEEKLY or MONTHLY with ``INTERVAL``, ``BYDAY``, ``BYMONTHDAY``, ``BYSETPOS``, ``WKST`` and one of
``COUNT`` and ``UNTIL``. ``UNTIL`` is an inclusive local date. A rule yields days, and only inside a window: one that
matches nothing ends with the window instead of searching to the year 9999 (docs/decisions/0040).
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from shared.errors import Invalid

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY")
FINER = ("HOURLY", "MINUTELY", "SECONDLY")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MOST_DATES = 400
WIDEST_INTERVAL = {"DAILY": 366, "WEEKLY": 52, "MONTHLY": 12}
# Of an age in which one can reckon with days, as those of contracts are.
_YEARS = range(1901, 2500)

_PARTS = ("FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYSETPOS", "WKST")


class Weekday(NamedTuple):
    """A weekday (0 is Monday), in months also with its place: 2 is the second, -1 the last, 0 every one."""

    day: int
    place: int = 0

    def __str__(self) -> str:
        return f"{self.place or ''}{WEEKDAYS[self.day]}"


@dataclass(frozen=True)
class Rule:
    """A recurrence rule that has been checked; ``str`` gives its canonical text."""

    frequency: str
    interval: int = 1
    weekdays: tuple[Weekday, ...] = ()
    month_days: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    week_start: int = 0
    count: int | None = None
    until: date | None = None

    def dates(self, start: date, through: date) -> Iterator[date]:
        """The rule's days from ``start`` to ``through``, both included, in order; ``COUNT`` counts from ``start``."""
        last = min(through, self.until or through)
        found = 0
        for period in self._periods(start, last):
            for day in period:
                if day < start:
                    continue
                if day > last or found == self.count:
                    return
                found += 1
                yield day

    def until_before(self, day: date) -> Rule:
        """The rule without its days from ``day`` on."""
        eve = day - timedelta(days=1)
        return replace(self, count=None, until=eve if self.until is None else min(eve, self.until))

    def moved_by(self, days: int) -> Rule:
        """The rule whose days are those of this one, each so many days later. Raises :class:`Invalid` about ``rrule``
        when no rule says that: a month's second Tuesday plus two days, or weeks that would fall apart."""
        named = self.month_days or self.positions or (self.weekdays and self.frequency == "MONTHLY")
        offsets = {(weekday.day - self.week_start) % 7 for weekday in self.weekdays}
        apart = len({(offset + days) // 7 for offset in offsets}) > 1
        if named or (self.interval > 1 and self.frequency != "MONTHLY" and apart):
            raise Invalid.field("rrule", "series.rule_to_be_given")
        weekdays = tuple(sorted(Weekday((weekday.day + days) % 7) for weekday in self.weekdays))
        until = self.until and min(self.until + timedelta(days=days), date(_YEARS[-1], 12, 31))
        return replace(self, weekdays=weekdays, until=until)

    def __str__(self) -> str:
        parts = [f"FREQ={self.frequency}"]
        if self.interval > 1:
            parts.append(f"INTERVAL={self.interval}")
        if self.count is not None:
            parts.append(f"COUNT={self.count}")
        if self.until is not None:
            parts.append(f"UNTIL={self.until:%Y%m%d}")
        if self.weekdays:
            parts.append(f"BYDAY={','.join(map(str, self.weekdays))}")
        if self.month_days:
            parts.append(f"BYMONTHDAY={','.join(map(str, self.month_days))}")
        if self.positions:
            parts.append(f"BYSETPOS={','.join(map(str, self.positions))}")
        if self.week_start:
            parts.append(f"WKST={WEEKDAYS[self.week_start]}")
        return ";".join(parts)

    def _periods(self, start: date, last: date) -> Iterator[list[date]]:
        """The candidates of each day, week or month that the rule visits, up to the one that holds ``last``."""
        if self.frequency == "MONTHLY":
            yield from self._months(start, last)
            return
        if self.frequency == "DAILY":
            first, step = start, timedelta(days=self.interval)
            offsets = [0]
        else:
            first = start - timedelta(days=(start.weekday() - self.week_start) % 7)
            step = timedelta(weeks=self.interval)
            days = {weekday.day for weekday in self.weekdays} or {start.weekday()}
            offsets = sorted((day - self.week_start) % 7 for day in days)
        wanted = {weekday.day for weekday in self.weekdays} or set(range(7))
        while first <= last:
            period = [first + timedelta(days=offset) for offset in offsets]
            yield [day for day in period if self.frequency == "WEEKLY" or day.weekday() in wanted]
            first += step

    def _months(self, start: date, last: date) -> Iterator[list[date]]:
        month = start.year * 12 + start.month - 1
        while month <= last.year * 12 + last.month - 1:
            yield self._in_month(month // 12, month % 12 + 1, start.day)
            month += self.interval

    def _in_month(self, year: int, month: int, start_day: int) -> list[date]:
        length = monthrange(year, month)[1]
        month_days = self.month_days or (() if self.weekdays else (start_day,))
        numbers = {n if n > 0 else length + 1 + n for n in month_days} or set(range(1, length + 1))
        days = [date(year, month, number) for number in sorted(numbers) if 1 <= number <= length]
        if self.weekdays:
            days = [day for day in days if any(_falls_on(day, weekday, length) for weekday in self.weekdays)]
        if self.positions:
            places = {n - 1 if n > 0 else len(days) + n for n in self.positions}
            days = [day for place, day in enumerate(days) if place in places]
        return days


def parse(text: str) -> Rule:
    """The rule that ``text`` states. Raises :class:`Invalid` about ``rrule`` for what communities cannot meet by:
    anything finer than a day, unknown or contradicting parts, more than 400 dates, days that do not exist."""
    parts: dict[str, str] = {}
    for part in text.strip().upper().removeprefix("RRULE:").rstrip(";").split(";"):
        name, _, value = part.partition("=")
        if name not in _PARTS:
            raise _bad("rule_part_unknown", part=name[:40])
        if name in parts or not value:
            raise _bad("rule_part_wrong", part=name)
        parts[name] = value
    frequency = parts.get("FREQ", "")
    if frequency in FINER:
        raise _bad("rule_too_fine")
    if frequency not in FREQUENCIES:
        raise _bad("rule_frequency")
    rule = Rule(
        frequency,
        interval=_whole(parts, "INTERVAL", 1, WIDEST_INTERVAL[frequency]) or 1,
        weekdays=_weekdays(parts, frequency),
        month_days=_numbers(parts, "BYMONTHDAY", 31, frequency),
        positions=_numbers(parts, "BYSETPOS", 31, frequency),
        week_start=_week_start(parts),
        count=_whole(parts, "COUNT", 1, MOST_DATES),
        until=_until(parts),
    )
    if rule.count is not None and rule.until is not None:
        raise _bad("rule_count_and_until")
    if rule.positions and not (rule.weekdays or rule.month_days):
        raise _bad("rule_part_wrong", part="BYSETPOS")
    return rule


def _falls_on(day: date, weekday: Weekday, length: int) -> bool:
    if day.weekday() != weekday.day:
        return False
    if weekday.place > 0:
        return (day.day - 1) // 7 + 1 == weekday.place
    if weekday.place < 0:
        return (length - day.day) // 7 + 1 == -weekday.place
    return True


def _whole(parts: dict[str, str], name: str, least: int, most: int) -> int | None:
    text = parts.get(name)
    if text is None:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) < least:
        raise _bad("rule_part_wrong", part=name)
    if int(text) > most:
        raise _bad("rule_number_too_large", part=name, most=most)
    return int(text)


def _numbers(parts: dict[str, str], name: str, most: int, frequency: str) -> tuple[int, ...]:
    if name not in parts:
        return ()
    if frequency != "MONTHLY":
        raise _bad("rule_monthly_only", part=name)
    numbers = set()
    for text in parts[name].split(","):
        if not re.fullmatch(r"[+-]?[0-9]{1,2}", text) or not 1 <= abs(int(text)) <= most:
            raise _bad("rule_part_wrong", part=name)
        numbers.add(int(text))
    return tuple(sorted(numbers))


def _weekdays(parts: dict[str, str], frequency: str) -> tuple[Weekday, ...]:
    if "BYDAY" not in parts:
        return ()
    weekdays = set()
    for text in parts["BYDAY"].split(","):
        match = re.fullmatch(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)", text)
        if match is None:
            raise _bad("rule_part_wrong", part="BYDAY")
        if match[1] and frequency != "MONTHLY":
            raise _bad("rule_monthly_only", part=f"BYDAY={text}")
        weekdays.add(Weekday(WEEKDAYS.index(match[2]), int(match[1] or 0)))
    # Calendars disagree on "every Tuesday and the first Saturday": some take it for both at once.
    if len({weekday.place == 0 for weekday in weekdays}) > 1:
        raise _bad("rule_part_wrong", part="BYDAY")
    return tuple(sorted(weekdays))


def _week_start(parts: dict[str, str]) -> int:
    text = parts.get("WKST", "MO")
    if text not in WEEKDAYS:
        raise _bad("rule_part_wrong", part="WKST")
    return WEEKDAYS.index(text)


def _until(parts: dict[str, str]) -> date | None:
    text = parts.get("UNTIL")
    if text is None:
        return None
    if not re.fullmatch(r"[0-9]{8}", text):
        raise _bad("rule_until_form")
    try:
        last = date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        raise _bad("rule_until_form") from None
    if last.year not in _YEARS:
        raise _bad("rule_until_far", first=_YEARS[0], last=_YEARS[-1])
    return last


def _bad(text: str, **params: object) -> Invalid:
    return Invalid.field("rrule", f"scheduling.{text}", **params)
