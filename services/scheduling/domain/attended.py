"""What somebody's presence comes to: minutes and JP, by community and semester. Never what they answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from services.scheduling.domain.certificates import Earned
from services.scheduling.domain.semesters import Semester


@dataclass(frozen=True)
class Presence:
    """Presence at one session, on the local day ``on``; it ``counts`` for JP once that one's minutes are approved."""

    community_id: str
    on: date
    minutes: int
    counts: bool


def by_community(presences: Iterable[Presence]) -> dict[str, dict[str, Any]]:
    """For each community: ``sessions``, ``minutes`` of all presence, ``semesters`` of what counts, and their ``jp``."""
    ordered = sorted(presences, key=lambda presence: (presence.community_id, presence.on))
    return {community_id: _sum(list(group)) for community_id, group in groupby(ordered, lambda each: each.community_id)}


def _sum(presences: list[Presence]) -> dict[str, Any]:
    semesters = []
    for semester, group in groupby((each for each in presences if each.counts), lambda each: Semester.of(each.on)):
        earned = Earned()
        for each in group:
            earned = earned.and_also(each.minutes)
        semesters.append({"semester": str(semester), "minutes": earned.minutes, "jp": earned.jp})
    return {
        "sessions": len(presences),
        "minutes": sum(each.minutes for each in presences),
        "semesters": semesters,
        "jp": sum(each["jp"] for each in semesters),
    }
