"""The states of scheduling's subjects, as its events tell them."""

from __future__ import annotations

from services.scheduling.domain import answers
from shared.contracts.events.scheduling import (
    ASSIGNMENT_LETTER_REQUESTED,
    ATTENDANCE_RECORDED,
    CERTIFICATE_ISSUED,
    COMMITMENT_CHANGED,
    MINUTES_CHANGED,
    RSVP_CHANGED,
    SERIES_CHANGED,
    SESSION_SCHEDULED,
)
from shared.messaging.snapshots import Source
from shared.mongo import Doc

_MEETING = ("community_id", "cycle_id", "phase", "title", "goal", "timezone", "place", "mode", "capacity", "status")


# Fields that series have had since they can be changed; an older one has none.
_ADDED = ("exdates", "rdates", "pauses")


def series_state(doc: Doc) -> Doc:
    """A series without its ``join_url``, which is for members."""
    own = ("rrule", "starts_on", "starts_at", "duration_minutes")
    since = {name: doc.get(name) or [] for name in _ADDED}
    since |= {name: doc.get(name) for name in ("split_from", "answers_close_minutes")}
    return {"series_id": doc["id"], **{name: doc[name] for name in (*_MEETING, *own)}, **since}


def session_state(doc: Doc, *, quiet: bool = False) -> Doc:
    """A session without its ``join_url`` and the reason of its cancellation, which are for members."""
    own = ("series_id", "starts_at", "ends_at")
    asked = {"answers_until": answers.until(doc)}
    return {"session_id": doc["id"], **{name: doc[name] for name in (*_MEETING, *own)}, **asked, "quiet": quiet}


def due_state(doc: Doc, before: str) -> Doc:
    """What people are reminded of, so long before it begins."""
    own = ("community_id", "title", "starts_at", "ends_at", "timezone", "place", "mode")
    return {"session_id": doc["id"], "before": before, **{name: doc[name] for name in own}}


def rsvp_state(doc: Doc, *, moved_up: bool = False) -> Doc:
    """An answer without its reason."""
    own = {name: doc[name] for name in ("session_id", "community_id", "person_id", "answer")}
    return {**own, "state": doc.get("state"), "moved_up": moved_up}


def attendance_state(doc: Doc) -> Doc:
    """Who was present for how long, by ids: names of guests and reasons stay here."""
    ids = ("session_id", "community_id", "attendee_id", "person_id", "guest_id")
    own = ("kind", "status", "mode", "present_minutes")
    return {name: doc[name] for name in (*ids, *own)}


def letter_state(doc: Doc) -> Doc:
    """An assignment letter without its number, its signatory and the reason of a refusal."""
    own = ("session_id", "community_id", "npsn", "person_ids", "requested_by", "status")
    return {"letter_id": doc["id"], **{name: doc[name] for name in own}}


def minutes_state(doc: Doc) -> Doc:
    """Minutes without their words: how they stand, and which photos belong to them."""
    return {
        "session_id": doc["id"],
        **{name: doc[name] for name in ("community_id", "status", "approved_at")},
        "photos": [{name: photo[name] for name in ("file_id", "attached_by")} for photo in doc["photos"]],
    }


def commitment_state(doc: Doc) -> Doc:
    """A commitment without its words."""
    own = ("community_id", "session_id", "due_on", "owner_ids", "status", "made_by", "settled_by", "settled_at")
    return {"commitment_id": doc["id"], **{name: doc[name] for name in own}}


def certificate_state(doc: Doc) -> Doc:
    """A certificate without its holder's name and the reason of its revocation."""
    own = ("person_id", "community_id", "semester", "jp", "revision", "status", "superseded_by")
    return {"number": doc["id"], **{name: doc[name] for name in own}}


SOURCES = (
    Source("series", series_state, SERIES_CHANGED),
    Source("sessions", session_state, SESSION_SCHEDULED),
    Source("rsvps", rsvp_state, RSVP_CHANGED),
    Source("attendance", attendance_state, ATTENDANCE_RECORDED),
    Source("letters", letter_state, ASSIGNMENT_LETTER_REQUESTED),
    Source("minutes", minutes_state, MINUTES_CHANGED),
    Source("commitments", commitment_state, COMMITMENT_CHANGED),
    Source("certificates", certificate_state, CERTIFICATE_ISSUED),
)
