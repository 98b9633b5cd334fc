"""The dates of a series as sessions: which stay what they are, which are moved, which come and which go.

A session is a record here. Once made it keeps its id, and with it answers and attendance; ``occurs_on`` and
``original_starts_at`` say which date of its series it is (RFC 5545's RECURRENCE-ID). ``own`` names what was set for it
alone and is therefore no longer its series'; ``dropped`` says that it was called off because its series no longer meets
on that day (docs/decisions/0130).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from services.scheduling.domain.series import Occurrence

Record = dict[str, Any]

WORDS = ("title", "goal", "place", "join_url", "capacity", "mode", "cycle_id", "phase", "answers_close_minutes")
TIMES = ("starts_at", "ends_at", "timezone")
WHEN = "when"
_CYCLE = ("cycle_id", "phase")
CALLED_OFF = "status"


class Changed(NamedTuple):
    """A session before and after."""

    before: Record
    after: Record


@dataclass
class Dates:
    """What becomes of the sessions of a series; ``through``, where said, is the last day up to which there are some."""

    made: list[Record] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    through: date | None = None


def coming(sessions: Iterable[Record], now: datetime) -> list[Record]:
    """Those that have not begun."""
    return [session for session in sessions if session["starts_at"] > now]


def still_coming(sessions: Iterable[Record], now: datetime) -> list[Record]:
    """Those of them to which people will come."""
    return [session for session in coming(sessions, now) if session["status"] == "scheduled"]


def held_days(sessions: Iterable[Record], now: datetime) -> frozenset[date]:
    """The days of the series whose meeting has begun."""
    return frozenset(
        date.fromisoformat(session["occurs_on"])
        for session in sessions
        if session["starts_at"] <= now and not session.get("dropped")
    )


def made(series: Mapping[str, Any], occurrences: Iterable[Occurrence]) -> list[Record]:
    """New sessions, like their series."""
    return [
        {
            "community_id": series["community_id"],
            **{name: series.get(name) for name in WORDS},
            "timezone": series["timezone"],
            "series_id": series["id"],
            "occurs_on": occurrence.on.isoformat(),
            "original_starts_at": occurrence.starts_at,
            "starts_at": occurrence.starts_at,
            "ends_at": occurrence.ends_at,
            "status": "scheduled",
            "cancel_reason": None,
            "dropped": False,
            "own": [],
            "revision": 0,
        }
        for occurrence in occurrences
    ]


def set_apart(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What a session has of its own once it was changed by itself."""
    own = {name for name in (*WORDS, CALLED_OFF) if before.get(name) != after.get(name)}
    if not own.isdisjoint(_CYCLE):
        own.update(_CYCLE)
    if any(before[name] != after[name] for name in TIMES):
        own.add(WHEN)
    return sorted(own.union(before.get("own", ())))


def replan(
    sessions: Sequence[Record],
    wanted: Sequence[Occurrence],
    series: Mapping[str, Any],
    words: Collection[str] = (),
    *,
    through: date,
    shift: int = 0,
    frequencies: Collection[str] = (),
    reason: str | None = None,
) -> Dates:
    """Let ``sessions``, none of which has begun, become the dates ``wanted`` of ``series``.

    A session stays with its day, moved by ``shift`` days. What is left on both sides finds together within a day, a
    week or a month, whichever is the finest of the rules' ``frequencies``, in order. One that was dropped comes back
    with its old day only. Who finds no date is dropped, and a date that finds no session gets a new one, up to the day
    ``through`` or to the last that found one. ``words`` are the fields of the series that have changed.
    """
    places = _placed(sessions, wanted, timedelta(days=shift), frequencies)
    taken = {place.on for place in places.values()}
    last = max([through, *taken])
    dates = Dates(made(series, (each for each in wanted if each.on not in taken and each.on <= last)), through=last)
    for session in sessions:
        place = places.get(session["id"])
        # A dropped one goes with the series too: only there it can come back.
        gone = {**_dropped(session, reason), "series_id": series["id"]}
        after = gone if place is None else _at(session, place, series, words)
        if after != session:
            dates.changed.append(_revised(session, after))
    return dates


def reworded(sessions: Iterable[Record], series: Mapping[str, Any], words: Collection[str]) -> Dates:
    """Let sessions be of this series and say what it says of ``words``, but for what they say of their own; dropped
    ones say it once they come back."""
    dates = Dates()
    for session in sessions:
        said = {} if session.get("dropped") else _words(session, series, words)
        after = {**session, "series_id": series["id"], **said}
        if after != session:
            dates.changed.append(_revised(session, after))
    return dates


def dropped(sessions: Iterable[Record], reason: str | None) -> Dates:
    """Call sessions off with their series; those that were called off by themselves stay as they are."""
    found = [(session, _dropped(session, reason)) for session in sessions]
    return Dates(changed=[_revised(before, after) for before, after in found if after != before])


def _revised(before: Record, after: Record) -> Changed:
    return Changed(before, {**after, "revision": before.get("revision", 0) + 1})


def _placed(
    sessions: Sequence[Record], wanted: Sequence[Occurrence], shift: timedelta, frequencies: Collection[str]
) -> dict[str, Occurrence]:
    free = {occurrence.on: occurrence for occurrence in wanted}
    placed: dict[str, Occurrence] = {}
    days = {session["id"]: date.fromisoformat(session["occurs_on"]) for session in sessions}
    alive = sorted((each["id"] for each in sessions if not each.get("dropped")), key=lambda id_: days[id_])
    for id_ in alive:
        if days[id_] + shift in free:
            placed[id_] = free.pop(days[id_] + shift)
    waiting: dict[object, list[Occurrence]] = {}
    for day in sorted(free):
        waiting.setdefault(_period(day, frequencies), []).append(free[day])
    for id_ in alive:
        queue = waiting.get(_period(days[id_] + shift, frequencies))
        if id_ not in placed and queue:
            placed[id_] = queue.pop(0)
            del free[placed[id_].on]
    for id_ in days.keys() - alive:
        if days[id_] in free:
            placed[id_] = free.pop(days[id_])
    return placed


def _period(day: date, frequencies: Collection[str]) -> object:
    if "DAILY" in frequencies or not frequencies:
        return day
    return day.isocalendar()[:2] if "WEEKLY" in frequencies else (day.year, day.month)


def _at(session: Record, place: Occurrence, series: Mapping[str, Any], words: Collection[str]) -> Record:
    after = {
        **session,
        "series_id": series["id"],
        "occurs_on": place.on.isoformat(),
        "original_starts_at": place.starts_at,
        **_words(session, series, WORDS if session.get("dropped") else words),
    }
    if WHEN not in session.get("own", ()):
        after |= {"starts_at": place.starts_at, "ends_at": place.ends_at, "timezone": series["timezone"]}
    if session.get("dropped"):
        after["dropped"] = False
        if CALLED_OFF not in session.get("own", ()):
            after |= {"status": "scheduled", "cancel_reason": None}
    return after


def _words(session: Record, series: Mapping[str, Any], words: Collection[str]) -> Record:
    return {name: series.get(name) for name in words if name not in session.get("own", ())}


def _dropped(session: Record, reason: str | None) -> Record:
    off = {} if session["status"] == "cancelled" else {"status": "cancelled", "cancel_reason": reason}
    return {**session, **off, "dropped": True}
