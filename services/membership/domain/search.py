"""How lists are narrowed: each record keeps ``keys`` (``<what>:<value>``), one index serves them all.

The narrowest key is looked up; the others are compared with what it finds, for a database reads one equality of an
indexed list fast and several slowly (docs/decisions/0031).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from services.membership.domain import names
from shared.errors import Invalid

STEM = 3
SHORTEST = 2
# Every record has this key: so one index serves the whole list too.
ALL = "all"


class Narrowed(NamedTuple):
    """A list's filter: what is looked up, and what is asked of each record that it finds."""

    where: dict[str, str]
    keep: Callable[[Mapping[str, Any]], bool]

    def fits(self, record: Mapping[str, Any]) -> bool:
        """Whether the list holds a record that was found in another way."""
        return self.where["keys"] in record["keys"] and self.keep(record)


def name_keys(name: str) -> list[str]:
    """The keys by which any record is found, and this one from the beginning of any word of its name: its first two
    letters, and its first three. Those of one letter would be half the list."""
    words = names.fold(name).split()
    return [ALL, *sorted({f"name:{word[:length]}" for word in words for length in (SHORTEST, STEM)})]


def narrowed(q: str | None, *, before: Sequence[str | None] = (), after: Sequence[str | None] = ()) -> Narrowed:
    """The filter for a list: keys ``before`` are narrower than words of a name (``q``), those ``after`` wider.

    Each word of ``q`` must begin a word of the name. Raises :class:`Invalid` when none has two letters.
    """
    words = names.fold(q).split() if q is not None else []
    stem = max(words, key=len, default="")[:STEM]
    if q is not None and len(stem) < SHORTEST:
        raise Invalid.field("q", "membership.query_too_short", letters=SHORTEST)
    keys = [key for key in (*before, stem and f"name:{stem}", *after, ALL) if key]

    def keep(record: Mapping[str, Any]) -> bool:
        if not all(key in record["keys"] for key in keys[1:]):
            return False
        own = names.fold(record["name"]).split() if words else []
        return all(any(part.startswith(word) for part in own) for word in words)

    return Narrowed({"keys": keys[0]}, keep)
