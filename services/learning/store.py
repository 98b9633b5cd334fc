"""What learning keeps: inquiry cycles, and its copies of others' records."""

from __future__ import annotations

from shared.contracts.events.scheduling import SESSION_CANCELLED, SESSION_RESCHEDULED, SESSION_SCHEDULED
from shared.mongo import Copy, Index, Table
from shared.standing import StandingStore


class LearningStore(StandingStore):
    """Learning's tables. ``sessions`` is its copy of the meetings, by the cycle that each serves; a work has the id of
    the resource that it is."""

    sessions = Copy(
        "sessions", SESSION_SCHEDULED, SESSION_RESCHEDULED, SESSION_CANCELLED, Index("cycle_id", "starts_at")
    )
    cycles = Table(
        "cycles",
        Index("community_id", "n"),
        Index("community_id", "updated_at", skips=True),
        numbered_by=("community_id",),
    )
    works = Table("works", Index("person_id"))
