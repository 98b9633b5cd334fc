"""What somebody has published in a year, for their record."""

from __future__ import annotations

from typing import Any

from shared.contracts.record import period_of
from shared.messaging import Work
from shared.mongo import Doc

_MOST = 1000
_CAPITAL = "Asia/Jakarta"


def show_published(work: Work, order: dict[str, Any]) -> Doc:
    """The caller's works whose first version was approved in the period; what was withdrawn since is left out."""
    work.allow()
    district = work.store.districts.get(work.district)
    since, until = period_of(order).moments(_CAPITAL if district is None else district["timezone"])
    own = work.store.resources.find({"author_id": work.caller.person_id}, limit=_MOST)
    listed = {doc["id"]: doc for doc in own if doc["listed"]}
    first = work.store.versions.get_many(f"{id_}/1" for id_ in listed)
    shown = [
        {**listed[version["resource_id"]], **listed[version["resource_id"]]["face"], "published_at": at}
        for version in first.values()
        for at in [version["published_at"]]
        if since <= at < until
    ]
    return {"resources": sorted(shown, key=lambda each: (each["published_at"], each["id"]))}
