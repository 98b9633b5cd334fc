"""Events of scheduling: series of meetings, single meetings, and who answered."""

from marshmallow import fields

from shared.contracts.base import Contract, Event, day, identifier, moment, one_of, text
from shared.contracts.words import ANSWERS, CYCLE_STAGES, MODES


class SeriesState(Contract):
    """A rule by which meetings repeat: an RFC 5545 RRULE over local dates, at ``starts_at`` (local ``HH:MM``) in
    ``timezone`` (IANA). Its dates are sessions of their own; people are told of them once, by this event."""

    series_id = identifier(required=True)
    community_id = identifier(required=True)
    cycle_id = identifier(required=True, allow_none=True)
    phase = one_of(*CYCLE_STAGES, required=True, allow_none=True)
    title = text(required=True)
    goal = text(500, required=True)
    rrule = text(required=True)
    starts_on = day(required=True)
    starts_at = text(5, required=True)
    duration_minutes = fields.Integer(required=True)
    timezone = fields.String(required=True)
    place = text(required=True, allow_none=True)
    mode = one_of(*MODES, required=True)
    capacity = fields.Integer(required=True, allow_none=True)
    status = one_of("active", "ended", required=True)


class SessionState(Contract):
    """One meeting. Moments are UTC; ``timezone`` (IANA) is the one that people are shown.

    ``quiet``: this change of it needs to be told to nobody. It is one of the many dates of a series, of which
    ``series_changed`` tells people once; or only words of it changed, not when, where or how people meet.
    """

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
    quiet = fields.Boolean()


class RsvpState(Contract):
    """One person's answer to one meeting; the reason stays in scheduling."""

    session_id = identifier(required=True)
    community_id = identifier(required=True)
    person_id = identifier(required=True)
    answer = one_of(*ANSWERS, required=True)


_TOLD = ("learning", "notification")

SERIES_CHANGED = Event("scheduling.series_changed.v1", SeriesState, "series", ("series_id",), ("notification",))
SESSION_SCHEDULED = Event("scheduling.session_scheduled.v1", SessionState, "session", ("session_id",), _TOLD)
SESSION_RESCHEDULED = Event("scheduling.session_rescheduled.v1", SessionState, "session", ("session_id",), _TOLD)
SESSION_CANCELLED = Event("scheduling.session_cancelled.v1", SessionState, "session", ("session_id",), _TOLD)
RSVP_CHANGED = Event("scheduling.rsvp_changed.v1", RsvpState, "rsvp", ("session_id", "person_id"), ("notification",))
