"""Who a caller is in this district: roles, memberships, and whether their token still counts.

Every service decides by its own copy (DESIGN 7). Membership, which owns these records, keeps them in tables of the same
names and shapes, so that this reads the same everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from shared.contracts.events import membership as events
from shared.contracts.words import OFFICER_ROLES
from shared.mongo import Copy, Doc, Index, Store

# Where on earth it is the latest and the earliest day. Most facts began long ago and end far ahead; the district's zone
# is looked up for the others only.
_EAST, _WEST = timedelta(hours=14), timedelta(hours=-12)
_NEVER = "9999-12-31"
# The zone of a district of which nothing has arrived yet.
_CAPITAL = "Asia/Jakarta"
_MOST_ROLES = 200


class StandingStore(Store):
    """The copies that standing is read from."""

    districts = Copy("districts", events.DISTRICT_CHANGED)
    people = Copy("people", events.PERSON_CHANGED)
    access = Copy("access", events.PERSON_DISABLED, events.SESSIONS_REVOKED)
    roles = Copy("roles", events.ROLE_CHANGED, Index("person_id"))
    assignments = Copy("assignments", events.ASSIGNMENT_CHANGED, Index("person_id"))
    communities = Copy("communities", events.COMMUNITY_CHANGED)
    members = Copy(
        "members",
        events.MEMBER_JOINED,
        events.MEMBER_LEFT,
        events.MEMBER_ROLE_CHANGED,
        Index("community_id", "person_id"),
        Index("person_id"),
    )


def zone_of(store: Any) -> str:
    """The time zone (IANA) in which the store's district lives."""
    district = store.districts.get(store.district or "")
    return _CAPITAL if district is None else str(district["timezone"])


class Days:
    """Which dated facts (``valid_from``, ``valid_until``: first and last day) count at one moment, by the district's
    own time zone."""

    def __init__(self, store: Any, now: datetime) -> None:
        self._store = store
        self._now = now

    def count(self, fact: Mapping[str, Any]) -> bool:
        """Whether the fact counts."""
        latest, earliest = (self._now + _EAST).date().isoformat(), (self._now + _WEST).date().isoformat()
        since, until = fact["valid_from"], fact["valid_until"] or _NEVER
        if since > latest or until < earliest:
            return False
        return (since <= earliest and until >= latest) or since <= self._today <= until

    @cached_property
    def _today(self) -> str:
        return self._now.astimezone(ZoneInfo(zone_of(self._store))).date().isoformat()


class Standing:
    """What one person is in one district at one moment; read as far as it is asked for. An API client (``machine``) has
    neither roles nor memberships; it may be ``bound`` to schools."""

    def __init__(
        self, store: Store, person_id: str, now: datetime, *, machine: bool = False, bound: bool = False
    ) -> None:
        self.person_id = person_id
        self.machine = machine
        self.bound = bound
        self._store = store
        self._now = now
        self._roles_in: dict[str, str | None] = {}

    @cached_property
    def roles(self) -> list[Doc]:
        """The grants that count now: from the first to the last moment of their days in the district's time zone."""
        grants = self._tables.roles.find({"person_id": self.person_id}, limit=_MOST_ROLES)
        days = Days(self._store, self._now)
        return [grant for grant in grants if days.count(grant)]

    @property
    def operator(self) -> bool:
        """Whether this is an operator of the district."""
        return self.holds("district_operator")

    def holds(self, role: str, npsn: str | None = None) -> bool:
        """Whether the person has the role, in the district as a whole or in that school."""
        return any(grant["role"] == role and grant["scope_id"] in (None, npsn) for grant in self.roles)

    def schools(self, *roles: str) -> set[str]:
        """The schools in which the person has one of these roles."""
        return {grant["scope_id"] for grant in self.roles if grant["role"] in roles and grant["scope_id"]}

    def role_in(self, community_id: str) -> str | None:
        """The person's role in a community, or ``None``. A founder is its ketua before the record of it arrives; in a
        community that was merged into another, everybody has the role that they have there."""
        if community_id not in self._roles_in:
            self._roles_in[community_id] = self._read_role(community_id)
        return self._roles_in[community_id]

    def officer_of(self, community_id: str) -> bool:
        """Whether the person is an officer of the community."""
        return self.role_in(community_id) in OFFICER_ROLES

    def member_of(self, community_id: str) -> bool:
        """Whether the person belongs to the community, in whatever role."""
        return self.role_in(community_id) is not None

    @property
    def _tables(self) -> StandingStore:
        return self._store  # type: ignore[return-value]  # membership's own tables have the same names and shapes

    def _read_role(self, community_id: str) -> str | None:
        record = self._tables.members.get(f"{community_id}/{self.person_id}")
        if record is not None and record["active"]:
            return str(record["role"])
        community = self._tables.communities.get(community_id)
        if community is None:
            return None
        if community.get("merged_into"):
            return self.role_in(community["merged_into"])
        return "ketua" if record is None and community.get("founder_id") == self.person_id else None


def token_counts(access: Doc | None, sid: str, issued_at: datetime) -> bool:
    """Whether a token of login session ``sid``, issued then, still counts for a person with this access record."""
    if access is None:
        return True
    valid_from = access.get("tokens_valid_from")
    return not (
        access.get("disabled")
        or sid in access.get("revoked", ())
        or (valid_from is not None and issued_at < valid_from)
    )
