"""Schools: the levels that people write, and what a school is found by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.membership.domain import names, search

_LEVELS = {
    "PAUD": ("paud", "tk", "kb", "tpa", "sps", "ra", "taman kanak kanak"),
    "SD": ("sd", "sekolah dasar"),
    "SMP": ("smp", "sekolah menengah pertama"),
    "SMA": ("sma", "sekolah menengah atas"),
    "SMK": ("smk", "sekolah menengah kejuruan"),
    "SLB": ("slb", "sdlb", "smplb", "smalb"),
    "PKBM": ("pkbm", "skb", "non formal", "nonformal"),
    "MI": ("mi",),
    "MTs": ("mts",),
    "MA": ("ma", "mak"),
}
_LEVEL_OF = {word: level for level, words in _LEVELS.items() for word in words}
_STATUS_OF = {"negeri": "Negeri", "n": "Negeri", "swasta": "Swasta", "s": "Swasta"}


def level_of(raw: str) -> str | None:
    """The level that is meant, or ``None`` when nobody knows it."""
    return _LEVEL_OF.get(names.fold(raw))


def status_of(raw: str) -> str | None:
    """``Negeri`` or ``Swasta``, or ``None``."""
    return _STATUS_OF.get(names.fold(raw))


def indexed(school: Mapping[str, Any]) -> dict[str, Any]:
    """The school with what it is found by."""
    return {**school, "keys": keys(school)}


def keys(school: Mapping[str, Any]) -> list[str]:
    """What the school may be found by."""
    places = {f"level:{school['level']}", f"subdistrict:{names.fold(school['subdistrict'])}"}
    return sorted(places.union(search.name_keys(school["name"])))


def found_by(where: Mapping[str, Any]) -> search.Narrowed:
    """The filter of a list of schools. Raises :class:`Invalid` for too short a ``q``."""
    level, subdistrict = where.get("level"), where.get("subdistrict")
    return search.narrowed(
        where.get("q"), after=[subdistrict and f"subdistrict:{names.fold(subdistrict)}", level and f"level:{level}"]
    )
