"""Skip levels: a few documents of a list stand for those around them, as in a skip list (docs/decisions/0095).

A list by moment has no natural width: forty thousand documents may lie within an hour, and then none for a year. Marks,
read level by level, say how far a number of documents reaches before any of them is read.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b

SPACINGS = {1: 8, 2: 128, 3: 2048}
"""Of how many documents one is drawn for a level. It stands on the highest only."""

Marks = Callable[[int, int, int, int], list[int]]
"""``marks(level, at, end, most)``: where documents of a level stand, from ``at`` on towards ``end``, both included."""


def level_of(key: str) -> int:
    """The skip level of the document with this key: the highest that it is drawn for by :data:`SPACINGS`, mostly 0.

    The same for the same key, however often it is written.
    """
    drawn = int.from_bytes(blake2b(key.encode(), digest_size=4).digest())
    return max((level for level, spacing in SPACINGS.items() if drawn % spacing == 0), default=0)


def reach(marks: Marks, at: int, end: int, wanted: int) -> int:
    """How far from ``at`` towards ``end`` about ``wanted`` documents reach, rather more than fewer.

    An estimate: what lies in between is read, and judged, by the caller.
    """
    for level in sorted(SPACINGS, reverse=True):
        # Twice as many as are wanted, and two marks more: their places are random.
        most = 2 * wanted // SPACINGS[level] + 2
        found = marks(level, at, end, most)
        if len(found) >= most:
            end = found[most - 1]
    return end
