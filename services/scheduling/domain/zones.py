"""The time zones of Indonesia: what people call them, and local times in UTC. None of them has summer time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

LABELS = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Jayapura": "WIT",
}
DEFAULT = "Asia/Jakarta"


def label(zone: str) -> str:
    """What people call the zone: WIB, WITA or WIT; another zone by its IANA name."""
    return LABELS.get(zone, zone)


def in_utc(day: date, at: time, zone: str) -> datetime:
    """The moment, in UTC, at which clocks in ``zone`` show ``at`` on ``day``."""
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)


def local_day(moment: datetime, zone: str) -> date:
    """The day that it is in ``zone`` at ``moment``."""
    return moment.astimezone(ZoneInfo(zone)).date()


def local(moment: datetime, zone: str) -> datetime:
    """The moment as clocks and calendars in ``zone`` show it, without the zone."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
