"""What people are shown of cycles. A member sees the results, a colleague from elsewhere in the district does not."""

from __future__ import annotations

from services.learning.store import LearningStore
from shared.mongo import Doc

_MOST_SESSIONS = 200


def cycle_view(store: LearningStore, doc: Doc, *, belongs: bool) -> Doc:
    """One cycle with its meetings."""
    sessions = store.sessions.find({"cycle_id": doc["id"]}, limit=_MOST_SESSIONS, sort="starts_at")
    return {**doc, "sessions": sessions, "evaluation": doc["evaluation"] if belongs else None}
