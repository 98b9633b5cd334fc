"""Days and hours as people read them: ``Selasa, 12 Januari 2027``, ``13.00-15.00 WIB``."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time

_ZONES = {"Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
_DAY = {"id": "EEEE, d MMMM y", "en": "EEEE, d MMMM y"}
_DATE = {"id": "d MMMM y", "en": "d MMMM y"}
_CLOCK = {"id": "HH.mm", "en": "HH:mm"}
_UNTIL = {"id": "s.d.", "en": "to"}


def zone_name(timezone: str) -> str:
    """What people call a zone of Indonesia (IANA): WIB, WITA or WIT; another zone by its IANA name."""
    return _ZONES.get(timezone, timezone)


def weekday(day: date, language: str = "id") -> str:
    """``Selasa, 12 Januari 2027``."""
    return str(format_date(day, _DAY[language], locale=language))


def plain(day: date, language: str = "id") -> str:
    """``12 Januari 2027``."""
    return str(format_date(day, _DATE[language], locale=language))


def local_day(moment: datetime, timezone: str) -> date:
    """The day that it is in the zone."""
    return moment.astimezone(ZoneInfo(timezone)).date()


def bounds(
    first: datetime | date | None, last: datetime | date | None, timezone: str
) -> tuple[datetime | None, datetime | None]:
    """From when until when, both included: a moment is itself, a day all of the day that it is in the zone."""
    zone = ZoneInfo(timezone)
    if isinstance(first, date) and not isinstance(first, datetime):
        first = _midnight(first, zone)
    if isinstance(last, date) and not isinstance(last, datetime):
        last = _midnight(last + timedelta(days=1), zone) - timedelta(milliseconds=1)
    return first, last


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def clock(moment: datetime, timezone: str, language: str = "id") -> str:
    """``13.00``, as clocks in the zone show it."""
    return str(format_time(moment, _CLOCK[language], tzinfo=ZoneInfo(timezone), locale=language))


def hours(start: datetime, end: datetime, timezone: str, language: str = "id") -> str:
    """``13.00-15.00 WIB``; an end on another day names that day: ``22.00 s.d. Rabu, 13 Januari 2027, 01.00 WIB``."""
    first, last = (clock(moment, timezone, language) for moment in (start, end))
    zone = zone_name(timezone)
    if local_day(start, timezone) == local_day(end, timezone):
        return f"{first}-{last} {zone}"
    until = weekday(local_day(end, timezone), language)
    return f"{first} {_UNTIL[language]} {until}, {last} {zone}"


def span(start: datetime, end: datetime, timezone: str, language: str = "id") -> str:
    """Day and hours together: ``Selasa, 12 Januari 2027, 13.00-15.00 WIB``."""
    day = weekday(local_day(start, timezone), language)
    return f"{day}, {hours(start, end, timezone, language)}"
