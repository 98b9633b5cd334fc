"""Rows of a ``members`` file: who belongs to which community, and as what."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from services.membership.domain import identifiers, names
from services.membership.domain.identifiers import Unusable
from services.membership.domain.imports.cells import one_of, take
from services.membership.domain.imports.communities import KINDS
from services.membership.domain.imports.rows import (
    CHANGED,
    CREATED,
    UNCHANGED,
    Decision,
    Problem,
    Reading,
    Record,
    text,
)
from services.membership.domain.imports.sheets import Cell
from services.membership.domain.imports.teachers import ReadPhone, read_person

_ROLES = {role: role for role in ("ketua", "sekretaris", "bendahara")}
_ROLES |= {"anggota": "member", "member": "member"}


def read(cells: Mapping[str, Cell], read_phone: ReadPhone, rounded: Collection[str] = ()) -> Reading:
    """What a member's row says; ``role`` is ``None`` where it says none."""
    reading = Reading()
    take(reading, "community", cells, _community)
    take(reading, "community_kind", cells, one_of(KINDS, "unknown_kind"), hint=text("suggest_kinds"))
    take(reading, "community_npsn", cells, _npsn)
    take(reading, "role", cells, one_of(_ROLES, "unknown_member_role"), hint=text("suggest_member_roles"))
    read_person(reading, cells, read_phone, rounded)
    take(reading, "npsn", cells, _npsn)
    reading.values["email"] = None
    values = reading.values
    if not reading.rejected and not any(values[what] for what in ("nuptk", "nip", "phone", "npsn")):
        reading.problems.append(Problem("name", text("person_needs_more"), text("suggest_person_needs_more")))
    return reading


def meant(values: Mapping[str, Any], known: Sequence[Record]) -> list[Record]:
    """Those of the communities called so that a row may mean: of its kind, and of its school, if it says them. An
    archived one is meant only where no other is."""
    called = [each for each in known if names.fold(each["name"]) == names.fold(values["community"])]
    if values["community_kind"]:
        called = [each for each in called if each["kind"] == values["community_kind"]]
    if values["community_npsn"]:
        called = [each for each in called if each["npsn"] == values["community_npsn"]]
    return [each for each in called if each["status"] == "active"] or called


def decide(values: Mapping[str, Any], community: Record, person: Record, record: Record | None) -> Decision:
    """What becomes of a row that means this person in this community, where they have this ``record``. Who comes in is
    a member unless the row says more; whoever is there keeps the role of which it says nothing."""
    subject = f"{community['id']}/{person['id']}"
    if record is None or not record["active"]:
        return Decision(CREATED, subject, {"role": values["role"] or "member"}, record=record)
    if values["role"] in (None, record["role"]):
        return Decision(UNCHANGED, subject, record=record)
    return Decision(CHANGED, subject, {"role": values["role"]}, record=record)


def _community(raw: str) -> str:
    if identifiers.blank(raw):
        raise Unusable("community_missing")
    return raw[: identifiers.LONGEST_NAME]


def _npsn(raw: str) -> str | None:
    return None if identifiers.blank(raw) else identifiers.npsn(raw)
