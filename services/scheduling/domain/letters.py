"""An assignment letter: who may be named in it, and what may still become of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from services.scheduling.domain import sessions
from shared.errors import Conflict, Invalid

# What a school sends people by, or may yet.
STANDING = ("requested", "granted")
MOVED = "moved"
CANCELLED = "cancelled"


def disturbed(before: Mapping[str, Any], after: Mapping[str, Any], now: datetime) -> str | None:
    """What a change of a session means to a letter that sends people there: ``moved`` or ``cancelled``; nothing where
    time, place and mode stay, and where the session was over already. One that takes place again after all has moved
    for whoever was told that it would not."""
    takes_place = tuple(each["status"] == "scheduled" for each in (before, after))
    if not any(takes_place) or max(before["starts_at"], after["starts_at"]) <= now:
        return None
    if not takes_place[1]:
        return CANCELLED
    return MOVED if not takes_place[0] or sessions.moved(before, after) else None


def distinct(person_ids: Sequence[str]) -> list[str]:
    """The people named, each once, in the order in which they were given."""
    return list(dict.fromkeys(person_ids))


def check_named(person_ids: Collection[str], teach_there: Collection[str], members: Collection[str]) -> None:
    """Raises :class:`Invalid` unless everybody named teaches at the school and belongs to the community."""
    if not set(person_ids) <= set(teach_there):
        raise Invalid.field("person_ids", "papers.not_at_school")
    if not set(person_ids) <= set(members):
        raise Invalid.field("person_ids", "papers.not_a_member")


def check_ahead(ends_at: datetime, now: datetime) -> None:
    """Raises :class:`Conflict` for a session that is over: nobody is sent there any more."""
    if now >= ends_at:
        raise Conflict("papers.session_over")


def check_requested(status: str) -> None:
    """Raises :class:`Conflict` for a letter that was decided already."""
    if status != "requested":
        raise Conflict("papers.letter_decided")


def check_granted(status: str) -> None:
    """Raises :class:`Conflict` for a letter that cannot be printed: it waits, or was refused."""
    if status != "granted":
        raise Conflict(f"papers.letter_{status}")
