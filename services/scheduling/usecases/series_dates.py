"""The sessions of a series, as they are kept: loaded, made, changed, told of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta

from services.scheduling import assigning, attending, reminding, seats
from services.scheduling.domain import occurrences, zones
from services.scheduling.domain.changing import Change, first_open_day
from services.scheduling.domain.occurrences import Dates
from services.scheduling.domain.series import (
    FURTHEST_SESSION,
    MOST_SESSIONS,
    Pattern,
    exhausted_before,
    horizon,
    next_roll,
    pause_now,
)
from services.scheduling.snapshots import series_state, session_state
from shared.clock import next_version
from shared.contracts.events.scheduling import (
    SERIES_CHANGED,
    SESSION_CANCELLED,
    SESSION_RESCHEDULED,
    SESSION_SCHEDULED,
)
from shared.following import KNOWN_AS
from shared.ids import new_id
from shared.messaging import Work
from shared.mongo import Doc

# How far back a single session may have been moved away from its date (docs/decisions/0130).
_AGO = timedelta(days=366)
# The longest time within which a session finds another date.
_WITHIN = timedelta(days=31)
# What a series that is split off does not take over.
_ITS_OWN = ("district", "n", "version", "revision", "created_at", "updated_at", KNOWN_AS)


def sessions_of(work: Work, series: Doc) -> list[Doc]:
    """Its sessions from a year ago on."""
    within = {"$gte": work.now - _AGO, "$lte": work.now + FURTHEST_SESSION}
    return work.store.sessions.find({"series_id": series["id"], "starts_at": within}, limit=MOST_SESSIONS)


def rolled(series: Doc, pattern: Pattern, dates: Dates, now: datetime) -> Doc:
    """The series once its sessions are made up to the horizon of today, and as far beyond as ``dates`` say."""
    today = zones.local_day(now, pattern.zone)
    through = max(horizon(today), dates.through or today)
    return {**series, "scheduled_through": through.isoformat(), "rolls_on": next_roll(pattern, today).isoformat()}


def missing(series: Doc, pattern: Pattern, now: datetime) -> Dates:
    """The sessions up to the horizon that were never made."""
    done = series["scheduled_through"] and date.fromisoformat(series["scheduled_through"])
    found = pattern.occurrences(horizon(zones.local_day(now, pattern.zone)), beyond=done)
    return Dates(occurrences.made(series, found), through=done)


def change_all(work: Work, series: Doc, change: Change, *, quiet: bool = False) -> Doc:
    """Apply a change to what of a series has not begun. Returns the series. People are told, unless it is ``quiet`` or
    all would come at the right time and place without it.

    A series that meets by another rule or at another time begins anew with its next meeting: its rule never says that
    it met then when it did not.
    """
    pattern, sessions = Pattern.of(series), sessions_of(work, series)
    since = _open_from(work, pattern, sessions, change)
    change = change.counted_from(max(since, pattern.starts_on))
    after = change.applied(pattern.cut(since)[1] if change.times(pattern) else pattern, work.now)
    facts = {"news": "changed", "quiet": quiet or not change.concerns(series)}
    return _become(work, {**series, **change.words}, after, sessions, change, since, None, facts)


def rest_or_go_on(work: Work, series: Doc, pattern: Pattern, *, reason: str | None = None, **facts: object) -> Doc:
    """Let a series have other pauses than it had. Returns the series."""
    sessions = sessions_of(work, series)
    since = _open_from(work, pattern, sessions, Change())
    return _become(work, series, pattern, sessions, Change(), since, reason, facts)


def change_following(work: Work, series: Doc, since: date, change: Change) -> Doc:
    """Apply a change to the meetings of a series from ``since`` on, which become a series of their own. Returns that
    one, or the whole series where nothing comes before ``since``."""
    pattern, sessions = Pattern.of(series), sessions_of(work, series)
    before = pattern.cut(since)[0]
    if next(before.days(since), None) is None:
        return change_all(work, series, change)
    follows = max(since, _open_from(work, pattern, sessions, change))
    after = change.counted_from(follows).applied(pattern.cut(follows)[1], work.now)
    split = {name: value for name, value in series.items() if name not in _ITS_OWN}
    split |= {"id": new_id(), "split_from": series["id"], "root_id": series.get("root_id") or series["id"]}
    split |= {"external_ids": [], **change.words, **after.record()}
    earlier, coming = _parted(occurrences.coming(sessions, work.now), since)
    dates = _replanned(work, coming, sessions, split, pattern, after, change, follows)
    split = rolled(split, after, dates, work.now)
    keep(work, _shortened(work, series, before, earlier), Dates(), news="shortened", quiet=True)
    return keep(work, split, dates, news="changed", quiet=not change.concerns(series))


def end(work: Work, series: Doc, reason: str | None, **facts: object) -> Doc:
    """End a series: what has not begun is cancelled, what was stays. Returns the series."""
    coming = occurrences.coming(sessions_of(work, series), work.now)
    ended = {**series, "status": "ended", "rolls_on": None}
    return keep(work, ended, occurrences.dropped(coming, reason), news="ended", **facts)


def end_before(work: Work, series: Doc, day: date, reason: str | None) -> Doc:
    """Cancel the meetings of a series from the local day ``day`` on. Returns the series, which has ended if that leaves
    nothing to come."""
    earlier, gone = _parted(occurrences.coming(sessions_of(work, series), work.now), day)
    series = _shortened(work, series, Pattern.of(series).cut(day)[0], earlier)
    news = "ended" if series["status"] == "ended" else "shortened"
    return keep(work, series, occurrences.dropped(gone, reason), news=news)


def keep(work: Work, series: Doc, dates: Dates, **facts: object) -> Doc:
    """Store a series with what has become of its sessions, and tell of both: people of the series only."""
    if "version" in series:
        series = work.store.series.save({**series, "revision": series.get("revision", 0) + 1})
    else:
        series = work.store.series.insert({**series, "revision": 0})
    make(work, dates)
    changed = [
        (before, {**after, "version": next_version(before["version"])})
        for before, after in seats.with_room(work, dates.changed)
    ]
    work.store.sessions.update_many(
        {
            after["id"]: {name: value for name, value in after.items() if value != before.get(name)}
            for before, after in changed
        }
    )
    reminding.follow(work, [after for before, after in changed if _set_anew(before, after)])
    for before, after in changed:
        if seats.must_be_counted_anew(before, after):
            seats.resize(work, after)
        if _attended_otherwise(before, after, work.now):
            attending.reckon(work, after)
        gone = before["status"] == "scheduled" and after["status"] == "cancelled"
        event = SESSION_CANCELLED if gone else SESSION_RESCHEDULED
        work.emit(event, session_state(after, quiet=True), after["version"])
    assigning.tell_schools(work, changed)
    work.emit(SERIES_CHANGED, {**series_state(series), **facts}, series["version"])
    return series


def _set_anew(before: Doc, after: Doc) -> bool:
    """Whether a session takes place at a time at which it did not before."""
    known = (before["status"], before["starts_at"])
    return after["status"] == "scheduled" and known != ("scheduled", after["starts_at"])


def _attended_otherwise(before: Doc, after: Doc, now: datetime) -> bool:
    """Whether people may be present at a session already, and its times or mode mean something else to them."""
    meetings = attending.meeting_of(before), attending.meeting_of(after)
    return meetings[0] != meetings[1] and any(each.opens_at <= now for each in meetings)


def make(work: Work, dates: Dates) -> None:
    """Store the new sessions, and tell other services of them."""
    made = work.store.sessions.insert_many(dates.made)
    reminding.watch(work, made)
    work.store.tallies.insert_many([seats.none_taken(session) for session in made])
    for session in made:
        work.emit(SESSION_SCHEDULED, session_state(session, quiet=True), session["version"])


def _shortened(work: Work, series: Doc, before: Pattern, earlier: Sequence[Doc]) -> Doc:
    """The series that meets only as ``before`` says any more: ended, unless some of its sessions are to come or could
    be, once its pause is over."""
    today = zones.local_day(work.now, before.zone)
    resting = pause_now(before.pauses, today) is not None and not exhausted_before(before, today)
    goes_on = resting or occurrences.still_coming(earlier, work.now)
    rolls_on = next_roll(before, today).isoformat() if goes_on else None
    return {**series, **before.record(), "rolls_on": rolls_on, "status": "active" if goes_on else "ended"}


def _open_from(work: Work, pattern: Pattern, sessions: Sequence[Doc], change: Change) -> date:
    """The first day of the series that can still follow the change: where days are moved back, one that is open even
    then."""
    held = occurrences.held_days(sessions, work.now)
    first = first_open_day(work.now, change.zone or pattern.zone, change.at or pattern.at, held)
    return first - timedelta(days=min(0, change.shift))


def _become(
    work: Work,
    series: Doc,
    after: Pattern,
    sessions: Sequence[Doc],
    change: Change,
    since: date,
    reason: str | None,
    facts: Mapping[str, object],
) -> Doc:
    """Let a series meet as ``after`` says, from the local day ``since`` on."""
    before = Pattern.of(series)
    coming = occurrences.coming(sessions, work.now)
    if after == before and not change.timed:
        return keep(work, series, occurrences.reworded(coming, series, _words(change)), **facts)
    series = {**series, **after.record()}
    dates = _replanned(work, coming, sessions, series, before, after, change, since, reason)
    return keep(work, rolled(series, after, dates, work.now), dates, **facts)


def _replanned(
    work: Work,
    coming: Sequence[Doc],
    sessions: Sequence[Doc],
    series: Doc,
    before: Pattern,
    after: Pattern,
    change: Change,
    since: date,
    reason: str | None = None,
) -> Dates:
    held = occurrences.held_days(sessions, work.now)
    through = horizon(zones.local_day(work.now, after.zone))
    reach = through + _WITHIN + timedelta(days=abs(change.shift))
    wanted = [each for each in after.occurrences(reach) if each.starts_at > work.now and each.on not in held]
    open_days = {*(each.on for each in wanted), *(day for day in before.days(reach) if day >= since)}
    late = [each for each in coming if not _follows(each, since, open_days)]
    dates = occurrences.replan(
        [each for each in coming if _follows(each, since, open_days)],
        wanted,
        series,
        _words(change),
        through=through,
        shift=change.shift,
        frequencies={before.rule.frequency, after.rule.frequency},
        reason=reason,
    )
    # What is still to come of a day that can follow no more has no date that it could lose: it was moved here by
    # itself, or the hour or day is over at which it would be now, or would have been at a change before.
    dates.changed += occurrences.reworded(late, series, _words(change)).changed
    return dates


def _follows(session: Doc, since: date, days: Collection[date]) -> bool:
    """Whether it is one of these days of its series or, dropped, could be from ``since`` on."""
    on = date.fromisoformat(session["occurs_on"])
    return on in days or (on >= since and bool(session.get("dropped")))


def _parted(sessions: Sequence[Doc], day: date) -> tuple[list[Doc], list[Doc]]:
    """The dates before a day, and those from it on."""
    before = [each for each in sessions if each["occurs_on"] < day.isoformat()]
    return before, [each for each in sessions if each["occurs_on"] >= day.isoformat()]


def _words(change: Change) -> list[str]:
    return [name for name in occurrences.WORDS if name in change.words]
