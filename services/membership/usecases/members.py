"""Members: who belongs to a community, joining, leaving, taking a role."""

from __future__ import annotations

from collections.abc import Iterable

from services.membership.domain import communities, people
from services.membership.domain.communities import Roster
from services.membership.domain.people import Sight
from services.membership.snapshots import member_state
from services.membership.usecases.communities import require_community, require_present
from shared.contracts.events.membership import MEMBER_JOINED, MEMBER_LEFT, MEMBER_ROLE_CHANGED
from shared.errors import Forbidden, NotFound
from shared.messaging import Work
from shared.mongo import Doc, check_version
from shared.paging import Page


def list_members(work: Work, order: Doc) -> Doc:
    """The present members, in the order they first joined; officers and the operator see their contacts."""
    community = require_community(work, order)
    work.allow(community_id=community["id"], npsn=community["npsn"])
    page = work.store.members.page({"community_id": community["id"], "active": True}, order)
    found: Doc = Page(_shown(work, page.items), page.next).as_dict()
    return found


def add_members(work: Work, order: Doc) -> Doc:
    """People join: one by themselves where anybody may, up to 200 by an officer. Present members stay as they are."""
    ids = list(dict.fromkeys(order.get("person_ids") or [order["person_id"]]))
    community, role = require_community(work, order), order["role"]
    alone = ids == [work.caller.person_id]
    leads = work.standing.operator or work.standing.officer_of(community["id"])
    if alone and not leads and (community["join_policy"] != "open" or role != "member"):
        raise Forbidden("membership.join_not_open")
    work.allow(community_id=community["id"], person_id=ids[0], open=alone)
    communities.check_open(community)
    require_present(work, ids, "person_id" if alone else "person_ids")
    records = work.store.members.get_many(f"{community['id']}/{id_}" for id_ in ids)
    known = {record["person_id"]: record for record in records.values()}
    joining = [id_ for id_ in ids if not (id_ in known and known[id_]["active"])]
    if joining:
        guard, roster = _roster(work, community["id"])
        for _ in joining:
            roster = roster.joined(role)
        made = [communities.join(known.get(id_), community["id"], id_, role, work.now) for id_ in joining]
        saved = work.store.members.insert_many([record for record in made if "version" not in record])
        saved += [work.store.members.save(record) for record in made if "version" in record]
        _save_roster(work, guard, roster)
        for record in saved:
            work.emit(MEMBER_JOINED, member_state(record), record["version"])
            known[record["person_id"]] = record
    shown = _shown(work, [known[id_] for id_ in ids])
    return {"items": [{**view, "outcome": _outcome(view["person_id"], joining)} for view in shown]}


def change_member(work: Work, order: Doc) -> Doc:
    """Another role for a member; the last officer stays one."""
    work.allow(community_id=order["community_id"])
    communities.check_open(require_community(work, order))
    record = _require_member(work, order)
    check_version(record, order["version"])
    if record["role"] == order["role"]:
        return _shown(work, [record])[0]
    guard, roster = _roster(work, order["community_id"])
    roster = roster.changed(record["role"], order["role"])
    saved = work.store.members.save(communities.take_role(record, order["role"], work.now))
    _save_roster(work, guard, roster)
    work.emit(MEMBER_ROLE_CHANGED, member_state(saved), saved["version"])
    return _shown(work, [saved])[0]


def remove_member(work: Work, order: Doc) -> Doc:
    """Somebody leaves, or is let go by an officer; the last officer may not."""
    work.allow(community_id=order["community_id"], person_id=order["person_id"])
    record = _require_member(work, order)
    guard, roster = _roster(work, order["community_id"])
    roster = roster.left(record["role"])
    saved = work.store.members.save(communities.leave(record, work.now))
    _save_roster(work, guard, roster)
    work.emit(MEMBER_LEFT, member_state(saved), saved["version"])
    return _shown(work, [saved])[0]


def _require_member(work: Work, order: Doc) -> Doc:
    record: Doc = work.store.members.require(f"{order['community_id']}/{order['person_id']}", "membership.not_a_member")
    if not record["active"]:
        raise NotFound("membership.not_a_member")
    return record


def _roster(work: Work, community_id: str) -> tuple[Doc, Roster]:
    guard = work.store.rosters.require(community_id)
    return guard, Roster(guard["members"], guard["officers"])


def _save_roster(work: Work, guard: Doc, roster: Roster) -> None:
    work.store.rosters.save({**guard, "members": roster.members, "officers": roster.officers})


def _outcome(person_id: str, joining: Iterable[str]) -> str:
    return "joined" if person_id in joining else "already"


def _shown(work: Work, records: list[Doc]) -> list[Doc]:
    """The member records with names, and with contacts for those who may see them."""
    found = work.store.people.get_many(record["person_id"] for record in records)
    views = []
    for record in records:
        person = found[record["person_id"]]
        leads = work.standing.operator or work.standing.officer_of(record["community_id"])
        own = person["id"] == work.caller.person_id
        seen = people.seen(person, Sight.CONTACTS if leads or own else Sight.NAME, whole_nip=False)
        views.append({**{name: seen[name] for name in ("name", "npsn", "email", "phone")}, **record})
    return views
