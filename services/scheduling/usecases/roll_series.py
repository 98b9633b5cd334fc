"""The dates of a series become sessions, a rolling year ahead."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from services.scheduling.domain import zones
from services.scheduling.domain.occurrences import Dates, still_coming
from services.scheduling.domain.series import ROLL_EVERY, Pattern, exhausted_before
from services.scheduling.store import SchedulingStore
from services.scheduling.usecases import series_dates
from shared import clock, logs
from shared.communities import present_forms
from shared.errors import Refusal
from shared.messaging import SystemWork, Work

_log = logs.get(__name__)
_AT_ONCE = 20
_NO_CYCLE = {"cycle_id": None, "phase": None}


def roll_due(work: SystemWork) -> bool:
    """Roll on the series that are due, each in a transaction of its own. Returns whether more may be due."""
    more = False
    for district in work.system.walk(SchedulingStore.districts):
        store = work.store(district["id"])
        # The day that it is in every zone of the country: the default is its westernmost.
        today = zones.local_day(clock.now(), zones.DEFAULT).isoformat()
        due = store.series.find({"rolls_on": {"$gte": "", "$lte": today}}, limit=_AT_ONCE)
        for series in due:
            try:
                work.run(district["id"], partial(roll, series_id=series["id"]))
            except Refusal as refusal:
                # One that cannot be rolled stands in the way of no other, and is tried again tomorrow.
                _log.error("a series cannot be rolled", series=series["id"], code=refusal.code)
                work.run(district["id"], partial(_put_off, series_id=series["id"]))
        more = more or len(due) == _AT_ONCE
    return more


def _put_off(work: Work, *, series_id: str) -> None:
    tomorrow = zones.local_day(work.now, zones.DEFAULT) + timedelta(days=1)
    work.store.series.update(series_id, set={"rolls_on": tomorrow.isoformat()})


def roll(work: Work, series_id: str) -> None:
    """Schedule the sessions that have come within a year, and end the series once none comes any more: nobody need be
    told. An archived community's series waits, and what a series still meets for once its cycle is closed no longer
    belongs to that cycle."""
    series = work.store.series.require(series_id)
    today = zones.local_day(work.now, series["timezone"])
    community = present_forms(work.store, [series["community_id"]]).get(series["community_id"])
    if community is None or community["status"] != "active":
        work.store.series.update(series_id, set={"rolls_on": (today + ROLL_EVERY).isoformat()})
        return
    cycle = series["cycle_id"] and work.store.cycles.get(series["cycle_id"])
    serves = _NO_CYCLE if cycle and cycle["stage"] == "closed" else {}
    pattern = Pattern.of(series)
    dates = series_dates.missing({**series, **serves}, pattern, work.now)
    series_dates.make(work, dates)
    coming = still_coming(series_dates.sessions_of(work, series), work.now)
    if exhausted_before(pattern, today) and not coming:
        series_dates.keep(work, {**series, "status": "ended", "rolls_on": None}, Dates(), news="ended", quiet=True)
        return
    # How far it is scheduled is nobody else's business: no version of the series, and no event.
    after = series_dates.rolled(series, pattern, dates, work.now)
    work.store.series.update(series_id, set={name: after[name] for name in ("scheduled_through", "rolls_on")})
