"""An officer ends a series."""

from __future__ import annotations

from services.scheduling.usecases import meeting, series_dates
from services.scheduling.views import series_view
from shared.messaging import Work
from shared.mongo import Doc


def end_series(work: Work, order: Doc) -> Doc:
    """The ended series. What has not begun is cancelled, what was stays; members are told once, of the series. With
    ``scope`` ``following`` those that were split off it later end with it, with ``all`` also those before it."""
    series = meeting.running_series(work, order["series_id"])
    for part in meeting.other_parts(work, series, order["scope"]):
        series_dates.end(work, part, order["reason"], quiet=True)
    return series_view(series_dates.end(work, series, order["reason"]), belongs=True, now=work.now)
