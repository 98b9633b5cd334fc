"""What scheduling keeps: series, sessions, the answers to them, and its copies of others' records."""

from __future__ import annotations

from shared.contracts.events.learning import CYCLE_ADVANCED, CYCLE_OPENED
from shared.mongo import Copy, Index, Table
from shared.standing import StandingStore

_MOST_MEMBERSHIPS = 100


class SchedulingStore(StandingStore):
    """Scheduling's tables.

    ``series.rolls_on`` is the local day on which further sessions of a series are due, or ``None``. An answer's id is
    ``<session>/<person>``. A session's tally has the session's id: it is the guard that every answer and every change
    of capacity writes, so that a burst of answers never touches the session itself (docs/decisions/0041).
    """

    cycles = Copy("cycles", CYCLE_OPENED, CYCLE_ADVANCED)
    series = Table("series", Index("community_id", "n"), Index("rolls_on"), numbered_by=("community_id",))
    sessions = Table(
        "sessions", Index("community_id", "starts_at"), Index("starts_at"), Index("series_id", "starts_at")
    )
    rsvps = Table("rsvps", Index("session_id", "first_answered_at"))
    tallies = Table("tallies")

    def communities_of(self, person_id: str) -> set[str]:
        """The communities to which the person belongs."""
        records = self.members.find({"person_id": person_id}, limit=_MOST_MEMBERSHIPS)
        return {record["community_id"] for record in records if record["active"]}
