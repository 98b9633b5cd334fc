"""What the dates of a meeting clash with: holidays, the timetable, other meetings of the same people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from services.scheduling import national
from services.scheduling.domain import clashes, zones
from services.scheduling.domain.clashes import Busy, Clash, Slot, Surroundings
from services.scheduling.domain.occurrences import still_coming
from services.scheduling.domain.school_calendar import OwnDays, SchoolCalendar, weekdays_of
from services.scheduling.domain.sessions import LONGEST
from services.scheduling.usecases import series_dates
from services.scheduling.usecases.school_year import own_holidays, timetable_entries
from shared.communities import active_members, known_community, still_active, whole
from shared.messaging import Work
from shared.mongo import IN_CHUNK, Doc

# Of a community of thousands these stand for the others; and of their other communities, those that share the most.
_MOST_MEMBERS = 100
_MOST_MEMBERSHIPS = 20
_MOST_COMMUNITIES = 12
_MOST_SESSIONS = 500


def clashes_of(work: Work, community_id: str, slots: Sequence[Slot], *, but: Iterable[str] = ()) -> Doc:
    """What the dates clash with, and free ones in their place, as the answer shows it. ``but`` are the ids of the
    session or series that they belong to, which stand in nobody's way."""
    if not slots:
        return {"clashes": [], "alternatives": []}
    around = _surroundings(work, community_id, slots, set(but))
    found, alternatives = clashes.looked_at(slots, around, work.now)
    return {
        "clashes": [_shown(each) for each in found],
        "alternatives": [{"instead_of": each.instead_of.isoformat(), **_when(each.slot)} for each in alternatives],
    }


def clashes_of_series(work: Work, series: Doc) -> Doc:
    """The same of a series as it stands: of all its dates that are to come."""
    slots = slots_of(series_dates.sessions_of(work, series), work.now)
    return clashes_of(work, series["community_id"], slots, but=[series["id"]])


def slots_of(sessions: Iterable[Doc], now: datetime) -> list[Slot]:
    """The dates of the sessions that are to come, in order."""
    return sorted(
        (
            Slot(zones.local_day(each["starts_at"], each["timezone"]), each["starts_at"], each["ends_at"])
            for each in still_coming(sessions, now)
        ),
        key=lambda slot: slot.starts_at,
    )


def _surroundings(work: Work, community_id: str, slots: Sequence[Slot], but: set[str]) -> Surroundings:
    first, last = slots[0], slots[-1]
    years = range(first.on.year, (last.on + clashes.LOOKS_AHEAD).year + 1)
    own = [OwnDays.of(each) for each in own_holidays(work.store)]
    community = known_community(work.store, community_id)
    around = Surroundings(
        SchoolCalendar(national.holidays_of(years, work.language), own),
        weekdays_of(timetable_entries(work.store), community["subject"], community["level"]),
    )
    begin, end = first.starts_at - LONGEST - timedelta(days=7), last.ends_at + clashes.LOOKS_AHEAD
    return around.knowing(_busy(work, community_id, begin, end, but))


def _busy(work: Work, community_id: str, begin: datetime, end: datetime, but: set[str]) -> list[Busy]:
    """The meetings of that time whose people are the community's, too, in communities that still meet; as many reads
    as there are of these, plus one for each fifty members."""
    own = whole(work.store, [community_id])
    members = {record["person_id"] for id_ in own for record in active_members(work.store, id_, _MOST_MEMBERS)}
    shared = Counter({id_: len(members) for id_ in own})
    people = sorted(members)
    for start in range(0, len(people), IN_CHUNK):
        where = {"person_id": {"$in": people[start : start + IN_CHUNK]}}
        for record in work.store.members.find(where, limit=IN_CHUNK * _MOST_MEMBERSHIPS):
            if record["active"] and record["community_id"] not in own:
                shared[record["community_id"]] += 1
    shared = Counter({id_: shared[id_] for id_ in still_active(work.store, shared)})
    return [
        Busy(each["id"], id_, each["title"], each["starts_at"], each["ends_at"], people_of_both)
        for id_, people_of_both in shared.most_common(_MOST_COMMUNITIES)
        for each in work.store.sessions.find(
            {"community_id": id_, "starts_at": {"$gte": begin, "$lte": end}}, limit=_MOST_SESSIONS
        )
        if each["status"] == "scheduled" and but.isdisjoint((each["id"], each["series_id"]))
    ]


def _shown(clash: Clash) -> Doc:
    meeting = clash.meeting
    return {
        "on": clash.slot.on.isoformat(),
        "starts_at": clash.slot.starts_at,
        "kind": clash.kind,
        "name": clash.name if meeting is None else meeting.title,
        "weekdays": list(clash.weekdays),
        "session_id": meeting and meeting.session_id,
        "community_id": meeting and meeting.community_id,
        "people": meeting and meeting.people,
    }


def _when(slot: Slot) -> Doc:
    return {"on": slot.on.isoformat(), "starts_at": slot.starts_at, "ends_at": slot.ends_at}
