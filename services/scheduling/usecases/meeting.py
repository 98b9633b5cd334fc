"""What single sessions and series have in common."""

from __future__ import annotations

from services.scheduling.domain import recurrence, sessions
from services.scheduling.domain.changing import ALL, THIS
from services.scheduling.domain.occurrences import WORDS
from services.scheduling.domain.recurrence import Rule
from services.scheduling.domain.series import check_active
from services.scheduling.store import SchedulingStore
from shared.communities import whole
from shared.errors import Invalid
from shared.messaging import Work
from shared.mongo import Doc
from shared.standing import zone_of

_MOST_PARTS = 100


def stated(work: Work, order: Doc) -> Doc:
    """What a new session or series states of itself, with the cycle and phase that it serves."""
    plain = {name: order[name] for name in ("community_id", "title", "goal", "place", "join_url", "capacity", "mode")}
    timezone = order.get("timezone") or district_zone(work)
    served = cycle_served(work.store, order["community_id"], order["cycle_id"], order["phase"])
    return {**plain, "timezone": timezone, "external_ids": order["external_ids"], **served}


def running_series(work: Work, series_id: str) -> Doc:
    """The series that the caller is about to change. Raises :class:`Conflict` for one that has ended."""
    series = work.store.series.require(series_id, "scheduling.unknown_series")
    work.allow(community_id=series["community_id"])
    check_active(series["status"])
    return series


def rule_given(order: Doc, series: Doc) -> Rule | None:
    """The other rule that an order gives a series; who sends the present one does not mean that it begins anew."""
    rule = recurrence.parse(order["rrule"]) if "rrule" in order else None
    return None if str(rule) == series["rrule"] else rule


def words_given(work: Work, before: Doc, order: Doc) -> Doc:
    """What an order says of a meeting or series besides its times, checked."""
    words = {name: order[name] for name in (*WORDS, "external_ids") if name in order}
    if "cycle_id" in order or "phase" in order:
        cycle_id = order.get("cycle_id", before["cycle_id"])
        words |= cycle_served(work.store, before["community_id"], cycle_id, order.get("phase"))
    return words


def cycle_served(store: SchedulingStore, community_id: str, cycle_id: str | None, phase: str | None) -> Doc:
    """``cycle_id`` and ``phase`` of a meeting, checked against scheduling's own copy of the cycle."""
    cycle = None
    if cycle_id is not None:
        cycle = store.cycles.get(cycle_id)
        if cycle is None:
            raise Invalid.field("cycle_id", "scheduling.unknown_cycle")
    sessions.check_cycle(cycle, whole(store, [community_id]), phase)
    return {"cycle_id": cycle_id, "phase": phase}


def district_zone(work: Work) -> str:
    """The time zone in which the district lives (IANA)."""
    return zone_of(work.store)


def other_parts(work: Work, series: Doc, scope: str) -> list[Doc]:
    """The other parts that still run of what was one series once."""
    if scope == THIS:
        return []
    root = series.get("root_id") or series["id"]
    parts = work.store.series.find({"root_id": root}, limit=_MOST_PARTS)
    first = work.store.series.get(root)
    if first is not None and root != series["id"]:
        parts.append(first)
    return [
        part
        for part in parts
        if part["id"] != series["id"]
        and part["status"] == "active"
        and (scope == ALL or part["starts_on"] > series["starts_on"])
    ]
