"""Belonging: the one place where people come into communities, take roles there and go, whoever decides it.

Each change writes the member's record, the dated facts beside it and the community's roster, which guards them all, and
tells the others. Call it in the unit of work, after permission was asked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from services.membership import answering, calendar, deadlines
from services.membership.domain import communities, memberships, people
from services.membership.domain.memberships import Change, Roster
from services.membership.snapshots import community_state, member_state
from shared.contracts.events import membership as events
from shared.messaging import Work
from shared.mongo import Doc
from shared.personal import MOST

_PAGE = 100


def found(work: Work, community_id: str, ketua_id: str) -> Doc:
    """The first member of a new community, who leads it."""
    work.store.rosters.insert({"id": community_id, "members": 0, "officers": 0})
    return join(work, community_id, [ketua_id], "ketua")[0]


def join(
    work: Work,
    community_id: str,
    person_ids: Iterable[str],
    role: str,
    *,
    unreachable: Collection[str] = (),
    **said: bool,
) -> list[Doc]:
    """These people come in; answers the records of those who were not there before. Present members stay as they are,
    and whoever was there earlier begins anew, with the earlier time kept. Contacts of the ``unreachable`` are not for
    the officers. ``said`` is what the event tells beside: ``added`` by somebody else, ``quiet``.

    Who had asked to be let in has been answered by that: they were not just added, and are reachable."""
    today = calendar.today(work)
    ids = list(dict.fromkeys(person_ids))
    asked = answering.settle(work, community_id, ids)
    known = work.store.members.get_many(f"{community_id}/{id_}" for id_ in ids)
    guard, roster = _roster(work, community_id)
    changes = []
    for id_ in ids:
        record = known.get(f"{community_id}/{id_}")
        if record is None or not record["active"]:
            roster = roster.joined(role)
            reachable = id_ in asked or id_ not in unreachable
            changes.append(
                memberships.join(record, community_id, id_, role, now=work.now, today=today, reachable=reachable)
            )
    if not changes:
        return []
    saved = work.store.members.insert_many([each.record for each in changes if "version" not in each.record])
    saved += [work.store.members.save(each.record) for each in changes if "version" in each.record]
    work.store.memberships.insert_many([each.begun for each in changes if each.begun is not None])
    _save_roster(work, guard, roster)
    for record in saved:
        told = {**said, "added": False} if record["person_id"] in asked else said
        work.emit(events.MEMBER_JOINED, {**member_state(record), **told}, record["version"])
    return saved


def agree(work: Work, record: Doc) -> Doc:
    """A present member says that they belong: from now on the officers who put them in may reach them."""
    if not memberships.is_reachable(record):
        work.store.members.update(record["id"], set={"reachable": True})
    return {**record, "reachable": True}


def take_role(work: Work, record: Doc, role: str) -> Doc:
    """Another role for a present member. Raises :class:`Conflict` when no officer would remain."""
    guard, roster = _roster(work, record["community_id"])
    roster = roster.changed(record["role"], role)
    saved = _written(work, memberships.take_role(record, _fact(work, record), role, today=calendar.today(work)))
    _save_roster(work, guard, roster)
    work.emit(events.MEMBER_ROLE_CHANGED, member_state(saved), saved["version"])
    return saved


def leave(work: Work, record: Doc, reason: str) -> Doc:
    """A present member goes. Raises :class:`Conflict` when no officer would remain in a community that is not archived:
    nobody need lead one that is."""
    guard, roster = _roster(work, record["community_id"])
    open_ = work.store.communities.require(record["community_id"])["status"] == "active"
    roster = roster.left(record["role"]) if open_ else roster.closed(record["role"])
    return _go(work, record, reason, calendar.today(work), guard, roster)


def depart(work: Work, record: Doc, reason: str, day: str) -> Doc:
    """A present member goes because of what happened elsewhere, so nobody can refuse it (docs/decisions/0106).

    ``day`` is the first on which they do not belong any more. In the place of a last officer the member who has been
    there longest takes over as ketua; where nobody is left to lead, the community is archived.
    """
    guard, roster = _roster(work, record["community_id"])
    if roster.needs_successor(record["role"]):
        _hand_over(work, record)
        guard, roster = _roster(work, record["community_id"])
    return _go(work, record, reason, day, guard, roster.closed(record["role"]))


def move(work: Work, records: Iterable[Doc], into: str) -> None:
    """Present members of a community that was merged go over ``into`` the other, each with the role that they had, or
    the one they have there if that is higher. A second ketua becomes sekretaris there."""
    led = any(record["role"] == "ketua" for record in officers(work, into))
    for record in records:
        role = "sekretaris" if led and record["role"] == "ketua" else record["role"]
        led = led or role == "ketua"
        guard, roster = _roster(work, record["community_id"])
        _go(work, record, "merged", calendar.today(work), guard, roster.closed(record["role"]))
        unreachable = () if memberships.is_reachable(record) else (record["person_id"],)
        come = join(work, into, [record["person_id"]], role, unreachable=unreachable, quiet=True)
        there = come[0] if come else work.store.members.require(f"{into}/{record['person_id']}")
        if memberships.rank(role) > memberships.rank(there["role"]):
            there = take_role(work, there, role)
        deadlines.carry_term(work, record, there)


def hold(work: Work, community_id: str) -> None:
    """Nobody comes or goes at the moment in which a community is closed, or opened again: the two would meet here, at
    its guard."""
    guard, roster = _roster(work, community_id)
    _save_roster(work, guard, roster)


def officers(work: Work, community_id: str) -> list[Doc]:
    """The records of a community's present officers."""
    where, request = {"community_id": community_id, "active": True}, {"limit": _PAGE}
    page = work.store.members.page(where, request, keep=lambda record: record["role"] in memberships.OFFICERS)
    found_: list[Doc] = page.items
    return found_


def present_records(work: Work, person_id: str) -> list[Doc]:
    """The records of the communities that a person belongs to now."""
    found_: list[Doc] = work.store.members.find({"person_id": person_id, "active": True}, limit=MOST)
    return found_


def _go(work: Work, record: Doc, reason: str, day: str, guard: Doc, roster: Roster) -> Doc:
    if day < record["valid_from"]:
        for fact in memberships.cut_short(_earlier_facts(work, record), reason, day):
            work.store.memberships.save(fact)
    saved = _written(work, memberships.leave(record, _fact(work, record), reason, now=work.now, day=day))
    _save_roster(work, guard, roster)
    work.emit(events.MEMBER_LEFT, member_state(saved), saved["version"])
    return saved


def _hand_over(work: Work, record: Doc) -> None:
    """Somebody else leads, or the community is closed, before its last officer goes."""
    community = work.store.communities.require(record["community_id"])
    if community["status"] != "active":
        return
    successor = _successor(work, community, record["person_id"])
    if successor is not None:
        take_role(work, successor, "ketua")
    else:
        closed = work.store.communities.save({**community, "status": "archived"})
        work.emit(events.COMMUNITY_CHANGED, community_state(closed), closed["version"])


def _successor(work: Work, community: Doc, leaving: str) -> Doc | None:
    """Who takes over: of the members, in the order they joined, the first with an account, else the first."""
    waiting = None
    for records in _members(work, community["id"], leaving):
        found_ = work.store.people.get_many(record["person_id"] for record in records)
        for record in records:
            person = found_[record["person_id"]]
            if person["status"] not in people.PRESENT or not communities.has_place_for(community, person):
                continue
            if person["status"] == "active":
                return record
            waiting = waiting or record
    return waiting


def _members(work: Work, community_id: str, but: str) -> Iterator[list[Doc]]:
    where, after = {"community_id": community_id, "active": True}, None
    while True:
        page = work.store.members.page(
            where,
            {"limit": _PAGE, "after": after},
            keep=lambda record: record["role"] == "member" and record["person_id"] != but,
        )
        yield page.items
        if page.next is None:
            return
        after = page.next


def _fact(work: Work, record: Doc) -> Doc:
    fact: Doc = work.store.memberships.require(record["fact_id"])
    return fact


def _earlier_facts(work: Work, record: Doc) -> list[Doc]:
    """What the person was in this community before their latest fact began."""
    facts = work.store.memberships.find({"person_id": record["person_id"]}, limit=MOST)
    return [
        fact for fact in facts if fact["community_id"] == record["community_id"] and fact["id"] != record["fact_id"]
    ]


def _written(work: Work, change: Change) -> Doc:
    saved: Doc = work.store.members.save(change.record)
    if change.ended is not None:
        work.store.memberships.save(change.ended)
    if change.begun is not None:
        work.store.memberships.insert(change.begun)
    return saved


def _roster(work: Work, community_id: str) -> tuple[Doc, Roster]:
    guard = work.store.rosters.require(community_id)
    return guard, Roster(guard["members"], guard["officers"])


def _save_roster(work: Work, guard: Doc, roster: Roster) -> None:
    work.store.rosters.save({**guard, "members": roster.members, "officers": roster.officers})
