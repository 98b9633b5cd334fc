"""The states of learning's subjects, as its events tell them."""

from __future__ import annotations

from shared.contracts.events.learning import CYCLE_OPENED
from shared.messaging.snapshots import Source
from shared.mongo import Doc


def cycle_state(doc: Doc, *, quiet: bool = False) -> Doc:
    """A cycle without its evaluation, which is for members."""
    state = {name: doc[name] for name in ("community_id", "title", "goal", "stage")}
    return {"cycle_id": doc["id"], **state, "quiet": quiet}


SOURCES = (Source("cycles", cycle_state, CYCLE_OPENED),)
