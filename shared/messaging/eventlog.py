"""The public event log: a service's events of one district in the order of their sequence in the log."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from pymongo.database import Database

from shared.contracts.events import EVENTS
from shared.errors import Expired, Invalid
from shared.messaging import snapshots
from shared.messaging.envelope import cloudevent
from shared.messaging.lease import TABLE as LEASES
from shared.messaging.relay import FORGOTTEN, LEASE, LOG, PLACES
from shared.mongo import Doc, SystemStore
from shared.reach import Reach

_MOST_READ = 4096
_CURSOR = re.compile(r"p([0-9]{1,15})\Z")


def read_page(
    system: SystemStore,
    sources: Mapping[str, snapshots.Source],
    district: str,
    *,
    after: str | None,
    limit: int,
    types: Sequence[str],
    personal: bool,
    reach: Reach,
) -> dict[str, Any]:
    """One page ``{"items", "next"}`` of CloudEvents within the reader's reach. Without ``personal`` the fields that an
    event calls so are left out.

    Cursors are places in the district's own part of the log, so they tell nothing of other districts
    (docs/decisions/0090). Raises :class:`Invalid` for a bad cursor and :class:`Expired` for one that is older than the
    log, or ahead of it since a backup was restored.
    """
    state = system.database[LEASES].find_one({"_id": LEASE}) or {}
    last, forgotten = _of(state, PLACES, district), _of(state, FORGOTTEN, district)
    if after == "now":
        return {"items": [], "next": f"p{last}"}
    at = _position(after)
    if (after and at < forgotten) or at > last:
        raise Expired()
    wanted = partial(_wanted, types=frozenset(types), reach=reach)
    found, at = _read(system.database, district, max(at, forgotten), last, limit, wanted)
    items = [_public(cloudevent(entry), personal) for entry in snapshots.render(system, sources, found)]
    return {"items": items, "next": f"p{at}"}


def _read(
    database: Database[Doc], district: str, at: int, last: int, limit: int, wanted: Callable[[list[Doc]], list[Doc]]
) -> tuple[list[Doc], int]:
    """The first ``limit`` entries behind ``at``, and the place to go on from; it stops early after much else."""
    found: list[Doc] = []
    width, stop = limit, min(last, at + _MOST_READ)
    while at < stop and len(found) < limit:
        high = min(stop, at + width)
        window = {"district": district, "place": {"$gt": at, "$lte": high}}
        entries = sorted(database[LOG].find(window), key=lambda entry: entry["place"])
        found += wanted(entries)
        at, width = high, width * 2
    if len(found) > limit:
        return found[:limit], found[limit - 1]["place"]
    return found, at


def _wanted(entries: list[Doc], types: frozenset[str], reach: Reach) -> list[Doc]:
    """The entries of these types (of any, when none is named) that are within reach."""
    found = [entry for entry in entries if not types or entry["type"] in types]
    within = reach.events([(EVENTS[entry["type"]], _named(entry)) for entry in found])
    return [entry for entry, seen in zip(found, within, strict=True) if seen]


def _named(entry: Doc) -> Mapping[str, Any]:
    """What an entry's data name; of one that is kept by reference, what its subject does."""
    if entry["data"] is not None:
        data: Mapping[str, Any] = entry["data"]
        return data
    ids = entry["subject"].partition(":")[2].split("/")
    return dict(zip(EVENTS[entry["type"]].key, ids, strict=True))


def _of(state: Doc, figure: str, district: str) -> int:
    return int(state.get(figure, {}).get(district, 0))


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
