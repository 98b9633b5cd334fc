"""The states of scheduling's subjects, as its events tell them."""

from __future__ import annotations

from shared.contracts.events.scheduling import RSVP_CHANGED, SERIES_CHANGED, SESSION_SCHEDULED
from shared.messaging.snapshots import Source
from shared.mongo import Doc

_MEETING = ("community_id", "cycle_id", "phase", "title", "goal", "timezone", "place", "mode", "capacity", "status")


def series_state(doc: Doc) -> Doc:
    """A series without its ``join_url``, which is for members."""
    own = ("rrule", "starts_on", "starts_at", "duration_minutes")
    return {"series_id": doc["id"], **{name: doc[name] for name in (*_MEETING, *own)}}


def session_state(doc: Doc, *, quiet: bool = False) -> Doc:
    """A session without its ``join_url`` and the reason of its cancellation, which are for members."""
    own = ("series_id", "starts_at", "ends_at")
    return {"session_id": doc["id"], **{name: doc[name] for name in (*_MEETING, *own)}, "quiet": quiet}


def rsvp_state(doc: Doc) -> Doc:
    """An answer without its reason."""
    return {name: doc[name] for name in ("session_id", "community_id", "person_id", "answer")}


SOURCES = (
    Source("series", series_state, SERIES_CHANGED),
    Source("sessions", session_state, SESSION_SCHEDULED),
    Source("rsvps", rsvp_state, RSVP_CHANGED),
)
