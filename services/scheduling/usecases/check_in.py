"""Somebody who is there says so, by the code that the officer's phone shows."""

from __future__ import annotations

import os
from datetime import datetime, timedelta

from services.scheduling import attending
from services.scheduling.domain import checkin, sessions
from services.scheduling.domain.attendance import Entry, Scan
from services.scheduling.domain.checkin import Codes, Verdict
from services.scheduling.views import attendance_view
from shared.communities import seen_community
from shared.errors import Invalid, Refusal, TooMany
from shared.messaging import Work
from shared.mongo import Doc


def check_in(work: Work, order: Doc) -> Doc | Refusal:
    """The caller's own attendance; the same check-in again changes nothing. Whoever does not belong to the community is
    recorded as its guest. A wrong code is counted, so its refusal is returned."""
    session = work.store.sessions.require(order["session_id"], "scheduling.unknown_session")
    work.allow(community_id=session["community_id"])
    seen_community(work, session["community_id"])
    sessions.check_scheduled(session["status"])
    meeting, scanned_at = attending.meeting_of(session), order["scanned_at"] or work.now
    checkin.check_time(meeting, scanned_at, work.now)
    _check_guesses(work, session)
    verdict = _judge(work, session, order["code"], scanned_at)
    if verdict is not Verdict.RIGHT:
        if verdict is Verdict.WRONG:
            _count_guess(work, session)
        return Invalid.field("code", f"attendance.{verdict.value}")
    person_id = work.caller.person_id
    [attendee] = attending.people_of(work.store, session, [person_id]).values()
    before = attending.entries_of(work.store, session["id"], [person_id])
    scan = Scan(scanned_at, order["mode"], checkin.is_offline(scanned_at, work.now))
    learnt = attending.entry_in(before.get(person_id)).join(Entry(scan=scan))
    rows = before | attending.keep(work, session, {attendee: learnt}, before)
    return attendance_view(rows[person_id], work.store.people.get(person_id), with_reason=True)


def _judge(work: Work, session: Doc, said: str, scanned_at: datetime) -> Verdict:
    kept = work.store.checkin_secrets.get(session["id"])
    # Before any officer has asked for the codes no code is right.
    secret = bytes.fromhex(kept["secret"]) if kept is not None else os.urandom(32)
    return Codes(session["id"], secret, attending.meeting_of(session)).judge(said, scanned_at)


def _check_guesses(work: Work, session: Doc) -> None:
    guesses = work.store.checkin_guesses.get(f"{session['id']}/{work.caller.person_id}")
    if guesses is None:
        return
    wait = checkin.pause(guesses["count"], guesses["last_at"], work.now)
    if wait is None:
        raise TooMany("attendance.too_many_guesses")
    if wait > timedelta():
        seconds = round(wait.total_seconds()) or 1
        raise TooMany("attendance.slow_down", retry_after=seconds, seconds=seconds)


def _count_guess(work: Work, session: Doc) -> None:
    work.store.checkin_guesses.upsert(
        f"{session['id']}/{work.caller.person_id}",
        set={"last_at": work.now, "expires_at": session["ends_at"] + 2 * checkin.SENT_LATER},
        inc={"count": 1},
    )
