"""Proposals: anybody may say what community is missing; whoever may found it decides."""

from __future__ import annotations

from collections.abc import Sequence

from services.membership import founding, leading
from services.membership.domain import communities, joining
from services.membership.snapshots import proposal_state
from services.membership.usecases.communities import require_present
from shared.contracts.events.membership import COMMUNITY_PROPOSED, PROPOSAL_DECIDED
from shared.contracts.membership import FoundCommunity
from shared.errors import Conflict, NotFound
from shared.messaging import Work
from shared.mongo import Doc
from shared.paging import Page

_PLAN = tuple(FoundCommunity().fields)
_MOST_OPEN = 5


def propose_community(work: Work, order: Doc) -> Doc:
    """Those who may found it are told: the leaders of its school of a kombel, else the operators."""
    work.allow()
    communities.check_shape(order)
    level = founding.level_of(work, order)
    communities.jurisdiction(level, order["jurisdiction"], communities.authority(work.district))
    founding.check_parent(work, None, order["parent_id"])
    me = work.caller.person_id
    require_present(work, [order["ketua_id"] or me], "ketua_id")
    waiting = work.store.proposals.find({"person_id": me, "status": "open"}, limit=_MOST_OPEN)
    if len(waiting) >= _MOST_OPEN:
        raise Conflict("membership.too_many_proposals", most=_MOST_OPEN)
    plain = {"person_id": me, "status": "open", "answer": None, "community_id": None, "decided_at": None}
    proposal = work.store.proposals.insert({**order, **plain})
    work.emit(COMMUNITY_PROPOSED, proposal_state(proposal), proposal["version"])
    return _shown(work, [proposal])[0]


def list_proposals(work: Work, order: Doc) -> Doc:
    """The newest first: all for the operator, those of their school for its leaders, their own for everybody."""
    work.allow()
    standing, status = work.standing, order["status"]
    if order["mine"] or not (standing.operator or standing.schools(*leading.SCHOOL_LEADERS)):
        own = {"person_id": work.caller.person_id, "status": status}
        page = work.store.proposals.page(own, order, newest_first=True)
    else:
        page = work.store.proposals.page(
            {"status": status}, order, newest_first=True, keep=lambda proposal: _decides(work, proposal)
        )
    found: Doc = Page(_shown(work, page.items), page.next).as_dict()
    return found


def waiting_for_decision(work: Work, limit: int) -> list[Doc]:
    """The open proposals that the caller decides, the oldest first."""
    if not (work.standing.operator or work.standing.schools(*leading.SCHOOL_LEADERS)):
        return []
    request = {"limit": limit, "after": None}
    page: Page = work.store.proposals.page({"status": "open"}, request, keep=lambda each: _decides(work, each))
    return page.items


def get_proposal(work: Work, order: Doc) -> Doc:
    work.allow()
    return _shown(work, [_visible(work, order)])[0]


def accept_proposal(work: Work, order: Doc) -> Doc:
    """The community is founded, led by its proposer or whom they named."""
    proposal = _visible(work, order)
    work.allow(kind=proposal["kind"], npsn=proposal["npsn"])
    if proposal["status"] == "accepted":
        return _shown(work, [proposal])[0]
    joining.check_waiting(proposal, "open")
    plan = {name: order.get(name, proposal[name]) for name in _PLAN}
    ketua_id = plan["ketua_id"] or proposal["person_id"]
    require_present(work, [ketua_id], "ketua_id")
    community = founding.found(work, plan, ketua_id)
    return _decided(work, proposal, "accepted", community_id=community["id"])


def refuse_proposal(work: Work, order: Doc) -> Doc:
    """The proposer is told why."""
    proposal = _visible(work, order)
    work.allow(kind=proposal["kind"], npsn=proposal["npsn"])
    joining.check_waiting(proposal, "open")
    return _decided(work, proposal, "refused", answer=order["reason"])


def withdraw_proposal(work: Work, order: Doc) -> Doc:
    proposal = _visible(work, order)
    work.allow(person_id=proposal["person_id"])
    joining.check_waiting(proposal, "open")
    return _decided(work, proposal, "withdrawn")


def _decides(work: Work, proposal: Doc) -> bool:
    return bool(work.standing.operator or proposal["npsn"] in work.standing.schools(*leading.SCHOOL_LEADERS))


def _visible(work: Work, order: Doc) -> Doc:
    proposal: Doc = work.store.proposals.require(order["proposal_id"], "membership.proposal_unknown")
    if proposal["person_id"] != work.caller.person_id and not _decides(work, proposal):
        raise NotFound("membership.proposal_unknown")
    return proposal


def _decided(work: Work, proposal: Doc, status: str, **said: str) -> Doc:
    saved = work.store.proposals.save({**proposal, **said, "status": status, "decided_at": work.now})
    work.emit(PROPOSAL_DECIDED, proposal_state(saved), saved["version"])
    return _shown(work, [saved])[0]


def _shown(work: Work, proposals: Sequence[Doc]) -> list[Doc]:
    found = work.store.people.get_many(proposal["person_id"] for proposal in proposals)
    return [{**proposal, "proposer": found[proposal["person_id"]]["name"]} for proposal in proposals]
