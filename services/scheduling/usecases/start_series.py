"""An officer lets a community meet regularly."""

from __future__ import annotations

from services.scheduling.domain.series import Pattern, begin
from services.scheduling.usecases import meeting, series_dates
from services.scheduling.usecases.looking_around import clashes_of, slots_of
from services.scheduling.views import series_view
from shared.communities import active_community
from shared.ids import new_id
from shared.messaging import Work
from shared.mongo import Doc

_TIMES = ("rrule", "starts_on", "starts_at", "duration_minutes", "exdates", "rdates")


def start_series(work: Work, order: Doc) -> Doc:
    """The new series, its sessions scheduled a year ahead. Members are told of it once, not of each date."""
    order["community_id"] = active_community(work.store, order["community_id"])["id"]
    work.allow(community_id=order["community_id"])
    stated = meeting.stated(work, order)
    times = {name: order[name] for name in _TIMES}
    pattern = begin(Pattern.of({**times, "timezone": stated["timezone"]}), work.now)
    series = {
        "id": new_id(),
        **stated,
        **pattern.record(),
        "answers_close_minutes": order["answers_close_minutes"],
        "status": "active",
        "scheduled_through": None,
        "split_from": None,
        "root_id": None,
    }
    dates = series_dates.missing(series, pattern, work.now)
    series = series_dates.keep(work, series_dates.rolled(series, pattern, dates, work.now), dates, news="started")
    found = clashes_of(work, series["community_id"], slots_of(dates.made, work.now), but=[series["id"]])
    return {**series_view(series, belongs=True, now=work.now), **found}
