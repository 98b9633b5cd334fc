"""Who may lead a community: anybody, but of a kombel somebody of its school."""

from __future__ import annotations

from services.membership import calendar
from services.membership.domain import communities, dated
from shared.errors import Invalid
from shared.messaging import Work
from shared.mongo import Doc

SCHOOL_LEADERS = ("principal", "school_operator")
_MOST_ROLES = 200


def check_ketua(work: Work, community: Doc, person: Doc, field: str) -> None:
    """Raises :class:`Invalid` for a ketua of a kombel who neither teaches at its school nor leads it.

    An operator stands in for one, until there is somebody.
    """
    stands_in = work.standing.operator and person["id"] == work.caller.person_id
    if not stands_in and not may_lead(work, community, person):
        raise Invalid.field(field, "membership.lead_of_another_school", name=person["name"])


def may_lead(work: Work, community: Doc, person: Doc) -> bool:
    """Whether the person has a post at the school of the kombel, or a role as its leader without a post."""
    if communities.has_place_for(community, person):
        return True
    today = calendar.today(work)
    grants = work.store.roles.find({"person_id": person["id"]}, limit=_MOST_ROLES)
    return any(
        grant["role"] in SCHOOL_LEADERS and grant["scope_id"] == community["npsn"] and dated.holds(grant, today)
        for grant in grants
    )
