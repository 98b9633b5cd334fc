"""What single sessions and series have in common."""

from __future__ import annotations

from services.scheduling.domain import sessions, zones
from services.scheduling.store import SchedulingStore
from shared.errors import Conflict, Invalid, NotFound
from shared.messaging import Work
from shared.mongo import Doc


def active_community(store: SchedulingStore, community_id: str) -> Doc:
    """The community, which still meets. Raises :class:`NotFound`, or :class:`Conflict` for an archived one."""
    community = store.communities.require(community_id, "scheduling.unknown_community")
    if community["status"] != "active":
        raise Conflict("scheduling.community_archived")
    return community


def seen_community(work: Work, community_id: str) -> bool:
    """Whether the caller belongs to the community. Raises :class:`NotFound` to others when it is not an active one."""
    if work.standing.member_of(community_id):
        return True
    community = work.store.communities.require(community_id, "scheduling.unknown_community")
    if community["status"] != "active":
        raise NotFound("scheduling.unknown_community")
    return False


def stated(work: Work, order: Doc) -> Doc:
    """What a new session or series states of itself, with the cycle and phase that it serves."""
    plain = {name: order[name] for name in ("community_id", "title", "goal", "place", "join_url", "capacity", "mode")}
    timezone = order.get("timezone") or district_zone(work)
    served = cycle_served(work.store, order["community_id"], order["cycle_id"], order["phase"])
    return {**plain, "timezone": timezone, **served}


def cycle_served(store: SchedulingStore, community_id: str, cycle_id: str | None, phase: str | None) -> Doc:
    """``cycle_id`` and ``phase`` of a meeting, checked against scheduling's own copy of the cycle."""
    cycle = None
    if cycle_id is not None:
        cycle = store.cycles.get(cycle_id)
        if cycle is None:
            raise Invalid.field("cycle_id", "scheduling.unknown_cycle")
    sessions.check_cycle(cycle, community_id, phase)
    return {"cycle_id": cycle_id, "phase": phase}


def district_zone(work: Work) -> str:
    """The time zone in which the district lives (IANA)."""
    district = work.store.districts.get(work.district)
    return zones.DEFAULT if district is None else district["timezone"]


def no_answers(session: Doc) -> Doc:
    """The tally of a session that nobody has answered yet."""
    return {"id": session["id"], "capacity": session["capacity"], "yes": 0, "no": 0, "maybe": 0}
