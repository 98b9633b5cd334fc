"""Answers to a session: who may still answer, who has a seat, and who waits in line for one (docs/decisions/0180)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from shared.errors import Conflict, Invalid

YES = "yes"
ANSWERS = (YES, "no", "maybe")
COMING, WAITING = "coming", "waiting"
MOST_WAITING = 200
LONGEST_CLOSING = timedelta(days=28)


@dataclass(frozen=True)
class Tally:
    """How many gave each answer, and the ``line`` of those who wait for a seat (their ids, the first comes next).

    ``yes`` counts those who have a seat. Nobody waits while a seat is free.
    """

    yes: int = 0
    no: int = 0
    maybe: int = 0
    capacity: int | None = None
    line: tuple[str, ...] = ()

    def answered(self, who: str, before: str | None, answer: str) -> tuple[Tally, tuple[str, ...]]:
        """The tally once ``who``, whose answer was ``before``, gives ``answer``; and who moved up by that, in order.

        A ``yes`` takes a free seat, else the last place of the line. Raises :class:`Conflict` when the line is full.
        """
        if answer == before:
            return self, ()
        after = self._without(who, before)
        if answer == YES and not after._free:
            if len(self.line) >= MOST_WAITING:
                raise Conflict("answers.line_full", capacity=self.capacity, waiting=len(self.line))
            after = replace(after, line=(*after.line, who))
        else:
            after = replace(after, **{answer: getattr(after, answer) + 1})
        return after.moved_up()

    def given_up(self, who: str) -> Tally:
        """The tally once ``who``, who said ``yes``, does not come; those in line stay there for now."""
        after = self._without(who, YES)
        return replace(after, no=after.no + 1)

    def holding(self, capacity: int | None) -> Tally:
        """The tally of a session with ``capacity`` seats; those in line have not moved up yet. Raises
        :class:`Conflict` when more people have a seat than that."""
        if capacity is not None and self.yes > capacity:
            raise Conflict("scheduling.capacity_taken", yes=self.yes)
        return replace(self, capacity=capacity)

    def moved_up(self) -> tuple[Tally, tuple[str, ...]]:
        """The tally once the first of the line have taken what seats are free; and who they are, in order."""
        free = len(self.line) if self.capacity is None else max(0, self.capacity - self.yes)
        moved = self.line[:free]
        return replace(self, yes=self.yes + len(moved), line=self.line[free:]), moved

    def state_of(self, who: str, answer: str) -> str | None:
        """What somebody's answer has come to: ``coming``, ``waiting``, or ``None`` where it was no ``yes``."""
        if answer != YES:
            return None
        return WAITING if who in self.line else COMING

    @property
    def _free(self) -> bool:
        return self.capacity is None or self.yes < self.capacity

    def _without(self, who: str, before: str | None) -> Tally:
        if before is None:
            return self
        if who in self.line:
            return replace(self, line=tuple(other for other in self.line if other != who))
        return replace(self, **{before: getattr(self, before) - 1})


def place_in(line: list[str] | tuple[str, ...], who: str) -> int | None:
    """Where somebody stands in a line, counted from 1."""
    return line.index(who) + 1 if who in line else None


def check_open(status: str, ends_at: datetime, now: datetime) -> None:
    """Raises :class:`Conflict` when a session takes no more answers: it was cancelled, or it is over."""
    if status != "scheduled":
        raise Conflict("scheduling.session_cancelled")
    if now >= ends_at:
        raise Conflict("scheduling.session_over")


def check_in_time(answers_until: datetime | None, now: datetime) -> None:
    """Raises :class:`Conflict` when the officers wanted to know before now."""
    if answers_until is not None and now > answers_until:
        raise Conflict("answers.closed")


def minutes_before(answers_until: datetime | None, starts_at: datetime) -> float | None:
    """How long before a session its last moment to answer is. Raises :class:`Invalid` for one after its beginning."""
    if answers_until is None:
        return None
    if answers_until > starts_at:
        raise Invalid.field("answers_until", "answers.until_after_start")
    return (starts_at - answers_until) / timedelta(minutes=1)


def closing_of_series(minutes: float | None) -> int | None:
    """The same for every meeting of a series, in whole minutes. Raises :class:`Invalid` for more than four weeks."""
    if minutes is not None and minutes > LONGEST_CLOSING / timedelta(minutes=1):
        raise Invalid.field("answers_until", "answers.until_too_early", days=LONGEST_CLOSING.days)
    return None if minutes is None else int(minutes)


def until(session: Mapping[str, Any]) -> datetime | None:
    """The last moment to answer a session, which moves with it; ``None``: until it is over."""
    minutes = session.get("answers_close_minutes")
    starts_at: datetime = session["starts_at"]
    return None if minutes is None else starts_at - timedelta(minutes=minutes)
