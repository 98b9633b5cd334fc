"""An officer ends a series."""

from __future__ import annotations

from datetime import timedelta

from services.scheduling.domain.recurrence import MOST_DATES
from services.scheduling.domain.series import check_active
from services.scheduling.snapshots import series_state, session_state
from services.scheduling.views import series_view
from shared.clock import next_version
from shared.contracts.events.scheduling import SERIES_CHANGED, SESSION_CANCELLED
from shared.messaging import Work
from shared.mongo import Doc

_LIFETIME = timedelta(days=800)


def end_series(work: Work, order: Doc) -> Doc:
    """The ended series. What has not begun is cancelled, what was stays; members are told once, of the series."""
    series = work.store.series.require(order["series_id"], "scheduling.unknown_series")
    work.allow(community_id=series["community_id"])
    check_active(series["status"])
    series = work.store.series.save({**series, "status": "ended", "rolls_on": None})
    _cancel_coming(work, series["id"], order["reason"])
    work.emit(SERIES_CHANGED, series_state(series), series["version"])
    return series_view(series, belongs=True)


def _cancel_coming(work: Work, series_id: str, reason: str | None) -> None:
    coming = {"series_id": series_id, "starts_at": {"$gte": work.now, "$lte": work.now + _LIFETIME}}
    off = {"status": "cancelled", "cancel_reason": reason}
    sessions = [
        {**session, **off, "version": next_version(session["version"])}
        for session in work.store.sessions.find(coming, limit=2 * MOST_DATES)
        if session["status"] == "scheduled"
    ]
    work.store.sessions.update_many({session["id"]: {**off, "version": session["version"]} for session in sessions})
    for session in sessions:
        work.emit(SESSION_CANCELLED, session_state(session, quiet=True), session["version"])
