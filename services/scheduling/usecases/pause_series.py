"""An officer lets a series rest, and go on (docs/decisions/0132)."""

from __future__ import annotations

from datetime import date

from services.scheduling.domain import zones
from services.scheduling.domain.series import Pattern, paused, resumed
from services.scheduling.usecases import meeting, series_dates
from services.scheduling.views import series_view
from shared.messaging import Work
from shared.mongo import Doc


def pause_series(work: Work, order: Doc) -> Doc:
    """The series, which does not meet from today (or ``from``) to ``until``, or until it is resumed. The sessions of
    that time are called off; those that have begun stay."""
    before = meeting.running_series(work, order["series_id"])
    today = zones.local_day(work.now, before["timezone"])
    since, until = (date.fromisoformat(order[name]) if order[name] else None for name in ("since", "until"))
    pattern = paused(Pattern.of(before), since or today, until, today)
    series = series_dates.rest_or_go_on(work, before, pattern, reason=order["reason"], news="paused")
    return series_view(series, belongs=True, now=work.now)


def resume_series(work: Work, order: Doc) -> Doc:
    """The series, which meets again from today on. Sessions that the pause called off are as they were before it."""
    before = meeting.running_series(work, order["series_id"])
    pattern = resumed(Pattern.of(before), zones.local_day(work.now, before["timezone"]))
    return series_view(series_dates.rest_or_go_on(work, before, pattern, news="resumed"), belongs=True, now=work.now)
