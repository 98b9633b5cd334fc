"""Answers to a session: who may still answer, and how the answers count against its capacity."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from shared.errors import Conflict

YES = "yes"
ANSWERS = (YES, "no", "maybe")


@dataclass(frozen=True)
class Tally:
    """How many gave each answer. Only a ``yes`` takes a seat."""

    yes: int = 0
    no: int = 0
    maybe: int = 0

    def counting(self, before: str | None, answer: str, capacity: int | None) -> Tally:
        """The tally once somebody whose answer was ``before`` gives ``answer``. Raises :class:`Conflict` when that
        takes a seat and none is left."""
        if answer == before:
            return self
        if answer == YES and capacity is not None and self.yes >= capacity:
            raise Conflict("scheduling.session_full", capacity=capacity)
        after = replace(self, **{answer: getattr(self, answer) + 1})
        return after if before is None else replace(after, **{before: getattr(after, before) - 1})

    def check_seats(self, capacity: int | None) -> None:
        """Raises :class:`Conflict` when more people have said yes than ``capacity`` seats would hold."""
        if capacity is not None and self.yes > capacity:
            raise Conflict("scheduling.capacity_taken", yes=self.yes)


def check_open(status: str, ends_at: datetime, now: datetime) -> None:
    """Raises :class:`Conflict` when a session takes no more answers: it was cancelled, or it is over."""
    if status != "scheduled":
        raise Conflict("scheduling.session_cancelled")
    if now >= ends_at:
        raise Conflict("scheduling.session_over")
