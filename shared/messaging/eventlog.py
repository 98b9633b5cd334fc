"""The public event log: a service's events of one district in the order of their sequence in the log."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pymongo.database import Database

from shared.contracts.events import EVENTS
from shared.errors import Expired, Invalid
from shared.messaging import snapshots
from shared.messaging.envelope import cloudevent
from shared.messaging.lease import TABLE as LEASES
from shared.messaging.relay import LEASE, LOG
from shared.mongo import Doc, SystemStore

_WINDOW = 256
_MOST_WINDOWS = 40
_CURSOR = re.compile(r"s([0-9]{1,18})\Z")


def read_page(
    system: SystemStore,
    sources: Mapping[str, snapshots.Source],
    district: str,
    *,
    after: str | None,
    limit: int,
    types: Sequence[str],
    personal: bool,
) -> dict[str, Any]:
    """One page ``{"items", "next"}`` of CloudEvents. Without ``personal`` the fields that an event calls so are left
    out.

    Raises :class:`Invalid` for a bad cursor and :class:`Expired` for one older than the log.
    """
    database: Database[Doc] = system.database
    state = database[LEASES].find_one({"_id": LEASE}) or {}
    last, trimmed = int(state.get("last_seq", 0)), int(state.get("trimmed_through", 0))
    if after == "now":
        return {"items": [], "next": f"s{last}"}
    at = _position(after)
    if after and at < trimmed:
        raise Expired()
    at = max(at, trimmed)
    found: list[Doc] = []
    width = max(limit, 20)
    for _ in range(_MOST_WINDOWS):
        if at >= last or len(found) >= limit:
            break
        high = min(last, at + width)
        window = {"district": district, "seq": {"$gt": at, "$lte": high}}
        entries = sorted(database[LOG].find(window), key=lambda entry: entry["seq"])
        found += [entry for entry in entries if not types or entry["type"] in types]
        at, width = high, min(width * 2, _WINDOW * 8)
    if len(found) > limit:
        found = found[:limit]
        at = found[-1]["seq"]
    items = [_public(cloudevent(entry), personal) for entry in snapshots.render(system, sources, found)]
    return {"items": items, "next": f"s{at}"}


def _position(cursor: str | None) -> int:
    if not cursor:
        return 0
    match = _CURSOR.match(cursor)
    if match is None:
        raise Invalid.field("after", "common.bad_cursor")
    return int(match[1])


def _public(event: dict[str, Any], personal: bool) -> dict[str, Any]:
    hidden = () if personal else EVENTS[event["type"]].personal
    return {**event, "data": {name: value for name, value in event["data"].items() if name not in hidden}}
