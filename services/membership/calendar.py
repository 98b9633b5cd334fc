"""Days as the district counts them."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from shared.messaging import Work

_WEST = timedelta(hours=7)


def today(work: Work) -> str:
    """Today in the district's own time zone, ``YYYY-MM-DD``."""
    if "today" not in work.memo:
        district = work.store.districts.require(work.district)
        work.memo["today"] = work.now.astimezone(ZoneInfo(district["timezone"])).date().isoformat()
    return str(work.memo["today"])


def yesterday_everywhere(work: Work) -> str:
    """A day that is over in all of Indonesia: what is dated to end on it has stopped to count."""
    return ((work.now + _WEST).date() - timedelta(days=1)).isoformat()
