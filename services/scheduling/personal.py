"""What scheduling holds of a person (docs/decisions/0126)."""

from __future__ import annotations

from typing import Any

from shared.messaging import Work
from shared.mongo import Collection, Doc
from shared.personal import (
    COPIES,
    IMPERSONAL_COPIES,
    MOST,
    Blank,
    Do,
    Forget,
    Holding,
    Keep,
    Personal,
    by,
    by_sessions,
    own,
)


def attendance_of(store: Any, table: Collection, person_id: str) -> list[Doc]:
    """Somebody's attendance, found as their answers are, and what they visited elsewhere."""
    found = [*by_sessions(store, table, person_id), *table.find({"visitor_id": person_id}, limit=MOST)]
    return list({row["id"]: row for row in found}.values())


def letters_of(store: Any, table: Collection, person_id: str) -> list[Doc]:
    """The assignment letters that name somebody, and those that they decided."""
    found = [*by("person_ids")(store, table, person_id), *by("decided_by")(store, table, person_id)]
    return list({letter["id"]: letter for letter in found}.values())


def forget_words(work: Work, person_id: str, found: list[Doc]) -> None:
    """The reason may tell of those whom a letter names; its signatory is forgotten with whoever decided it, and stays
    for those who were sent with others."""
    for letter in found:
        signatory = None if letter["decided_by"] == person_id else letter["signatory"]
        work.store.letters.save({**letter, "signatory": signatory, "reason": None})


PERSONAL = Personal(
    *COPIES,
    Holding(
        "rsvps",
        by_sessions,
        Blank("history", {"reason": None}),
        shows=("session_id", "answer", "state", "reason", "answered_at"),
    ),
    Holding(
        "attendance",
        attendance_of,
        Blank("history", {"reason": None}),
        shows=("session_id", "status", "mode", "arrived_at", "left_at", "present_minutes", "reason"),
    ),
    Holding(
        "letters",
        letters_of,
        Do(forget_words, "history"),
        shows=("session_id", "npsn", "status", "number", "signatory", "reason", "decided_at"),
    ),
    Holding(
        "certificates",
        by("person_id"),
        Blank("certificate", {"holder_name": None}),
        shows=("id", "holder_name", "community_name", "semester", "sessions", "minutes", "jp", "status", "issued_on"),
    ),
    Holding("works", by("person_id"), Keep("works"), shows=("id", "community_id", "accepted_at", "status")),
    Holding("calendars", own, Forget(), shows=("renewed_at",)),
    impersonal=(
        *IMPERSONAL_COPIES,
        "schools",
        "cycles",
        "series",
        "sessions",
        "tallies",
        "timetables",
        "holidays",
        "attendance_counts",
        "checkin_secrets",
        "checkin_guesses",
        "named",
        "keys",
        # Minutes may name people in what others wrote; that is not searched for.
        "agendas",
        "minutes",
        "revisions",
        "commitments",
        "files",
        "reminders",
        "reminder_choices",
        "certificate_terms",
    ),
)
