"""Days as the district counts them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from shared.messaging import Work


def today(work: Work) -> str:
    """Today in the district's own time zone, ``YYYY-MM-DD``."""
    if "today" not in work.memo:
        district = work.store.districts.require(work.district)
        work.memo["today"] = day_in(district["timezone"], work.now)
    return str(work.memo["today"])


def day_in(timezone: str, moment: datetime) -> str:
    """The day that it is at that moment in a time zone, ``YYYY-MM-DD``."""
    return moment.astimezone(ZoneInfo(timezone)).date().isoformat()
