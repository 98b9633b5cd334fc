"""An officer ends a series."""

from __future__ import annotations

from services.scheduling.domain.changing import ALL, THIS
from services.scheduling.usecases import meeting, series_dates
from services.scheduling.views import series_view
from shared.messaging import Work
from shared.mongo import Doc

_MOST_PARTS = 100


def end_series(work: Work, order: Doc) -> Doc:
    """The ended series. What has not begun is cancelled, what was stays; members are told once, of the series. With
    ``scope`` ``following`` those that were split off it later end with it, with ``all`` also those before it."""
    series = meeting.running_series(work, order["series_id"])
    for part in _others(work, series, order["scope"]):
        series_dates.end(work, part, order["reason"], quiet=True)
    return series_view(series_dates.end(work, series, order["reason"]), belongs=True, now=work.now)


def _others(work: Work, series: Doc, scope: str) -> list[Doc]:
    """The other parts that still run of what was one series once."""
    if scope == THIS:
        return []
    root = series.get("root_id") or series["id"]
    parts = work.store.series.find({"root_id": root}, limit=_MOST_PARTS)
    first = work.store.series.get(root)
    if first is not None and root != series["id"]:
        parts.append(first)
    return [
        part
        for part in parts
        if part["id"] != series["id"]
        and part["status"] == "active"
        and (scope == ALL or part["starts_on"] > series["starts_on"])
    ]
