"""Dated facts: what holds from one day until another. Days are ``YYYY-MM-DD`` in the district's own time zone; both
ends belong to the time, and no end (``None``) means until further notice.

A fact that ends before it begins was taken back: it holds on no day, and stays on record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, TypeVar

from shared.errors import Invalid

Fact = Mapping[str, Any]
FactT = TypeVar("FactT", bound=Fact)
# Days before anybody now at work was born, and after they have retired, are slips of the pen.
_EARLIEST, _LATEST = "1940-01-01", "2100-12-31"
_NEVER = "9999-12-31"


def check_days(valid_from: str, valid_until: str | None) -> None:
    """Raises :class:`Invalid` when the last day comes before the first, or one of them is in no living memory."""
    check_day("from", valid_from)
    if valid_until is not None:
        check_day("until", valid_until)
        if valid_until < valid_from:
            raise Invalid.field("until", "membership.until_before_from")


def check_day(field: str, day: str) -> None:
    """Raises :class:`Invalid` for a day that nobody can mean."""
    if not _EARLIEST <= day <= _LATEST:
        raise Invalid.field(field, "membership.unlikely_day")


def holds(fact: Fact, day: str) -> bool:
    """Whether the fact holds on that day."""
    return bool(fact["valid_from"] <= day and (fact["valid_until"] is None or fact["valid_until"] >= day))


def of_day(facts: Iterable[FactT], day: str | None) -> list[FactT]:
    """The facts that hold on that day; all of them when none is named."""
    return [fact for fact in facts if day is None or holds(fact, day)]


def is_empty(one: Fact) -> bool:
    """Whether the fact holds on no day at all."""
    return one["valid_until"] is not None and bool(one["valid_until"] < one["valid_from"])


def is_over(one: Fact, day: str) -> bool:
    """Whether the fact's last day came before that day."""
    return one["valid_until"] is not None and bool(one["valid_until"] < day)


def overlap(one: Fact, other: Fact) -> bool:
    """Whether two facts share a day."""
    if is_empty(one) or is_empty(other):
        return False
    return not (is_over(one, other["valid_from"]) or is_over(other, one["valid_from"]))


def adds_days(after: Fact, before: Fact) -> bool:
    """Whether ``after`` holds on a day on which ``before`` does not."""
    ends = [fact["valid_until"] or _NEVER for fact in (after, before)]
    return not is_empty(after) and bool(after["valid_from"] < before["valid_from"] or ends[0] > ends[1])


def ended(fact: Fact, day: str) -> dict[str, Any]:
    """The fact with its last day the one before ``day``."""
    return {**fact, "valid_until": day_before(day)}


def earlier(one: str | None, other: str | None) -> str | None:
    """Which of two ends comes first."""
    return min((day for day in (one, other) if day is not None), default=None)


def day_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def day_after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
