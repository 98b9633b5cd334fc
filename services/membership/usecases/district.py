"""The district itself."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from services.membership import turning
from services.membership.snapshots import district_state
from shared.contracts.events.membership import DISTRICT_CHANGED
from shared.errors import Invalid
from shared.messaging import Work
from shared.mongo import Doc, check_version


def get_district(work: Work, order: Doc) -> Doc:
    """The caller's district."""
    work.allow()
    found: Doc = work.store.districts.require(work.district)
    return found


def change_district(work: Work, order: Doc) -> Doc:
    """Another name or time zone."""
    work.allow()
    district = work.store.districts.require(work.district)
    check_version(district, order.pop("version"))
    check_timezone(order.get("timezone", district["timezone"]))
    saved: Doc = work.store.districts.save({**district, **order})
    # Another zone may be on another day.
    work.wake(turning.JOB)
    work.emit(DISTRICT_CHANGED, district_state(saved), saved["version"])
    return saved


def check_timezone(name: str) -> None:
    """Raises :class:`Invalid` unless this is an IANA time zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid.field("timezone", "membership.unknown_timezone") from None
