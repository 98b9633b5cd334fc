"""Memberships: who belongs to a community in which role, as dated facts, and the promise that none is ever left without
an officer.

Each person has one record in a community, which tells how they stand now, and beside it a dated fact for each time that
they belonged in one role. Facts are ended, never changed otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.membership.domain import dated
from shared.errors import Conflict
from shared.ids import new_id

OFFICERS = ("ketua", "sekretaris", "bendahara")


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
        return self._led(self.closed(role))

    def changed(self, before: str, after: str) -> Roster:
        """The roster after somebody's role changed. Raises :class:`Conflict` when no officer would remain."""
        return self._led(replace(self, officers=self.officers - (before in OFFICERS) + (after in OFFICERS)))

    def closed(self, role: str) -> Roster:
        """The roster after somebody went from a community that is closed, which need not be led any more."""
        return replace(self, members=self.members - 1, officers=self.officers - (role in OFFICERS))

    def needs_successor(self, role: str) -> bool:
        """Whether the community has no other officer than this one, with this role."""
        return role in OFFICERS and self.officers == 1

    def _led(self, after: Roster) -> Roster:
        if self.officers > 0 and after.officers == 0:
            raise Conflict("membership.last_officer")
        return after


@dataclass(frozen=True)
class Change:
    """What becomes of somebody's record, and of the dated facts beside it."""

    record: dict[str, Any]
    ended: dict[str, Any] | None = None
    begun: dict[str, Any] | None = None


def join(
    record: Mapping[str, Any] | None,
    community_id: str,
    person_id: str,
    role: str,
    *,
    now: datetime,
    today: str,
    reachable: bool = True,
) -> Change:
    """Somebody joins, for the first time or again; ``record`` is the one that they had. Its officers see the contacts
    of those who are ``reachable`` (docs/decisions/0104)."""
    who = {"community_id": community_id, "person_id": person_id}
    present = {**who, "role": role, "joined_at": now, "left_at": None, "active": True, "reason": None}
    begun = _begun(present, today)
    known = record or {"id": f"{community_id}/{person_id}"}
    after = {**known, **present, "reachable": reachable, **_of(begun)}
    return Change(after, begun=begun)


def is_reachable(record: Mapping[str, Any]) -> bool:
    """Whether the officers may see how to reach a member; whoever came before anybody asked that is."""
    return bool(record.get("reachable", True))


def leave(record: Mapping[str, Any], fact: Mapping[str, Any], reason: str, *, now: datetime, day: str) -> Change:
    """Somebody goes: ``day`` is the first on which they do not belong any more."""
    gone = {"active": False, "left_at": now, "reason": reason}
    ended = {**dated.ended(fact, day), **gone}
    return Change({**record, **gone, **_of(ended)}, ended=ended)


def cut_short(earlier: Iterable[Mapping[str, Any]], reason: str, day: str) -> list[dict[str, Any]]:
    """Those of somebody's earlier facts that would outlast them, as they end when ``day`` is the first on which they do
    not belong any more: it was known too late."""
    outlasting = [fact for fact in earlier if not (dated.is_empty(fact) or dated.is_over(fact, day))]
    return [{**dated.ended(fact, day), "reason": reason} for fact in outlasting]


def take_role(record: Mapping[str, Any], fact: Mapping[str, Any], role: str, *, today: str) -> Change:
    """Another role for somebody, from today."""
    ended = {**dated.ended(fact, today), "active": False, "reason": "role"}
    begun = _begun({**record, "role": role}, today)
    return Change({**record, "role": role, **_of(begun)}, ended=ended, begun=begun)


def _begun(present: Mapping[str, Any], today: str) -> dict[str, Any]:
    names = ("community_id", "person_id", "role", "joined_at", "left_at", "active", "reason")
    return {"id": new_id(), **{name: present[name] for name in names}, "valid_from": today, "valid_until": None}


def _of(fact: Mapping[str, Any]) -> dict[str, Any]:
    """What a record tells of its latest fact."""
    return {"fact_id": fact["id"], "valid_from": fact["valid_from"], "valid_until": fact["valid_until"]}


def rank(role: str) -> int:
    """How much a role includes: an officer is a member too, a guest is less than one."""
    return 2 if role in OFFICERS else int(role != "guest")
