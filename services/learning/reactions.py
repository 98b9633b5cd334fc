"""What learning does when things happen elsewhere."""

from __future__ import annotations

from services.learning.snapshots import work_state
from shared.contracts.events.learning import WORK_ACCEPTED
from shared.messaging import Received, Work
from shared.mongo import Doc


def accept_work(work: Work, event: Received) -> None:
    """A resource that its community published is a work that it accepted, until it is withdrawn. Events may come in any
    order: what is older than what is known changes nothing, and a further version of a work says nothing new."""
    id_ = event.data["resource_id"]
    status = "accepted" if event.data["status"] == "published" else "withdrawn"
    before = work.store.works.get(id_)
    if before is None:
        owner = {"community_id": event.data["community_id"], "person_id": event.data["author_id"]}
        stands = {"status": status, "accepted_at": event.time, "known": event.sequence}
        _tell(work, work.store.works.insert({"id": id_, **owner, **stands}))
    elif before["known"] < event.sequence:
        if status == before["status"]:
            work.store.works.update(id_, set={"known": event.sequence})
        else:
            since = event.time if status == "accepted" else before["accepted_at"]
            known = {"status": status, "accepted_at": since, "known": event.sequence}
            _tell(work, work.store.works.save({**before, **known}))


def _tell(work: Work, doc: Doc) -> None:
    work.emit(WORK_ACCEPTED, work_state(doc), doc["version"])
