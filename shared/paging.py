"""Lists read in key windows that are closed at both ends, until a page is full (docs/decisions/0002)."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared import clock
from shared.errors import Invalid
from shared.skips import Marks, reach

Doc = dict[str, Any]

WIDEST_WINDOW = 2048
MOST_WINDOWS = 64


@dataclass(frozen=True)
class Page:
    """One page of a list; ``next`` is the cursor of the following one, or ``None``."""

    items: list[Doc]
    next: str | None

    def as_dict(self, view: Callable[[Doc], Any] | None = None) -> Doc:
        """``{"items", "next"}``, each item shown through ``view``."""
        return {"items": [view(item) for item in self.items] if view else self.items, "next": self.next}


class Numbers:
    """The dense numbers ``1..last`` that a numbered table gave its documents."""

    def __init__(self, last: int) -> None:
        self.first, self.last = 1, last

    def reach(self, at: int, end: int, wanted: int) -> int:
        """How far from ``at`` towards ``end`` that many numbers reach."""
        return max(end, at - wanted + 1) if end < at else min(end, at + wanted - 1)

    def value(self, number: int) -> int:
        return number

    def number(self, value: int) -> int:
        return value


class Moments:
    """The moments from ``first`` to ``last``, both included, in milliseconds; ``marks`` tell how they crowd."""

    def __init__(self, first: datetime, last: datetime, marks: Marks) -> None:
        self.first, self.last = clock.ms(first), clock.ms(last)
        self._marks = marks

    def reach(self, at: int, end: int, wanted: int) -> int:
        """How far from ``at`` towards ``end`` about that many documents reach."""
        return reach(self._marks, at, end, wanted)

    def value(self, number: int) -> datetime:
        return clock.from_ms(number)

    def number(self, value: datetime) -> int:
        return clock.ms(value)


Keys = Numbers | Moments


def read_page(
    fetch: Callable[[Any, Any], list[Doc]], keys: Keys, by: str, request: Mapping[str, Any], newest_first: bool
) -> Page:
    """A page of what ``fetch(low, high)`` finds between two values of ``by``, ordered by ``by`` and id.

    ``request`` holds ``limit`` and ``after``. A page that met :data:`MOST_WINDOWS` windows without filling up is short
    and still names a next one. Raises :class:`Invalid` for a bad cursor.
    """
    limit = int(request.get("limit") or 20)
    cursor = read_cursor(request.get("after"))
    items: list[Doc] = []
    for low, high, more in windows(keys, cursor[0] if cursor else None, newest_first, limit):
        found = fetch(keys.value(low), keys.value(high))
        found.sort(key=lambda doc: (doc[by], doc["id"]), reverse=newest_first)
        if cursor is not None:
            found = [doc for doc in found if _beyond((keys.number(doc[by]), doc["id"]), cursor, newest_first)]
        items += found
        if len(items) > limit:
            last = items[limit - 1]
            return Page(items[:limit], write_cursor(keys.number(last[by]), last["id"]))
        if not more:
            return Page(items, write_cursor(low, "") if newest_first else write_cursor(high, "~"))
    return Page(items, None)


def few(items: Sequence[Any], request: Mapping[str, Any]) -> Page:
    """A page of a short list that was read as a whole; its cursor is a place in it. Raises :class:`Invalid`."""
    limit, cursor = int(request.get("limit") or 20), read_cursor(request.get("after"))
    begin = max(0, cursor[0]) if cursor else 0
    end = begin + limit
    return Page(list(items[begin:end]), write_cursor(end, "") if end < len(items) else None)


def windows(keys: Keys, start: int | None, newest_first: bool, limit: int) -> Iterator[tuple[int, int, bool]]:
    """Adjoining windows ``(low, high, more)`` from ``start`` on to the end, each meant for twice as many documents.

    ``more`` is false for the last one allowed when the end is not reached by then.
    """
    wanted = limit + 1
    begin, end = (keys.last, keys.first) if newest_first else (keys.first, keys.last)
    at = begin if start is None else start
    at = min(at, keys.last) if newest_first else max(at, keys.first)
    for tries in range(1, MOST_WINDOWS + 1):
        if at < keys.first or at > keys.last:
            return
        far = keys.reach(at, end, wanted)
        low, high = (far, at) if newest_first else (at, far)
        at = low - 1 if newest_first else high + 1
        yield low, high, tries < MOST_WINDOWS or not keys.first <= at <= keys.last
        wanted = min(wanted * 2, WIDEST_WINDOW)


def write_cursor(number: int, id_: str) -> str:
    """An opaque cursor that stands right behind the document with this number and id."""
    return base64.urlsafe_b64encode(json.dumps([number, id_]).encode()).decode().rstrip("=")


def read_cursor(text: str | None) -> tuple[int, str] | None:
    """The place of a cursor; ``None`` without one. Raises :class:`Invalid`."""
    if not text:
        return None
    try:
        number, id_ = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(number, int) or isinstance(number, bool) or not isinstance(id_, str):
            raise ValueError
    except (TypeError, ValueError, RecursionError):
        raise Invalid.field("after", "common.bad_cursor") from None
    return number, id_


def _beyond(place: tuple[int, str], cursor: tuple[int, str], newest_first: bool) -> bool:
    return place < cursor if newest_first else place > cursor
