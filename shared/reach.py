"""How far an API client sees: the whole district, or what concerns the schools that it is bound to.

The rules stand in docs/decisions/0111. In doubt something is out of reach.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.communities import present_forms
from shared.contracts.base import Event
from shared.mongo import IN_CHUNK
from shared.standing import Days

_MOST_POSTS = 50

Told = tuple[Event, Mapping[str, Any]]


class Reach:
    """What of a district can be seen from these schools (NPSN) now; from none, everything."""

    def __init__(self, store: Any, schools: Collection[str], now: datetime) -> None:
        self.schools = frozenset(schools)
        self._store = store
        self._days = Days(store, now)

    @property
    def limited(self) -> bool:
        """Whether anything is out of reach."""
        return bool(self.schools)

    def school(self, npsn: str | None) -> bool:
        """Whether this school is within reach."""
        return not self.limited or npsn in self.schools

    def teacher(self, schools: Iterable[str]) -> bool:
        """Whether somebody who teaches at these schools is."""
        return not self.limited or not self.schools.isdisjoint(schools)

    def community(self, community: Mapping[str, Any]) -> bool:
        """Whether a community is: one of a school within reach, or of no school."""
        return community["npsn"] is None or self.school(community["npsn"])

    def communities(self, ids: Iterable[str]) -> set[str]:
        """Those of these communities that are."""
        if not self.limited:
            return set(ids)
        found = present_forms(self._store, ids)
        return {id_ for id_, community in found.items() if self.community(community)}

    def people(self, ids: Iterable[str]) -> set[str]:
        """Those of these people who teach at a school within reach now."""
        wanted = list(dict.fromkeys(ids))
        if not self.limited:
            return set(wanted)
        found: set[str] = set()
        for start in range(0, len(wanted), IN_CHUNK):
            chunk = {"person_id": {"$in": wanted[start : start + IN_CHUNK]}}
            posts = self._store.assignments.find(chunk, limit=IN_CHUNK * _MOST_POSTS)
            found |= {post["person_id"] for post in posts if self._counts(post)}
        return found

    def events(self, told: Sequence[Told]) -> list[bool]:
        """Of each event, by its data, whether it is within reach; few reads for many."""
        if not self.limited:
            return [True] * len(told)
        data = [each for _, each in told]
        people = self.people(_named("person_id", data))
        communities = self.communities(_named("community_id", data))
        return [self._event(event, each, people, communities) for event, each in told]

    def _event(self, event: Event, data: Mapping[str, Any], people: set[str], communities: set[str]) -> bool:
        # What names a school speaks of that school, whoever else it names: one who has left it still concerns it.
        if data.get("npsn") is not None:
            return data["npsn"] in self.schools
        if "scope_id" in data:
            return data["scope_id"] in self.schools
        person, community = data.get("person_id"), data.get("community_id")
        if person is None and community is None:
            return event.subject == "district"
        return (person is None or person in people) and (community is None or community in communities)

    def _counts(self, post: Mapping[str, Any]) -> bool:
        return post["npsn"] in self.schools and self._days.count(post)


def _named(field: str, data: Iterable[Mapping[str, Any]]) -> set[str]:
    return {each[field] for each in data if each.get(field) is not None}
