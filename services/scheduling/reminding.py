"""Reminders are rows: one for each session that is to come, with the moment of its next turn (docs/decisions/0182)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.scheduling.domain.reminders import LEADS, Turn, next_turn
from services.scheduling.store import SchedulingStore
from shared.clock import next_version
from shared.messaging import Work
from shared.mongo import Doc


def watch(work: Work, sessions: Iterable[Doc]) -> None:
    """Have people reminded of these new sessions. What would have been due before now is left out: they hear of the
    session itself now."""
    coming = [session for session in sessions if session["starts_at"] > work.now]
    work.store.reminders.insert_many([{"id": each["id"], **_turn(work, each, {}), "given": {}} for each in coming])


def follow(work: Work, sessions: Sequence[Doc]) -> None:
    """Have people reminded of sessions at the times to which they were moved; few round trips for many."""
    rows = work.store.reminders.get_many(session["id"] for session in sessions)
    known = [(session, rows[session["id"]]) for session in sessions if session["id"] in rows]
    work.store.reminders.update_many(
        {
            session["id"]: {**_turn(work, session, row["given"]), "version": next_version(row["version"])}
            for session, row in known
        }
    )
    watch(work, [session for session in sessions if session["id"] not in rows])


def chosen(store: SchedulingStore, community_id: str) -> list[str]:
    """Which reminders the community wants, the earliest first: all of them unless its officers chose."""
    choice = store.reminder_choices.get(community_id)
    return list(LEADS) if choice is None else choice["before"]


def placed(turn: Turn) -> Doc:
    """A turn as a row holds it."""
    return {"due_at": turn.due_at, "lead": turn.lead}


def _turn(work: Work, session: Doc, given: Doc) -> Doc:
    return placed(next_turn(session["starts_at"], work.now, given))
