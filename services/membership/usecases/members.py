"""Members: who belongs to a community, joining, leaving, taking a role."""

from __future__ import annotations

from services.membership import authority, belonging, deadlines, leading, sight
from services.membership.domain import communities, dated, people
from services.membership.domain.people import Sight
from services.membership.usecases.communities import require_community, require_present
from shared.communities import whole
from shared.errors import Forbidden, NotFound
from shared.messaging import Work
from shared.mongo import Doc, check_version
from shared.paging import Page


def list_members(work: Work, order: Doc) -> Doc:
    """The present members, in the order they came; those of a day; or whoever came, went or took a role since a moment.
    Contacts are shown in the first of these lists only."""
    community = require_community(work, order)
    work.allow(community_id=community["id"], npsn=community["npsn"])
    day = order.get("on")
    if order["updated_since"] is not None:
        page = work.store.members.page({"community_id": community["id"]}, order)
    elif day is None:
        page = work.store.members.page({"community_id": community["id"], "active": True}, order)
    else:
        where = [{"community_id": id_} for id_ in whole(work.store, [community["id"]])]
        page = work.store.memberships.page(where, order, keep=lambda fact: dated.holds(fact, day))
    present = day is None and order["updated_since"] is None
    within = work.reach.people(record["person_id"] for record in page.items)
    seen = [record for record in page.items if record["person_id"] in within]
    found: Doc = Page(shown_members(work, seen, contacts=present), page.next).as_dict()
    return found


def add_members(work: Work, order: Doc) -> Doc:
    """People join: one by themselves where anybody may, up to 200 by an officer. Present members stay as they are; one
    whom an officer put in says by joining that they agree."""
    ids = list(dict.fromkeys(order.get("person_ids") or [order["person_id"]]))
    community, role = require_community(work, order), order["role"]
    alone = ids == [work.caller.person_id]
    about = authority.of_community(work, community)
    leads = (work.standing.operator and about["own"]) or work.standing.officer_of(community["id"])
    open_ = community["join_policy"] == "open" or work.standing.member_of(community["id"])
    if alone and not leads and (not open_ or role != "member"):
        raise Forbidden("membership.join_not_open")
    work.allow(**about, person_id=ids[0], open=alone)
    communities.check_open(community)
    found = require_present(work, ids, "person_id" if alone else "person_ids")
    if role == "ketua":
        for person in found.values():
            leading.check_ketua(work, community, person, "person_ids" if "person_ids" in order else "person_id")
    own_doing = alone or (work.standing.operator and about["own"])
    unreachable = [] if own_doing else sight.beyond_reach(work, community, found.values())
    come = belonging.join(work, community["id"], ids, role, unreachable=unreachable, added=not alone)
    joined = {record["person_id"] for record in come}
    if order["term"] is not None:
        for record in come:
            deadlines.give_term(work, record, order["term"])
    records = work.store.members.get_many(f"{community['id']}/{id_}" for id_ in ids)
    there = [records[f"{community['id']}/{id_}"] for id_ in ids]
    shown = shown_members(work, [belonging.agree(work, record) for record in there] if alone else there)
    return {"items": [{**view, "outcome": "joined" if view["person_id"] in joined else "already"} for view in shown]}


def change_member(work: Work, order: Doc) -> Doc:
    """Another role for a member, another term for an officer; the last officer stays one."""
    community = require_community(work, order)
    work.allow(**authority.of_community(work, community))
    communities.check_open(community)
    record = _require_member(work, order)
    check_version(record, order["version"])
    if record["role"] != order["role"]:
        if order["role"] == "ketua":
            leading.check_ketua(work, community, work.store.people.require(record["person_id"]), "role")
        record = belonging.take_role(work, record, order["role"])
    if "term" in order:
        deadlines.give_term(work, record, order["term"])
    return shown_members(work, [record])[0]


def remove_member(work: Work, order: Doc) -> Doc:
    """Somebody leaves, or is let go by an officer; the last officer may not."""
    community = require_community(work, order)
    work.allow(**authority.of_community(work, community), person_id=order["person_id"])
    record = _require_member(work, order)
    reason = "left" if record["person_id"] == work.caller.person_id else "removed"
    return shown_members(work, [belonging.leave(work, record, reason)])[0]


def _term(term: Doc) -> Doc:
    return {name: term[name] for name in ("valid_from", "valid_until")}


def _require_member(work: Work, order: Doc) -> Doc:
    record: Doc = work.store.members.require(f"{order['community_id']}/{order['person_id']}", "membership.not_a_member")
    if not record["active"]:
        raise NotFound("membership.not_a_member")
    return record


def shown_members(work: Work, records: list[Doc], *, contacts: bool = True) -> list[Doc]:
    """The member records with names, and with contacts as far as the caller may see them."""
    found = work.store.people.get_many(record["person_id"] for record in records)
    terms = deadlines.terms_of(work, records)
    standing, views = work.standing, []
    for record in records:
        # Lists that an API client handed in once made it the ketua of communities without one.
        person = found.get(record["person_id"]) or people.new(record["person_id"], {"name": None})
        reach = sight.of_member(record, standing.role_in(record["community_id"])) if contacts else Sight.NAME
        if contacts and (standing.operator or person["id"] == standing.person_id):
            reach = Sight.CONTACTS
        seen = people.seen(person, reach, whole_nip=False)
        term = terms.get(deadlines.fact_of(record))
        plain = {"name": seen["name"] if work.may_name else None, "term": term and _term(term)}
        views.append({**plain, **{name: seen[name] for name in ("npsn", "email", "phone")}, **record})
    return views
