"""Communities: find, found, show, change, archive."""

from __future__ import annotations

from collections.abc import Sequence

from services.membership.domain import communities, people
from services.membership.snapshots import community_state, member_state
from services.membership.usecases.people import require_school
from shared.contracts.events.membership import COMMUNITY_CHANGED, MEMBER_JOINED
from shared.errors import Invalid
from shared.messaging import Work
from shared.mongo import Doc, check_version
from shared.paging import Page


def list_communities(work: Work, order: Doc) -> Doc:
    """The district's communities, archived ones too, in the order they were founded."""
    work.allow()
    wanted = communities.found_by(order)
    page = work.store.communities.page(wanted.where, order, keep=wanted.keep)
    found: Doc = Page(_shown(work, page.items), page.next).as_dict()
    return found


def get_community(work: Work, order: Doc) -> Doc:
    work.allow()
    return _shown(work, [require_community(work, order)])[0]


def found_community(work: Work, order: Doc) -> Doc:
    """A new community, led by its founder or whom they name; both are told in one go."""
    ketua_id = order.pop("ketua_id") or work.caller.person_id
    work.allow(kind=order["kind"], npsn=order["npsn"])
    communities.check_shape(order)
    if order["npsn"] is not None:
        require_school(work, order["npsn"])
    if order["parent_id"] is not None and work.store.communities.get(order["parent_id"]) is None:
        raise Invalid.field("parent_id", "membership.community_unknown")
    require_present(work, [ketua_id], "ketua_id")
    community = work.store.communities.insert(
        communities.indexed({**order, "status": "active", "founder_id": ketua_id})
    )
    record = work.store.members.insert(communities.join(None, community["id"], ketua_id, "ketua", work.now))
    work.store.rosters.insert({"id": community["id"], "members": 1, "officers": 1})
    work.emit(COMMUNITY_CHANGED, community_state(community), community["version"])
    work.emit(MEMBER_JOINED, member_state(record), record["version"])
    return _shown(work, [community])[0]


def change_community(work: Work, order: Doc) -> Doc:
    work.allow(community_id=order["community_id"])
    community = require_community(work, order)
    check_version(community, order.pop("version"))
    communities.check_open(community)
    order.pop("community_id")
    return _told(work, communities.indexed({**community, **order}))


def archive_community(work: Work, order: Doc) -> Doc:
    """Close the community's book: it stays readable, and nothing in it changes any more."""
    work.allow(community_id=order["community_id"])
    community = require_community(work, order)
    if community["status"] == "archived":
        return _shown(work, [community])[0]
    return _told(work, {**community, "status": "archived"})


def require_community(work: Work, order: Doc) -> Doc:
    """The community that an order is about."""
    found: Doc = work.store.communities.require(order["community_id"], "membership.community_unknown")
    return found


def require_present(work: Work, person_ids: Sequence[str], field: str) -> dict[str, Doc]:
    """These people, by id. Raises :class:`Invalid` unless all are here and their accounts not shut."""
    found: dict[str, Doc] = work.store.people.get_many(person_ids)
    if any(id_ not in found or found[id_]["status"] not in people.PRESENT for id_ in person_ids):
        raise Invalid.field(field, "membership.person_unknown")
    return found


def _told(work: Work, changed: Doc) -> Doc:
    community = work.store.communities.save(changed)
    work.emit(COMMUNITY_CHANGED, community_state(community), community["version"])
    return _shown(work, [community])[0]


def _shown(work: Work, found: list[Doc]) -> list[Doc]:
    """The communities with their number of members and the caller's role in them."""
    rosters = work.store.rosters.get_many(community["id"] for community in found)
    mine = work.store.members.get_many(f"{community['id']}/{work.caller.person_id}" for community in found)
    roles = {record["community_id"]: record["role"] for record in mine.values() if record["active"]}
    return [
        {**community, "member_count": rosters[community["id"]]["members"], "my_role": roles.get(community["id"])}
        for community in found
    ]
