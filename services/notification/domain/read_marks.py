"""What of an inbox was read: a person's notifications are numbered 1, 2, 3 ... without gaps, so ranges say it all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


class ReadMarks:
    """The numbers that were read, as ascending ranges that neither touch nor overlap."""

    def __init__(self, ranges: Iterable[Iterable[int]] = ()) -> None:
        self.ranges: list[tuple[int, int]] = [(first, last) for first, last in ranges]

    def __contains__(self, number: int) -> bool:
        return any(first <= number <= last for first, last in self.ranges)

    def mark(self, first: int, last: int) -> None:
        """Count ``first`` to ``last`` as read; does nothing when that is no range."""
        if first > last:
            return
        apart = [each for each in self.ranges if each[1] < first - 1 or each[0] > last + 1]
        joined = [each for each in self.ranges if each not in apart]
        low = min([first, *(each[0] for each in joined)])
        high = max([last, *(each[1] for each in joined)])
        self.ranges = sorted([*apart, (low, high)])

    def unread(self, total: int) -> int:
        """How many of ``total`` are unread."""
        return total - sum(min(last, total) - first + 1 for first, last in self.ranges if first <= total)

    def newest_unread(self, below: int, limit: int) -> Iterator[tuple[int, int]]:
        """Ranges that hold the newest ``limit`` unread numbers less than ``below``, the newest first."""
        high = below - 1
        for first, last in [*reversed(self.ranges), (0, 0)]:
            low = max(last + 1, high - limit + 1)
            if low <= high:
                yield low, high
                limit -= high - low + 1
            if limit <= 0:
                return
            high = min(high, first - 1)
