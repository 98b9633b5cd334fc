"""Whose something is: the community it belongs to, as it stands now.

What belongs to a community that was merged into another keeps the id it was made with; whoever reads it follows
``merged_into`` (docs/decisions/0121). A community in this sense is found, led and listed as the one it became.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from shared.contracts.words import OFFICER_ROLES
from shared.errors import Conflict, NotFound
from shared.mongo import Doc

_A_FEW = 10

if TYPE_CHECKING:
    from shared.messaging import Work


def present_forms(store: Any, ids: Iterable[str]) -> dict[str, Doc]:
    """What has become of these communities, by the id asked for; those that are not known here are left out."""
    found: dict[str, Doc] = store.communities.get_many(ids)
    into = {id_: doc["merged_into"] for id_, doc in found.items() if doc.get("merged_into")}
    if into:
        later = present_forms(store, set(into.values()))
        found |= {id_: later[target] for id_, target in into.items() if target in later}
    return found


def known_community(store: Any, community_id: str) -> Doc:
    """The community as what it became: what is begun in it bears this one's id. Raises :class:`NotFound`."""
    community = present_forms(store, [community_id]).get(community_id)
    if community is None:
        raise NotFound("common.unknown_community")
    return community


def active_community(store: Any, community_id: str) -> Doc:
    """The same, for one that still meets and learns. Raises :class:`NotFound`, or :class:`Conflict` for an archived
    one."""
    community = known_community(store, community_id)
    if community["status"] != "active":
        raise Conflict("common.community_archived")
    return community


def still_active(store: Any, ids: Iterable[str]) -> list[str]:
    """Those of these communities that meet and learn; one of which nothing is known here yet, too."""
    ids = list(ids)
    present = present_forms(store, ids)
    return [id_ for id_ in ids if id_ not in present or present[id_]["status"] == "active"]


def seen_community(work: Work, community_id: str) -> bool:
    """Whether the caller belongs to the community. Raises :class:`NotFound` to others when it is not an active one, and
    to an API client whose schools do not reach it."""
    if work.standing.member_of(community_id):
        return True
    community = known_community(work.store, community_id)
    if community["status"] != "active" or not work.reach.community(community):
        raise NotFound("common.unknown_community")
    return False


def active_members(store: Any, community_id: str, most: int, **where: str) -> list[Doc]:
    """Up to ``most`` records of those who belong to a community now. The records of those who left stay among the
    others and may outnumber them: they are read past."""
    limit = 2 * most
    while True:
        found = store.members.find({"community_id": community_id, **where}, limit=limit)
        active = [record for record in found if record["active"]]
        if len(active) >= most or len(found) < limit:
            return active[:most]
        limit *= 4


def other_officers(store: Any, community_id: str, person_id: str) -> set[str]:
    """A community's officers but this person; a few of them, where there are many."""
    community_id = known_community(store, community_id)["id"]
    found = [record for role in OFFICER_ROLES for record in active_members(store, community_id, _A_FEW, role=role)]
    return {record["person_id"] for record in found} - {person_id}


def whole(store: Any, ids: Iterable[str]) -> list[str]:
    """The ids under which the records of these communities are kept: of what they became, and of all that became it."""
    ids = list(ids)
    parts = {id_: [doc["id"], *(doc.get("merged_from") or ())] for id_, doc in present_forms(store, ids).items()}
    return list(dict.fromkeys(part for id_ in ids for part in parts.get(id_, [id_])))
