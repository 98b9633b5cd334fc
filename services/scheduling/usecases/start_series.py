"""An officer lets a community meet regularly."""

from __future__ import annotations

from datetime import date, time

from services.scheduling.domain import recurrence, zones
from services.scheduling.domain.series import begin
from services.scheduling.snapshots import series_state
from services.scheduling.usecases import meeting
from services.scheduling.usecases.roll_series import schedule_dates
from services.scheduling.views import series_view
from shared.contracts.events.scheduling import SERIES_CHANGED
from shared.ids import new_id
from shared.messaging import Work
from shared.mongo import Doc


def start_series(work: Work, order: Doc) -> Doc:
    """The new series, its sessions scheduled a year ahead. Members are told of it once, not of each date."""
    meeting.active_community(work.store, order["community_id"])
    work.allow(community_id=order["community_id"])
    stated = meeting.stated(work, order)
    pattern = begin(
        recurrence.parse(order["rrule"]),
        date.fromisoformat(order["starts_on"]),
        time.fromisoformat(order["starts_at"]),
        order["duration_minutes"],
        stated["timezone"],
        work.now,
    )
    series = {
        "id": new_id(),
        **stated,
        "rrule": str(pattern.rule),
        "starts_on": pattern.starts_on.isoformat(),
        "starts_at": order["starts_at"],
        "duration_minutes": order["duration_minutes"],
        "status": "active",
        "scheduled_through": None,
    }
    today = zones.local_day(work.now, pattern.zone)
    series = work.store.series.insert(schedule_dates(work, series, pattern, today, {}))
    work.emit(SERIES_CHANGED, series_state(series), series["version"])
    return series_view(series, belongs=True)
