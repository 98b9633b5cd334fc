"""Rows of a ``schools`` file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.membership.domain import identifiers, schools
from services.membership.domain.identifiers import Unusable
from services.membership.domain.imports.cells import short, take
from services.membership.domain.imports.rows import CHANGED, CREATED, UNCHANGED, Decision, Reading, Record, text
from services.membership.domain.imports.sheets import Cell

_LONGEST_CODE = 20


def read(cells: Mapping[str, Cell]) -> Reading:
    """What a school's row says."""
    reading = Reading()
    take(reading, "npsn", cells, identifiers.npsn)
    take(reading, "name", cells, identifiers.name)
    take(reading, "level", cells, _level, hint=text("suggest_levels"))
    take(reading, "status", cells, _status, hint=text("suggest_status"))
    take(reading, "subdistrict", cells, _subdistrict)
    take(reading, "subdistrict_code", cells, short(_LONGEST_CODE), rejects=False)
    return reading


def decide(values: Mapping[str, Any], known: Record | None) -> Decision:
    """What becomes of a school's row, ``known`` being the school as it stands."""
    if known is None:
        return Decision(CREATED, values["npsn"], dict(values))
    wanted = {name: value for name, value in values.items() if value not in (None, "")} | {"active": True}
    changes = {name: value for name, value in wanted.items() if known.get(name) != value}
    return Decision(CHANGED if changes else UNCHANGED, values["npsn"], changes, record=known)


def _level(raw: str) -> str:
    if identifiers.blank(raw):
        raise Unusable("level_missing")
    found = schools.level_of(raw)
    if found is None:
        raise Unusable("unknown_level", level=raw[:40])
    return found


def _status(raw: str) -> str:
    if identifiers.blank(raw):
        raise Unusable("status_missing")
    found = schools.status_of(raw)
    if found is None:
        raise Unusable("unknown_status", status=raw[:40])
    return found


def _subdistrict(raw: str) -> str:
    if identifiers.blank(raw):
        raise Unusable("subdistrict_missing")
    return raw[: identifiers.LONGEST_NAME]
