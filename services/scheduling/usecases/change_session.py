"""An officer changes a session: its words, its time and place, its seats, the cycle it serves."""

from __future__ import annotations

from datetime import date, timedelta

from services.scheduling import assigning, attending, reminding, seats
from services.scheduling.domain import answers, occurrences, sessions
from services.scheduling.domain import minutes as rules
from services.scheduling.domain.changing import ALL, FOLLOWING, THIS, Change, from_meeting
from services.scheduling.domain.occurrences import WHEN, WORDS
from services.scheduling.domain.series import check_active
from services.scheduling.snapshots import minutes_state, session_state
from services.scheduling.usecases import meeting
from services.scheduling.usecases.looking_around import clashes_of, clashes_of_series, slots_of
from services.scheduling.usecases.series_dates import change_all, change_following
from services.scheduling.views import session_views
from shared.contracts.events.scheduling import MINUTES_CHANGED, SESSION_RESCHEDULED
from shared.errors import Invalid
from shared.messaging import Work
from shared.mongo import Doc, check_version

_TIMES = ("starts_at", "ends_at", "duration_minutes")


def change_session(work: Work, order: Doc) -> Doc:
    """The session as it is now. Members are told when time, place or mode changed; other services of every change.

    With ``scope`` ``following`` or ``all`` the sessions of its series that follow, or all that have not begun, change
    with it, but for what was set for one of them alone; what nobody asked to change stays as it is.
    """
    before = work.store.sessions.require(order["session_id"], "scheduling.unknown_session")
    work.allow(community_id=before["community_id"])
    check_version(before, order["version"])
    sessions.check_scheduled(before["status"])
    if "answers_until" in order:
        starts_at = order.get("starts_at") or before["starts_at"]
        order["answers_close_minutes"] = answers.minutes_before(order["answers_until"], starts_at)
    if order["scope"] != THIS and before["series_id"] is not None:
        series = _change_with_series(work, before, order)
        after = _as_asked(work, work.store.sessions.require(before["id"]), before, order)
        found = clashes_of_series(work, series)
    else:
        after = _change_alone(work, before, order)
        retimed = (after["starts_at"], after["ends_at"]) != (before["starts_at"], before["ends_at"])
        slots = slots_of([after] if retimed else [], work.now)
        found = clashes_of(work, after["community_id"], slots, but=[after["id"]])
    [view] = session_views(work.store, work.caller.person_id, [after], {after["community_id"]})
    return {**view, **found}


def _change_alone(work: Work, before: Doc, order: Doc) -> Doc:
    if "rrule" in order:
        raise Invalid.field("rrule", "series.rule_of_one")
    after = {**before, **meeting.words_given(work, before, order), **_times(work, before, order)}
    after["timezone"] = order.get("timezone", before["timezone"])
    if before["series_id"] is not None:
        after["own"] = occurrences.set_apart(before, after)
    if after["capacity"] != before["capacity"]:
        seats.resize(work, after)
    after = work.store.sessions.save({**after, "revision": before.get("revision", 0) + 1})
    if attending.meeting_of(after) != attending.meeting_of(before):
        attending.reckon(work, after)
        _reopen_minutes(work, after)
    if after["starts_at"] != before["starts_at"]:
        reminding.follow(work, [after])
    state = session_state(after, quiet=not sessions.moved(before, after))
    work.emit(SESSION_RESCHEDULED, state, after["version"])
    assigning.tell_schools(work, [(before, after)])
    return after


def _reopen_minutes(work: Work, session: Doc) -> None:
    """What was approved was another meeting: its minutes are looked at once more before anybody's hours count."""
    minutes = work.store.minutes.get(session["id"])
    if minutes is not None and minutes["status"] == rules.APPROVED:
        minutes = work.store.minutes.save(rules.reopened(minutes))
        work.emit(MINUTES_CHANGED, minutes_state(minutes), minutes["version"])


def _change_with_series(work: Work, before: Doc, order: Doc) -> Doc:
    """Returns the series that the session belongs to then."""
    series = work.store.series.require(before["series_id"])
    check_active(series["status"])
    sessions.check_coming(before["starts_at"], work.now)
    known = before.get("external_ids", [])
    if order.get("external_ids", known) != known:
        raise Invalid.field("external_ids", "series.external_ids_of_one")
    if "answers_close_minutes" in order:
        order["answers_close_minutes"] = answers.closing_of_series(order["answers_close_minutes"])
    change = _of_series(work, before, series, order)
    given = {*change.words, *([WHEN] if change.timed else [])}
    # What is asked of this very session is not its own any more: it goes with its series again.
    work.store.sessions.update(before["id"], set={"own": sorted({*before.get("own", ())} - given)})
    if order["scope"] == ALL:
        return change_all(work, series, change)
    return change_following(work, series, date.fromisoformat(before["occurs_on"]), change)


def _as_asked(work: Work, after: Doc, before: Doc, order: Doc) -> Doc:
    """The session, at the time that was asked for it also where the others moved and it could not: put off from a day
    that is over, it has no date among theirs."""
    times = _times(work, before, order)
    stayed = all(after[name] == before[name] for name in ("status", *times))
    if stayed and any(after[name] != value for name, value in times.items()):
        return _change_alone(work, after, times)
    return after


def _of_series(work: Work, before: Doc, series: Doc, order: Doc) -> Change:
    """What the order means to the series."""
    words = {name: value for name, value in meeting.words_given(work, before, order).items() if name in WORDS}
    rule = meeting.rule_given(order, series)
    times, zone = _times(work, before, order), order.get("timezone")
    minutes = sessions.minutes(**times) if "ends_at" in order or "duration_minutes" in order else None
    if "starts_at" not in order:
        return Change(words, rule, minutes=minutes, zone=zone)
    sessions.check_ahead(times["starts_at"], work.now)
    occurs_on = date.fromisoformat(before["occurs_on"])
    days, at = from_meeting(occurs_on, times["starts_at"], zone or series["timezone"])
    if rule is None:
        return Change(words, at=at, minutes=minutes, zone=zone, shift=days)
    # "All" are also those before this one: their rule counts from the first day that is still open.
    starts_on = occurs_on + timedelta(days=days) if order["scope"] == FOLLOWING else None
    return Change(words, rule, starts_on, at, minutes, zone)


def _times(work: Work, before: Doc, order: Doc) -> Doc:
    if not any(name in order for name in _TIMES):
        return {}
    starts_at, ends_at = sessions.period(
        order.get("starts_at") or before["starts_at"],
        order.get("ends_at"),
        order.get("duration_minutes"),
        before["ends_at"] - before["starts_at"],
        work.now,
    )
    return {"starts_at": starts_at, "ends_at": ends_at}
