"""Files of communities' members: who belongs to which, and as what."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from services.membership import authority, belonging, leading
from services.membership.domain import memberships, people
from services.membership.domain.imports import members as rows_
from services.membership.domain.imports.doubles import Doubles
from services.membership.domain.imports.recognition import Recognised
from services.membership.domain.imports.rows import (
    CHANGED,
    CREATED,
    DOUBTFUL,
    Decision,
    Problem,
    Reading,
    Record,
    rejected,
    text,
)
from services.membership.domain.imports.sheets import Cell
from services.membership.importing import lookup
from services.membership.importing.kinds import Ask, Case, Kind, Source
from services.membership.phones import read_phone
from shared.errors import Conflict
from shared.mongo import Doc

_TAKEN = (CREATED, CHANGED)


def _read(cells: Mapping[str, Cell], source: Source) -> Reading:
    return rows_.read(cells, read_phone, source.rounded)


def _double(doubles: Doubles, row: int, values: Doc) -> Problem | None:
    """Whether two rows mean one person is seen when they are recognised: a name says little across schools."""
    return None


def _decide(case: Case, asks: Sequence[Ask]) -> list[Decision]:
    known = lookup.communities_called(case, {ask.values["community"] for ask in asks})
    case.hints.known.update(each["name"] for each in known)
    chosen = case.work.store.people.get_many(ask.choice for ask in asks if ask.choice)
    open_ones = [at for at, ask in enumerate(asks) if ask.choice not in chosen]
    found = lookup.recognised(case, [asks[at].values for at in open_ones])
    people_: dict[int, Recognised] = dict(zip(open_ones, found, strict=True))
    people_.update({at: Recognised(chosen[ask.choice]) for at, ask in enumerate(asks) if ask.choice in chosen})
    refused = [_refused(ask.values, rows_.meant(ask.values, known), people_[at]) for at, ask in enumerate(asks)]
    pairs = {
        at: (rows_.meant(ask.values, known)[0], people_[at].person)
        for at, ask in enumerate(asks)
        if refused[at] is None
    }
    records = case.work.store.members.get_many(f"{group['id']}/{who['id']}" for group, who in pairs.values() if who)
    theirs = authority.run_by_others(case.work, {group["id"]: group for group, _ in pairs.values()}.values())
    return [refused[at] or _decided(case, ask.values, *pairs[at], records, theirs) for at, ask in enumerate(asks)]


def _decided(
    case: Case,
    values: Doc,
    community: Record,
    person: Record | None,
    records: Mapping[str, Doc],
    theirs: Collection[str],
) -> Decision:
    """The decision about a row; communities in ``theirs`` are not for the operator to change."""
    assert person is not None  # noqa: S101  # narrows the type: who is not recognised was refused
    found = rows_.decide(values, community, person, records.get(f"{community['id']}/{person['id']}"))
    if found.outcome in _TAKEN and community["id"] in theirs:
        return rejected("community", text("community_of_others"))
    comes_to_lead = found.outcome in _TAKEN and values["role"] == "ketua"
    if comes_to_lead and not leading.may_lead(case.work, dict(community), dict(person)):
        return rejected("role", text("lead_of_another_school", name=person["name"]))
    return found


def _refused(values: Doc, meant: Sequence[Record], who: Recognised) -> Decision | None:
    """The decision about a row that can't be carried out as it stands."""
    if not meant:
        return rejected("community", text("community_not_found", name=values["community"]), text("suggest_community"))
    if len(meant) > 1:
        several = text("communities_match", count=len(meant))
        return rejected("community", several, text("suggest_which_community"))
    if meant[0]["status"] != "active":
        return rejected("community", text("community_archived"))
    if who.doubt is not None:
        return Decision(DOUBTFUL, problems=[who.doubt], candidates=who.candidates)
    if who.person is None:
        return rejected("name", text("person_not_found", name=values["name"]), text("suggest_person_first"))
    if who.person["status"] not in people.PRESENT:
        return rejected("name", text("person_unknown"))
    return None


def _write(case: Case, rows: Sequence[Doc], decisions: Sequence[Decision]) -> list[Decision]:
    """Who is new comes in first, then others take their roles, officers first: no community is left without one."""
    after = list(decisions)
    coming: dict[tuple[str, str], list[str]] = {}
    for decision in decisions:
        if decision.outcome == CREATED:
            community_id, person_id = _subject(decision)
            coming.setdefault((community_id, decision.changes["role"]), []).append(person_id)
    for (community_id, role), ids in coming.items():
        belonging.join(case.work, community_id, ids, role, added=True)
    changing = [at for at, each in enumerate(decisions) if each.outcome == CHANGED]
    for at in sorted(changing, key=lambda at: decisions[at].changes["role"] not in memberships.OFFICERS):
        try:
            belonging.take_role(case.work, dict(decisions[at].record or {}), decisions[at].changes["role"])
        except Conflict as refused:
            after[at] = rejected("role", refused.text)
    led = {_subject(each) for each in after if each.outcome in _TAKEN and each.changes["role"] == "ketua"}
    for community_id in {community_id for community_id, _ in led}:
        _release_stand_in(case, community_id, {person_id for id_, person_id in led if id_ == community_id})
    return after


def _release_stand_in(case: Case, community_id: str, leads: set[str]) -> None:
    """Whoever imported a community without a ketua, and stood in for one, goes when one comes."""
    store = case.work.store
    community = store.communities.require(community_id)
    if community.get("stand_in") and community["founder_id"] not in leads:
        store.communities.update(community_id, set={"stand_in": False})
        record = store.members.require(f"{community_id}/{community['founder_id']}")
        if record["active"]:
            belonging.leave(case.work, record, "removed")


def _subject(decision: Decision) -> tuple[str, str]:
    community_id, _, person_id = str(decision.subject_id).partition("/")
    return community_id, person_id


MEMBERS = Kind(_read, _double, _decide, _write, known_id=True)
