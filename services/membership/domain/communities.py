"""Communities: which kinds there are places for, and the promise that none is ever left without an officer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.membership.domain import names, search
from shared.errors import Conflict, Invalid

OFFICERS = ("ketua", "sekretaris", "bendahara")
IN_ONE_SCHOOL = "kombel"


@dataclass(frozen=True)
class Roster:
    """How many present members and officers a community has: its guard, which every change of members updates."""

    members: int = 0
    officers: int = 0

    def joined(self, role: str) -> Roster:
        """The roster after somebody came."""
        return replace(self, members=self.members + 1, officers=self.officers + (role in OFFICERS))

    def left(self, role: str) -> Roster:
        """The roster after somebody with this role went. Raises :class:`Conflict` when no officer would remain."""
        return self._led(replace(self, members=self.members - 1, officers=self.officers - (role in OFFICERS)))

    def changed(self, before: str, after: str) -> Roster:
        """The roster after somebody's role changed. Raises :class:`Conflict` when no officer would remain."""
        return self._led(replace(self, officers=self.officers - (before in OFFICERS) + (after in OFFICERS)))

    def _led(self, after: Roster) -> Roster:
        if self.officers > 0 and after.officers == 0:
            raise Conflict("membership.last_officer")
        return after


def join(
    record: Mapping[str, Any] | None, community_id: str, person_id: str, role: str, now: datetime
) -> dict[str, Any]:
    """The member record of somebody who joins, for the first time or again; earlier times stay in its history."""
    return {
        **(record or {"id": f"{community_id}/{person_id}", "history": []}),
        "community_id": community_id,
        "person_id": person_id,
        "role": role,
        "role_since": now,
        "active": True,
        "joined_at": now,
        "left_at": None,
    }


def leave(record: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The member record of somebody who goes."""
    return {**record, "history": [*record["history"], _past(record, now)], "active": False, "left_at": now}


def take_role(record: Mapping[str, Any], role: str, now: datetime) -> dict[str, Any]:
    """The member record of somebody whose role changes."""
    return {**record, "history": [*record["history"], _past(record, now)], "role": role, "role_since": now}


def check_shape(community: Mapping[str, Any]) -> None:
    """Raises :class:`Invalid` unless a kombel names its school and the other kinds name none."""
    if community["kind"] == IN_ONE_SCHOOL and not community["npsn"]:
        raise Invalid.field("npsn", "membership.kombel_needs_school")
    if community["kind"] != IN_ONE_SCHOOL and community["npsn"]:
        raise Invalid.field("npsn", "membership.only_kombel_has_school")


def check_open(community: Mapping[str, Any]) -> None:
    """Raises :class:`Conflict` when the community is archived: nothing in it changes any more."""
    if community["status"] != "active":
        raise Conflict("membership.community_archived")


def indexed(community: Mapping[str, Any]) -> dict[str, Any]:
    """The community with what it is found by."""
    return {**community, "keys": keys(community)}


def keys(community: Mapping[str, Any]) -> list[str]:
    """What the community may be found by."""
    found = set(search.name_keys(community["name"]))
    found.add(f"kind:{community['kind']}")
    for field, kind in (("level", "level"), ("npsn", "school")):
        if community[field]:
            found.add(f"{kind}:{community[field]}")
    if community["subject"]:
        found.add(f"subject:{names.fold(community['subject'])}")
    found.update(f"subdistrict:{names.fold(name)}" for name in community["subdistricts"])
    return sorted(found)


def found_by(where: Mapping[str, Any]) -> search.Narrowed:
    """The filter of a list of communities. Raises :class:`Invalid` for too short a ``q``."""

    def key(field: str, *, folded: bool = False) -> str | None:
        value = where.get(field)
        return value and f"{field}:{names.fold(value) if folded else value}"

    return search.narrowed(
        where.get("q"),
        before=[key("school")],
        after=[key("subject", folded=True), key("subdistrict", folded=True), key("kind"), key("level")],
    )


def _past(record: Mapping[str, Any], until: datetime) -> dict[str, Any]:
    return {"role": record["role"], "from": record["role_since"], "until": until}
