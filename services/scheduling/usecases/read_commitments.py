"""Members look at what their community undertook."""

from __future__ import annotations

from collections.abc import Sequence

from services.scheduling.store import SchedulingStore
from services.scheduling.usecases.people import names
from shared.communities import known_community, whole
from shared.messaging import Work
from shared.mongo import Doc

MOST_SHOWN = 50


def get_commitment(work: Work, asked: Doc) -> Doc:
    commitment = work.store.commitments.require(asked["commitment_id"], "minutes.unknown_commitment")
    work.allow(community_id=commitment["community_id"])
    return views(work.store, [commitment])[0]


def list_commitments(work: Work, asked: Doc) -> Doc:
    """The commitments of a community, the newest first; all, or those of one status."""
    known_community(work.store, asked["community_id"])
    work.allow(community_id=asked["community_id"])
    status = {"status": asked["status"]} if asked["status"] is not None else {}
    where = [{"community_id": id_, **status} for id_ in whole(work.store, [asked["community_id"]])]
    page = work.store.commitments.page(where, asked, newest_first=True)
    shown = {view["id"]: view for view in views(work.store, page.items)}
    return page.as_dict(lambda doc: shown[doc["id"]])


def open_commitments(store: SchedulingStore, community_id: str, *, but_of: str) -> list[Doc]:
    """The open commitments of a community, the first due first, without those made in the session ``but_of``."""
    found = [
        commitment
        for id_ in whole(store, [community_id])
        for commitment in store.commitments.find(
            {"community_id": id_, "status": "open"}, limit=2 * MOST_SHOWN, sort="due_on"
        )
        if commitment["session_id"] != but_of
    ]
    return sorted(found, key=lambda commitment: (commitment["due_on"], commitment["id"]))[:MOST_SHOWN]


def views(store: SchedulingStore, docs: Sequence[Doc]) -> list[Doc]:
    """Commitments as members are shown them; one read for any number."""
    people = store.people.get_many(id_ for doc in docs for id_ in doc["owner_ids"])
    return [{**doc, "owners": names(people, doc["owner_ids"])} for doc in docs]
