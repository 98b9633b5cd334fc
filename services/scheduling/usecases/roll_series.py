"""The dates of a series become sessions, a rolling year ahead."""

from __future__ import annotations

from datetime import date, time
from functools import partial

from services.scheduling.domain import recurrence, zones
from services.scheduling.domain.series import ROLL_EVERY, Pattern, horizon, next_roll
from services.scheduling.snapshots import session_state
from services.scheduling.store import SchedulingStore
from services.scheduling.usecases import meeting
from shared import clock
from shared.contracts.events.scheduling import SESSION_SCHEDULED
from shared.messaging import SystemWork, Work
from shared.mongo import Doc

_AT_ONCE = 20
_NO_CYCLE = {"cycle_id": None, "phase": None}
_LIKE_SERIES = ("community_id", "title", "goal", "timezone", "place", "join_url", "capacity", "mode", *_NO_CYCLE)


def roll_due(work: SystemWork) -> bool:
    """Roll on the series that are due, each in a transaction of its own. Returns whether more may be due."""
    more = False
    for district in work.system.walk(SchedulingStore.districts):
        store = work.store(district["id"])
        today = zones.local_day(clock.now(), district["timezone"]).isoformat()
        due = store.series.find({"rolls_on": {"$gte": "", "$lte": today}}, limit=_AT_ONCE)
        for series in due:
            work.run(district["id"], partial(roll, series_id=series["id"]))
        more = more or len(due) == _AT_ONCE
    return more


def roll(work: Work, series_id: str) -> None:
    """Schedule the sessions that have come within a year. An archived community's series waits, and what a series
    still meets for once its cycle is closed no longer belongs to that cycle."""
    series = work.store.series.require(series_id)
    today = zones.local_day(work.now, series["timezone"])
    community = work.store.communities.get(series["community_id"])
    if community is None or community["status"] != "active":
        work.store.series.save({**series, "rolls_on": (today + ROLL_EVERY).isoformat()})
        return
    cycle = series["cycle_id"] and work.store.cycles.get(series["cycle_id"])
    serves = _NO_CYCLE if cycle and cycle["stage"] == "closed" else {}
    work.store.series.save(schedule_dates(work, series, pattern_of(series), today, serves))


def schedule_dates(work: Work, series: Doc, pattern: Pattern, today: date, serves: Doc) -> Doc:
    """Make the sessions up to the horizon that are not there yet; returns the series as it then is, to be saved.

    The sessions are like the series but for what ``serves`` says of their cycle.
    """
    through = horizon(today)
    done = series["scheduled_through"]
    found = pattern.occurrences(through, beyond=None if done is None else date.fromisoformat(done))
    like = {**{name: series[name] for name in _LIKE_SERIES}, **serves}
    made = work.store.sessions.insert_many(
        [
            {
                **like,
                "series_id": series["id"],
                "occurs_on": occurrence.on.isoformat(),
                "starts_at": occurrence.starts_at,
                "ends_at": occurrence.ends_at,
                "status": "scheduled",
                "cancel_reason": None,
            }
            for occurrence in found
        ]
    )
    work.store.tallies.insert_many([meeting.no_answers(session) for session in made])
    for session in made:
        work.emit(SESSION_SCHEDULED, session_state(session, quiet=True), session["version"])
    rolls_on = next_roll(pattern, today)
    return {**series, "scheduled_through": through.isoformat(), "rolls_on": rolls_on and rolls_on.isoformat()}


def pattern_of(series: Doc) -> Pattern:
    """When a series meets, as its document says it."""
    return Pattern(
        recurrence.parse(series["rrule"]),
        date.fromisoformat(series["starts_on"]),
        time.fromisoformat(series["starts_at"]),
        series["duration_minutes"],
        series["timezone"],
    )
