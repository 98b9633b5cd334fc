"""Founding: the one place where communities begin, whoever decides it.

Call it in the unit of work, after permission was asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.membership import belonging, deadlines, leading
from services.membership.domain import communities
from services.membership.snapshots import community_state
from services.membership.usecases.people import require_school
from shared.contracts.events.membership import COMMUNITY_CHANGED
from shared.errors import Conflict, Invalid
from shared.messaging import Work
from shared.mongo import Doc

_TO_OTHERS = ("ketua_id", "ketua_term")


def found(work: Work, plan: Mapping[str, Any], ketua_id: str) -> Doc:
    """A new community as planned (``FoundCommunity``), led by its ketua; whose it is follows from its level, and of a
    kombel from its school's.

    Raises :class:`Invalid` for what contradicts itself, or names what is not there.
    """
    community = {name: value for name, value in plan.items() if name not in _TO_OTHERS}
    communities.check_shape(community)
    own = communities.authority(work.district)
    community["jurisdiction"] = communities.jurisdiction(level_of(work, community), community["jurisdiction"], own)
    if work.caller is not None:
        # A list's rows were judged before.
        leading.check_ketua(work, community, work.store.people.require(ketua_id), "ketua_id")
    check_parent(work, None, community["parent_id"])
    saved: Doc = work.store.communities.insert(
        communities.indexed({**community, "status": "active", "founder_id": ketua_id})
    )
    work.emit(COMMUNITY_CHANGED, community_state(saved), saved["version"])
    record = belonging.found(work, saved["id"], ketua_id)
    deadlines.watch_decree(work, saved)
    if plan.get("ketua_term"):
        deadlines.give_term(work, record, plan["ketua_term"])
    return saved


def check_parent(work: Work, community_id: str | None, parent_id: str | None) -> None:
    """Raises :class:`Invalid` for a parent that is not there, and :class:`Conflict` for one that stands below the
    community itself, or too deep."""
    if parent_id is not None:
        guard_places(work)
    at, depth = parent_id, 0
    while at is not None:
        parent = work.store.communities.get(at)
        if parent is None:
            raise Invalid.field("parent_id", "membership.community_unknown")
        depth += 1
        if at == community_id or depth > communities.DEEPEST:
            raise Conflict("membership.parent_below")
        at = parent["parent_id"]


def guard_places(work: Work) -> None:
    """Of two at once who put communities below others, one is decided after the other: else they could form a ring."""
    work.store.registers.upsert("places", inc={"changes": 1})


def line_of(work: Work, community: Doc) -> list[str]:
    """The ids of the community and of those above it, upwards."""
    line, at = [community["id"]], community["parent_id"]
    while at is not None and at not in line:
        line.append(at)
        at = work.store.communities.require(at)["parent_id"]
    return line


def level_of(work: Work, community: Mapping[str, Any]) -> str | None:
    """The level that says whose a community is: a kombel's is that of its school, whatever it calls its own.

    Raises :class:`Invalid` for a school that is not there.
    """
    if community["npsn"] is None:
        own: str | None = community["level"]
        return own
    require_school(work, community["npsn"])
    of_school: str = work.store.schools.require(community["npsn"])["level"]
    return of_school
