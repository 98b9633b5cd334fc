"""When people are reminded of a session: a week, a day and an hour before it begins (docs/decisions/0182)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

LEADS: Mapping[str, timedelta] = MappingProxyType(
    {"7d": timedelta(days=7), "1d": timedelta(days=1), "1h": timedelta(hours=1)}
)
# How late a reminder may be and still helps; one that would be later is dropped.
GRACES: Mapping[str, timedelta] = MappingProxyType(
    {"7d": timedelta(days=1), "1d": timedelta(hours=6), "1h": timedelta(minutes=20)}
)


@dataclass(frozen=True)
class Turn:
    """What comes next for a session: a reminder of this ``lead`` at ``due_at``, or, once there is none left (``lead``
    is ``None``), the beginning, after which nothing is to be remembered."""

    due_at: datetime
    lead: str | None = None


def next_turn(starts_at: datetime, after: datetime, given: Mapping[str, datetime]) -> Turn:
    """The first reminder that is due later than ``after``; an earlier one would come all at once with others.

    ``given`` says when which reminder was given before: for a session that was moved since, one is given anew only
    where it would come at least its own lead later, so that nobody hears "in a day" twice within an hour.
    """
    coming = [
        Turn(due_at, lead)
        for lead, before in LEADS.items()
        for due_at in [starts_at - before]
        if due_at > after and (lead not in given or due_at - given[lead] >= before)
    ]
    return min(coming, key=lambda turn: turn.due_at, default=Turn(starts_at))


def in_time(lead: str, due_at: datetime, now: datetime) -> bool:
    """Whether a reminder that is due helps yet, or comes so late that it is dropped."""
    return now - due_at <= GRACES[lead]
