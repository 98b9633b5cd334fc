"""Sources: the state of each subject that a service owns, as a function of its document.

They render events that are kept by reference when those are published, and everything when a copy is filled anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.contracts.base import Event
from shared.messaging.envelope import plain_data
from shared.mongo import Doc, Store, SystemStore


@dataclass(frozen=True)
class Source:
    """``table`` (an attribute of the store) holds the subjects of ``event``; ``state`` gives one's full state.

    A document's id is its subject's id. ``event`` is the one that a replay uses.
    """

    table: str
    state: Callable[[Doc], Mapping[str, Any]]
    event: Event


def by_subject(sources: Sequence[Source]) -> dict[str, Source]:
    """The sources by the kind of their subject."""
    return {source.event.subject: source for source in sources}


def render(system: SystemStore, sources: Mapping[str, Source], entries: Iterable[Doc]) -> list[Doc]:
    """Log entries with the data that by-reference ones lack, read from the present documents, few reads for many.

    An entry whose subject is gone is left out.
    """
    entries = list(entries)
    wanted: dict[tuple[str, str], list[str]] = {}
    for entry in entries:
        if entry["data"] is None:
            kind, _, subject_id = entry["subject"].partition(":")
            wanted.setdefault((entry["district"], kind), []).append(subject_id)
    found: dict[tuple[str, str], Doc] = {}
    for (district, kind), ids in wanted.items():
        store: Store = system.open(district)
        docs = getattr(store, sources[kind].table).get_many(ids)
        found.update(((district, f"{kind}:{id_}"), doc) for id_, doc in docs.items())
    rendered = []
    for entry in entries:
        if entry["data"] is not None:
            rendered.append(entry)
            continue
        doc = found.get((entry["district"], entry["subject"]))
        if doc is not None:
            source = sources[entry["subject"].partition(":")[0]]
            data = plain_data(source.event, source.state(doc))
            rendered.append({**entry, "data": data, "sequence": max(entry["sequence"], doc["version"])})
    return rendered
