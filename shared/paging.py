"""Lists read in key windows that are closed at both ends and widen until a page is full (docs/decisions/0002)."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from shared import clock
from shared.errors import Invalid

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

    def widths(self, limit: int) -> tuple[int, int]:
        """The width of the first window and of the widest."""
        return limit + 1, WIDEST_WINDOW

    def value(self, number: int) -> int:
        return number

    def number(self, value: int) -> int:
        return value


class Moments:
    """The moments from ``first`` to ``last``, both included, in milliseconds; ``window`` should hold about a page."""

    def __init__(self, first: datetime, last: datetime, window: timedelta) -> None:
        self.first, self.last = clock.ms(first), clock.ms(last)
        self._window = window

    def widths(self, limit: int) -> tuple[int, int]:
        """The width of the first window and of the widest, a year."""
        millisecond = timedelta(milliseconds=1)
        return self._window // millisecond, timedelta(days=366) // millisecond

    def value(self, number: int) -> datetime:
        return datetime.fromtimestamp(number / 1000, UTC)

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


def windows(keys: Keys, start: int | None, newest_first: bool, limit: int) -> Iterator[tuple[int, int, bool]]:
    """Adjoining windows ``(low, high, more)`` from ``start`` on, each twice as wide as the last, to the end.

    ``more`` is false for the last one allowed when the end is not reached by then.
    """
    width, widest = keys.widths(limit)
    at = (keys.last if newest_first else keys.first) if start is None else start
    at = min(at, keys.last) if newest_first else max(at, keys.first)
    for tries in range(1, MOST_WINDOWS + 1):
        if at < keys.first or at > keys.last:
            return
        low, high = (max(keys.first, at - width + 1), at) if newest_first else (at, min(keys.last, at + width - 1))
        at = low - 1 if newest_first else high + 1
        yield low, high, tries < MOST_WINDOWS or not keys.first <= at <= keys.last
        width = min(width * 2, widest)


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
