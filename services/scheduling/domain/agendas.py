"""Agendas: what a meeting begins with when nobody has written down yet what it is about."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from services.scheduling.domain.rotation import ROLES
from shared.errors import Invalid

FOLLOW_UP_MINUTES = 5
MOST_FOLLOW_UPS = 20


def follow_ups(commitments: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The items by which a meeting asks what came of these open commitments, the first due first."""
    return [
        {
            "title": commitment["title"],
            "minutes": FOLLOW_UP_MINUTES,
            "owner_id": commitment["owner_ids"][0] if len(commitment["owner_ids"]) == 1 else None,
            "commitment_id": commitment["id"],
        }
        for commitment in commitments[:MOST_FOLLOW_UPS]
    ]


def roles_set(given: Mapping[str, str | None], before: Mapping[str, str | None]) -> dict[str, str | None]:
    """The roles of the day: as given, and as before where nothing is said of one."""
    return {role: given.get(role, before.get(role)) for role in ROLES}


def check_commitments(items: Sequence[Mapping[str, Any]], known: Collection[str]) -> None:
    """Raises :class:`Invalid` for an item about a commitment that is not one of the community's."""
    for place, item in enumerate(items):
        if item["commitment_id"] is not None and item["commitment_id"] not in known:
            raise Invalid.field(f"items.{place}.commitment_id", "minutes.unknown_commitment")
