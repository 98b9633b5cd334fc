"""How lists are narrowed: each record keeps ``keys`` (``<what>:<value>``), one index serves them all.

The embedded database is fast on one equality of an indexed list and slow on several (DESIGN 6), so the narrowest key is
looked up and the others are compared with what it finds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.membership.domain import names
from shared.errors import Invalid

STEM = 3


def name_keys(name: str) -> list[str]:
    """The keys by which a record is found from the beginning of any word of its name."""
    return sorted({f"name:{word[:STEM]}" for word in names.fold(name).split()})


def narrowed(q: str | None, *, before: Sequence[str | None] = (), after: Sequence[str | None] = ()) -> dict[str, Any]:
    """The filter for a list: keys ``before`` are narrower than words of a name (``q``), those ``after`` wider.

    Records hold ``keys`` and ``folded``, their folded name. Raises :class:`Invalid` when no word of ``q`` has three
    letters.
    """
    words = names.fold(q).split() if q is not None else []
    stem = max(words, key=len, default="")[:STEM]
    if q is not None and len(stem) < STEM:
        raise Invalid.field("q", "membership.query_too_short", letters=STEM)
    keys = [key for key in (*before, stem and f"name:{stem}", *after) if key]
    if not keys:
        return {}
    # A folded name holds letters, digits and spaces only, so its words are safe in a pattern.
    rest = [{"keys": key} for key in keys[1:]] + [{"folded": {"$regex": f"(^| ){word}"}} for word in words]
    return {"keys": keys[0], **({"$and": rest} if rest else {})}
