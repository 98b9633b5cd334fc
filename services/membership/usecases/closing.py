"""The end of a community, and what may follow: archived, revived, merged into another."""

from __future__ import annotations

from functools import partial

from services.membership import authority, belonging, deadlines, founding, leading
from services.membership.domain import communities
from services.membership.store import MembershipStore
from services.membership.usecases.communities import require_community, require_present, shown, told
from shared.errors import Conflict, Invalid
from shared.messaging import SystemWork, Work
from shared.mongo import Doc

JOB = "merges"
_AT_ONCE = 50
_MOST = 200
_PAGE = 100


def archive_community(work: Work, order: Doc) -> Doc:
    """Close the community's book: it stays readable, and nothing in it changes any more."""
    community = require_community(work, order)
    work.allow(**authority.of_community(work, community))
    if community["status"] != "archived":
        belonging.hold(work, community["id"])
        community = told(work, {**community, "status": "archived"})
    return shown(work, [community])[0]


def revive_community(work: Work, order: Doc) -> Doc:
    """An archived community goes on, led by who led it, or by whom an operator names (``ketua_id``)."""
    community = require_community(work, order)
    work.allow(**authority.of_community(work, community))
    if community.get("merged_into"):
        raise Conflict("membership.merged_already")
    if community["status"] == "archived":
        belonging.hold(work, community["id"])
        if order["ketua_id"] is not None:
            _appoint(work, community, order["ketua_id"])
        elif work.store.rosters.require(community["id"])["officers"] == 0:
            raise Invalid.field("ketua_id", "membership.revive_needs_ketua")
        community = told(work, {**community, "status": "active"})
        deadlines.rearm(work, community["id"])
    return shown(work, [community])[0]


def merge_community(work: Work, order: Doc) -> Doc:
    """A double lives on in another community, which is answered: it is archived and points there, its members go over
    within seconds, and what it began is followed there (docs/decisions/0121)."""
    double = require_community(work, order)
    into = work.store.communities.get(order["into"])
    if into is None:
        raise Invalid.field("into", "membership.community_unknown")
    theirs, ours = authority.of_community(work, double), authority.of_community(work, into)
    work.allow(**theirs, into=into["id"], into_own=ours["own"])
    communities.check_merge(double, into)
    belonging.hold(work, double["id"])
    earlier = work.store.communities.get_many(double.get("merged_from", ()))
    merged_from = [*into.get("merged_from", ()), *earlier, double["id"]]
    for gone in (double, *earlier.values()):
        told(work, {**gone, "status": "archived", "merged_into": into["id"], "merged_from": []})
    _carry_children(work, double, into)
    into = told(work, {**work.store.communities.require(into["id"]), "merged_from": merged_from})
    work.store.merges.insert({"id": double["id"]})
    work.wake(JOB)
    return shown(work, [into])[0]


def move_members(work: SystemWork) -> bool:
    """Let the members of merged communities go over, so many in a transaction. Returns whether more wait."""
    more = False
    for merge in work.system.find(MembershipStore.merges, {}, _MOST):
        more = work.run(merge["district"], partial(_move_some, double_id=merge["id"])) or more
    return more


def _move_some(work: Work, double_id: str) -> bool:
    merge = work.store.merges.get(double_id)
    if merge is None:
        return False
    page = work.store.members.page({"community_id": double_id, "active": True}, {"limit": _AT_ONCE})
    if page.items:
        into = work.store.communities.require(double_id)["merged_into"]
        belonging.move(work, page.items, into)
        return True
    work.store.merges.delete(double_id)
    return False


def _carry_children(work: Work, double: Doc, into: Doc) -> None:
    """What stood below the double stands below the other; but what that one stands below itself takes the place of the
    double, so that nothing goes round."""
    founding.guard_places(work)
    line = founding.line_of(work, into)
    for child in _children(work, double["id"]):
        parent = double["parent_id"] if child["id"] in line else into["id"]
        told(work, communities.indexed({**child, "parent_id": parent}))


def _children(work: Work, community_id: str) -> list[Doc]:
    found: list[Doc] = []
    after = None
    while True:
        request = {"limit": _PAGE, "after": after}
        page = work.store.communities.page({"keys": f"parent_id:{community_id}"}, request)
        found += page.items
        after = page.next
        if after is None:
            return found


def _appoint(work: Work, community: Doc, person_id: str) -> None:
    found = require_present(work, [person_id], "ketua_id")
    leading.check_ketua(work, community, found[person_id], "ketua_id")
    if not belonging.join(work, community["id"], [person_id], "ketua", added=person_id != work.caller.person_id):
        record = work.store.members.require(f"{community['id']}/{person_id}")
        if record["role"] != "ketua":
            belonging.take_role(work, record, "ketua")
