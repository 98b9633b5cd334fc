"""The states of learning's subjects, as its events tell them."""

from __future__ import annotations

from shared.contracts.events.learning import CYCLE_OPENED, WORK_ACCEPTED
from shared.messaging.snapshots import Source
from shared.mongo import Doc


def cycle_state(doc: Doc, *, quiet: bool = False) -> Doc:
    """A cycle without its evaluation, which is for members."""
    state = {name: doc[name] for name in ("community_id", "title", "goal", "stage")}
    return {"cycle_id": doc["id"], **state, "quiet": quiet}


def work_state(doc: Doc) -> Doc:
    """A work that counts, or did."""
    return {
        "work_id": doc["id"],
        **{name: doc[name] for name in ("community_id", "person_id", "accepted_at", "status")},
    }


SOURCES = (Source("cycles", cycle_state, CYCLE_OPENED), Source("works", work_state, WORK_ACCEPTED))
