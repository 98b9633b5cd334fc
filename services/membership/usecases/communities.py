"""Communities: find, found, show, change."""

from __future__ import annotations

from collections.abc import Sequence

from services.membership import answering, authority, deadlines, founding
from services.membership.domain import communities, people
from services.membership.snapshots import community_state
from shared.contracts.events.membership import COMMUNITY_CHANGED
from shared.errors import Forbidden, Invalid, NotFound
from shared.messaging import Work
from shared.mongo import Doc, check_version
from shared.paging import Page


def list_communities(work: Work, order: Doc) -> Doc:
    """The district's communities, archived ones too, in the order they were founded."""
    work.allow()
    wanted = communities.found_by(order)

    def keep(community: Doc) -> bool:
        return work.reach.community(community) and wanted.keep(community)

    page = work.store.communities.page(wanted.where, order, keep=keep)
    found: Doc = Page(shown(work, page.items), page.next).as_dict()
    return found


def get_community(work: Work, order: Doc) -> Doc:
    work.allow()
    return shown(work, [require_community(work, order)])[0]


def found_community(work: Work, order: Doc) -> Doc:
    """A new community, led by its founder or whom they name; both are told in one go."""
    ketua_id = order["ketua_id"] or work.caller.person_id
    work.allow(kind=order["kind"], npsn=order["npsn"])
    require_present(work, [ketua_id], "ketua_id")
    return shown(work, [founding.found(work, order, ketua_id)])[0]


def change_community(work: Work, order: Doc) -> Doc:
    """Other words, another place among the communities. Only the operator hands it to another authority."""
    community = require_community(work, order)
    work.allow(**authority.of_community(work, community))
    check_version(community, order.pop("version"))
    communities.check_open(community)
    order.pop("community_id")
    after = {**community, **order}
    if order.keys() & {"level", "jurisdiction"}:
        level = founding.level_of(work, after)
        said = order.get("jurisdiction") or (community["jurisdiction"] if level is None else None)
        after["jurisdiction"] = communities.jurisdiction(level, said, community["jurisdiction"])
    if after["jurisdiction"] != community["jurisdiction"] and not work.standing.operator:
        raise Forbidden("membership.jurisdiction_stays")
    if after["parent_id"] != community["parent_id"]:
        founding.check_parent(work, community["id"], after["parent_id"])
    saved = told(work, communities.indexed(after))
    deadlines.watch_decree(work, saved)
    return shown(work, [saved])[0]


def require_community(work: Work, order: Doc) -> Doc:
    """The community that an order is about. Raises :class:`NotFound` to an API client whose schools do not reach it."""
    found: Doc = work.store.communities.require(order["community_id"], "membership.community_unknown")
    if not work.reach.community(found):
        raise NotFound("membership.community_unknown")
    return found


def require_present(work: Work, person_ids: Sequence[str], field: str) -> dict[str, Doc]:
    """These people, by id. Raises :class:`Invalid` unless all are here and their accounts not shut."""
    found: dict[str, Doc] = work.store.people.get_many(person_ids)
    if any(id_ not in found or found[id_]["status"] not in people.PRESENT for id_ in person_ids):
        raise Invalid.field(field, "membership.person_unknown")
    return found


def told(work: Work, changed: Doc) -> Doc:
    """Save the community as changed, and tell the others."""
    community: Doc = work.store.communities.save(changed)
    work.emit(COMMUNITY_CHANGED, community_state(community), community["version"])
    return community


def shown(work: Work, found: list[Doc]) -> list[Doc]:
    """The communities with their number of members, and where the caller stands in them."""
    rosters = work.store.rosters.get_many(community["id"] for community in found)
    me = work.caller.person_id
    mine = work.store.members.get_many(f"{community['id']}/{me}" for community in found)
    roles = {record["community_id"]: record["role"] for record in mine.values() if record["active"]}
    asked = answering.asked(work, [community for community in found if community["id"] not in roles], me)
    waiting = {
        id_: each["request_id"] for id_, askings in asked.items() for each in askings if each["status"] == "pending"
    }
    return [
        {
            **community,
            "member_count": rosters[community["id"]]["members"],
            "my_role": roles.get(community["id"]),
            "my_request_id": waiting.get(community["id"]),
        }
        for community in found
    ]
