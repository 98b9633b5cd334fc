"""What people are shown of series and sessions. A member sees more than a colleague from elsewhere in the district."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from services.scheduling.domain import zones
from services.scheduling.domain.answers import ANSWERS
from services.scheduling.store import SchedulingStore
from shared.mongo import Doc

_FOR_MEMBERS = ("join_url", "cancel_reason")


def session_views(
    store: SchedulingStore, person_id: str, docs: Sequence[Doc], belongs_to: Collection[str]
) -> list[Doc]:
    """The sessions as this person, who belongs to these communities, is shown them; two reads for any number."""
    ours = [doc["id"] for doc in docs if doc["community_id"] in belongs_to]
    tallies = store.tallies.get_many(ours)
    mine = store.rsvps.get_many(f"{id_}/{person_id}" for id_ in ours)
    return [
        session_view(
            doc,
            belongs=doc["community_id"] in belongs_to,
            tally=tallies.get(doc["id"]),
            answer=mine.get(f"{doc['id']}/{person_id}"),
        )
        for doc in docs
    ]


def session_view(doc: Doc, *, belongs: bool, tally: Doc | None = None, answer: Doc | None = None) -> Doc:
    """One session; ``tally`` and ``answer`` where the reader belongs to its community."""
    return {
        **_meeting(doc, belongs),
        "answers": {name: tally[name] for name in ANSWERS} if belongs and tally is not None else None,
        "my_answer": answer["answer"] if answer is not None else None,
    }


def series_view(doc: Doc, *, belongs: bool) -> Doc:
    """One series."""
    return _meeting(doc, belongs)


def rsvp_view(doc: Doc, person: Doc | None, *, with_reason: bool) -> Doc:
    """One answer, with the reason where the reader may know it."""
    name = None if person is None else person["name"]
    return {**doc, "name": name, "reason": doc["reason"] if with_reason else None}


def _meeting(doc: Doc, belongs: bool) -> Doc:
    hidden = {} if belongs else dict.fromkeys(_FOR_MEMBERS)
    return {**doc, **hidden, "zone": zones.label(doc["timezone"])}
