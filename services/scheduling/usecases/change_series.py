"""An officer changes a series: its words, its rule, its time, single days of it."""

from __future__ import annotations

from datetime import date, time

from services.scheduling.domain.changing import THIS, Change
from services.scheduling.usecases import meeting, series_dates
from services.scheduling.usecases.looking_around import clashes_of_series
from services.scheduling.views import series_view
from shared.errors import Invalid
from shared.messaging import Work
from shared.mongo import Doc, check_version


def change_series(work: Work, order: Doc) -> Doc:
    """The series as it is now. What has begun stays; the coming sessions follow, but for what was set for one alone.
    Members are told once, when time, place or mode changed. With ``scope`` ``following`` those that were split off it
    later change with it, with ``all`` also those before it."""
    before = meeting.running_series(work, order["series_id"])
    check_version(before, order["version"])
    if order["scope"] != THIS:
        _check_common(order)
    common = {name: value for name, value in order.items() if name != "external_ids"}
    for part in meeting.other_parts(work, before, order["scope"]):
        series_dates.change_all(work, part, _change(work, part, common), quiet=True)
    series = series_dates.change_all(work, before, _change(work, before, order))
    return {**series_view(series, belongs=True, now=work.now), **clashes_of_series(work, series)}


def _change(work: Work, before: Doc, order: Doc) -> Change:
    """What the order changes; who sends a first day as it is does not mean that the series begins anew."""
    starts_on = order.get("starts_on")
    return Change(
        words=meeting.words_given(work, before, order),
        rule=meeting.rule_given(order, before),
        starts_on=None if starts_on in (None, before["starts_on"]) else date.fromisoformat(starts_on),
        at=time.fromisoformat(order["starts_at"]) if "starts_at" in order else None,
        minutes=order.get("duration_minutes"),
        zone=order.get("timezone"),
        left_out=_days(order, "exdates"),
        added=_days(order, "rdates"),
    )


def _check_common(order: Doc) -> None:
    """Raises :class:`Invalid` for what can be said of one part only: its rule and its days."""
    for name in ("rrule", "starts_on", "exdates", "rdates"):
        if name in order:
            raise Invalid.field(name, "series.of_one_part")


def _days(order: Doc, name: str) -> frozenset[date] | None:
    return frozenset(map(date.fromisoformat, order[name])) if name in order else None
