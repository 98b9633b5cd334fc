"""Events of scheduling: meetings and who answered."""

from marshmallow import fields

from shared.contracts.base import Contract, Event, identifier, moment, one_of, text
from shared.contracts.words import ANSWERS, CYCLE_STAGES, MODES


class SessionState(Contract):
    """One meeting. Moments are UTC; ``timezone`` (IANA) is the one that people are shown."""

    session_id = identifier(required=True)
    community_id = identifier(required=True)
    series_id = identifier(required=True, allow_none=True)
    cycle_id = identifier(required=True, allow_none=True)
    phase = one_of(*CYCLE_STAGES, required=True, allow_none=True)
    title = text(required=True)
    goal = text(500, required=True)
    starts_at = moment(required=True)
    ends_at = moment(required=True)
    timezone = fields.String(required=True)
    place = text(required=True, allow_none=True)
    mode = one_of(*MODES, required=True)
    capacity = fields.Integer(required=True, allow_none=True)
    status = one_of("scheduled", "cancelled", required=True)


class RsvpState(Contract):
    """One person's answer to one meeting; the reason stays in scheduling."""

    session_id = identifier(required=True)
    community_id = identifier(required=True)
    person_id = identifier(required=True)
    answer = one_of(*ANSWERS, required=True)


_TOLD = ("learning", "notification")

SESSION_SCHEDULED = Event("scheduling.session_scheduled.v1", SessionState, "session", ("session_id",), _TOLD)
SESSION_RESCHEDULED = Event("scheduling.session_rescheduled.v1", SessionState, "session", ("session_id",), _TOLD)
SESSION_CANCELLED = Event("scheduling.session_cancelled.v1", SessionState, "session", ("session_id",), _TOLD)
RSVP_CHANGED = Event(
    "scheduling.rsvp_changed.v1", RsvpState, "rsvp", ("session_id", "person_id"), ("notification",)
)
