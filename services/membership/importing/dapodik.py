"""A school's workbook from Dapodik ("Daftar Guru"): which school it is of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from services.membership.domain import names
from services.membership.domain.imports.sheets import Row, Unreadable, text_of
from services.membership.domain.imports.teachers import school_in_titles
from services.membership.domain.search import STEM

_MOST_LIKE = 2000
_MOST_TITLES = 10


def school_of(store: Any, titles: Sequence[Row], chosen: Sequence[str]) -> str:
    """The NPSN of the workbook's school: the one in its title rows, or the one of the name there; else the chosen one.

    Raises :class:`Unreadable` when none is known, or another one was chosen.
    """
    named = _named(store, titles)
    if len(chosen) > 1 or (not chosen and not named):
        raise Unreadable("dapodik_school_unknown")
    if not chosen and len(named) > 1:
        raise Unreadable("dapodik_school_ambiguous", count=len(named))
    if chosen and named and chosen[0] not in named:
        raise Unreadable("dapodik_other_school", npsn=chosen[0], named=", ".join(sorted(named)))
    npsn = chosen[0] if chosen else next(iter(named))
    if store.schools.get(npsn) is None:
        raise Unreadable("unknown_school", npsn=npsn)
    return npsn


def _named(store: Any, titles: Sequence[Row]) -> set[str]:
    npsn = school_in_titles(titles)
    if npsn is not None:
        return {npsn}
    for title in _texts(titles):
        stem = max(title.split(), key=len, default="")[:STEM]
        if len(stem) == STEM:
            like = store.schools.find({"keys": f"name:{stem}"}, limit=_MOST_LIKE)
            found = {school["id"] for school in like if names.fold(school["name"]) == title}
            if found:
                return found
    return set()


def _texts(titles: Sequence[Row]) -> Iterator[str]:
    """What stands in the title rows, folded: each cell on its own, whole and from its colon on."""
    for row in titles[:_MOST_TITLES]:
        for cell in row:
            said = text_of(cell)
            for part in (said, said.partition(":")[2]):
                if names.fold(part):
                    yield names.fold(part)
