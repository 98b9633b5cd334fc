"""The district's timetable and its holidays: one record each, which the operator keeps and everybody reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.scheduling import national
from services.scheduling.domain import zones
from services.scheduling.domain.school_calendar import OwnDays
from services.scheduling.store import SchedulingStore
from services.scheduling.usecases import meeting
from shared.errors import Stale
from shared.messaging import Work
from shared.mongo import Collection, Doc, Taken

_ID = "own"
_NOTHING_YET: Mapping[str, Any] = {"version": 0, "items": [], "updated_at": None}


def get_timetable(work: Work, asked: Doc) -> Doc:
    """Which weekday belongs to which subject and level; nothing, at version 0, until somebody says so."""
    work.allow()
    return _kept(work.store.timetables)


def put_timetable(work: Work, order: Doc) -> Doc:
    """The timetable, in the place of the one before."""
    work.allow()
    return _put(work.store.timetables, order["items"], order["version"])


def get_holidays(work: Work, asked: Doc) -> Doc:
    """The district's own days, and the national holidays of a year (this one unless said)."""
    work.allow()
    return _with_national(work, _kept(work.store.holidays), asked["year"])


def put_holidays(work: Work, order: Doc) -> Doc:
    """The district's own days, in the place of those before."""
    work.allow()
    for each in order["items"]:
        OwnDays.of(each)
    return _with_national(work, _put(work.store.holidays, order["items"], order["version"]), None)


def timetable_entries(store: SchedulingStore) -> list[Doc]:
    """What the timetable says."""
    found: list[Doc] = _kept(store.timetables)["items"]
    return found


def own_holidays(store: SchedulingStore) -> list[Doc]:
    """What the district says of its days."""
    found: list[Doc] = _kept(store.holidays)["items"]
    return found


def _kept(table: Collection) -> Doc:
    return table.get(_ID) or dict(_NOTHING_YET)


def _put(table: Collection, items: list[Doc], version: int) -> Doc:
    before = table.get(_ID)
    if version != (before["version"] if before else 0):
        raise Stale()
    if before is not None:
        return table.save({**before, "items": items})
    try:
        return table.insert({"id": _ID, "items": items})
    except Taken:
        raise Stale() from None


def _with_national(work: Work, doc: Doc, year: int | None) -> Doc:
    year = year or zones.local_day(work.now, meeting.district_zone(work)).year
    found = national.holidays_of([year], work.language)
    return {**doc, "national": [{"on": day.isoformat(), "name": found[day]} for day in sorted(found)]}
