"""What policy is told about a person or a community: whose they are, and who stands above whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.membership import belonging, calendar
from services.membership.domain import communities, people
from shared.messaging import Work
from shared.mongo import IN_CHUNK, Doc

_MOST_ROLES = 200


def elevated(work: Work, people: Iterable[Doc], npsn: str) -> set[str]:
    """The ids of those who hold a role beyond the school."""
    today, ids = calendar.today(work), [person["id"] for person in people]
    found: set[str] = set()
    for start in range(0, len(ids), IN_CHUNK):
        where = {"person_id": {"$in": ids[start : start + IN_CHUNK]}}
        found.update(
            grant["person_id"]
            for grant in work.store.roles.find(where, limit=_MOST_ROLES * IN_CHUNK)
            if _beyond(grant, npsn, today)
        )
    return found


def about(work: Work, person: Doc) -> Doc:
    """``npsn`` is the school that speaks for the person; ``elevated`` whether they hold a role beyond it, so that its
    leaders must not take over their account."""
    today = calendar.today(work)
    grants = work.store.roles.find({"person_id": person["id"]}, limit=_MOST_ROLES)
    beyond = any(_beyond(grant, person["npsn"], today) for grant in grants)
    return {"npsn": person["npsn"], "person_id": person["id"], "elevated": beyond}


def _beyond(grant: Doc, npsn: str | None, today: str) -> bool:
    return grant["scope_id"] != npsn and (grant["valid_until"] is None or grant["valid_until"] >= today)


def of_community(work: Work, community: Doc) -> Doc:
    """``own``: whether it belongs to the authority that the district is of, so that the operator may run it. What is
    another's is run by its officers alone, unless none of them can log in any more (docs/decisions/0120)."""
    standing = work.standing
    own = communities.authority(work.district) == community["jurisdiction"]
    if not own and standing.operator and not standing.officer_of(community["id"]):
        own = not _is_led(work, community["id"])
    return {"community_id": community["id"], "npsn": community["npsn"], "own": own}


def run_by_others(work: Work, found: Iterable[Mapping[str, Any]]) -> set[str]:
    """The ids of those of these communities that are another authority's and led by somebody who can log in: no list of
    the operator's changes them."""
    own = communities.authority(work.district)
    return {each["id"] for each in found if each["jurisdiction"] != own and _is_led(work, each["id"])}


def _is_led(work: Work, community_id: str) -> bool:
    officers = belonging.officers(work, community_id)
    found = work.store.people.get_many(record["person_id"] for record in officers)
    return any(person["status"] in people.PRESENT for person in found.values())
