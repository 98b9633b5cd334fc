"""Do the services' copies say what their sources say?"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pymongo import MongoClient
from pymongo.database import Database

from deploy.checks.finding import Finding, broken, good
from deploy.services import Parts
from shared.mongo import IN_CHUNK, Copy, Doc, Table
from shared.settings import Settings

_PATIENCE = 5.0
_MOST_WATCHED = 5_000


@dataclass
class Difference:
    """How one copy differs from its source. Keys are ``<district>/<subject id>``.

    ``missing``: not there; ``older``: not yet as new; ``newer``: newer than its source, as after a restored backup;
    ``orphaned``: its source has none.
    """

    compared: int = 0
    missing: set[str] = field(default_factory=set)
    older: set[str] = field(default_factory=set)
    newer: set[str] = field(default_factory=set)
    orphaned: set[str] = field(default_factory=set)

    @property
    def keys(self) -> set[str]:
        return self.missing | self.older | self.newer | self.orphaned

    def __str__(self) -> str:
        counts = {name: len(getattr(self, name)) for name in ("missing", "older", "newer", "orphaned")}
        return ", ".join(f"{count} {name}" for name, count in counts.items() if count)


def compare(source: Mapping[str, int], copy: Mapping[str, int]) -> Difference:
    """Compare a copy with its source, both as ``{key: sequence}``."""
    return Difference(
        len(source),
        missing=source.keys() - copy.keys(),
        older={key for key in source.keys() & copy.keys() if copy[key] < source[key]},
        newer={key for key in source.keys() & copy.keys() if copy[key] > source[key]},
        orphaned=copy.keys() - source.keys(),
    )


def check_copies(
    client: MongoClient[Doc], settings: Settings, services: Sequence[Parts], parts: Parts, district: str = ""
) -> Iterator[Finding]:
    """Each copy that a service keeps beside its source; what differs is watched for a few seconds, for it may be on its
    way."""
    owners = {owner.service: owner for owner in services}
    ours = client[settings.database(parts.service)]
    compared = 0
    for copy in parts.copies:
        owner = owners[copy.events[0].service]
        source = next((source for source in owner.sources if source.event.subject == copy.subject), None)
        if source is None:
            yield broken(
                "copies",
                f"{parts.service}.{copy.name} cannot be refilled: {owner.service} has no source of {copy.subject}",
                f"declare it in services/{owner.service}/snapshots.py",
            )
            continue
        theirs = client[settings.database(owner.service)]
        difference = _watched(theirs, owner.table_of(source), ours, copy, district)
        compared += difference.compared
        if difference.keys:
            yield broken(
                "copies",
                f"{parts.service}.{copy.name} differs from {owner.service}: {difference}",
                _mend(settings, parts.service, copy, difference),
            )
    yield good("copies", f"{parts.service}: {compared} records compared")


def _mend(settings: Settings, service: str, copy: Copy, difference: Difference) -> str:
    refill = f"run `sanggar resync {service}`"
    if not difference.newer and not difference.orphaned:
        return refill
    # A resync only ever adds what is newer.
    return (
        f"was its owner's database restored from a backup? Then drop the copy, the collection {copy.name} of the "
        f"database {settings.database(service)}, and {refill}"
    )


def _watched(theirs: Database[Doc], source: Table, ours: Database[Doc], copy: Copy, district: str) -> Difference:
    where = {"district": district} if district else {}
    difference = compare(_versions(theirs, source, where), _versions(ours, copy, where))
    give_up = time.monotonic() + _PATIENCE
    while difference.keys and time.monotonic() < give_up and len(difference.keys) <= _MOST_WATCHED:
        time.sleep(0.5)
        keys = sorted(difference.keys)
        again = compare(_some(theirs, source, keys), _some(ours, copy, keys))
        again.compared = difference.compared
        difference = again
    return difference


def _versions(database: Database[Doc], table: Table, where: Doc) -> dict[str, int]:
    found = database[table.name].find(where, {"version": 1}, batch_size=2_000)
    return {doc["_id"]: int(doc["version"]) for doc in found}


def _some(database: Database[Doc], table: Table, keys: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(keys), IN_CHUNK):
        chunk = {"_id": {"$in": keys[start : start + IN_CHUNK]}}
        found.update((doc["_id"], int(doc["version"])) for doc in database[table.name].find(chunk, {"version": 1}))
    return found
