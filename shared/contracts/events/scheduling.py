"""Events of scheduling: series of meetings, single meetings, who answered, and what meetings led to."""

from marshmallow import fields

from shared.contracts.base import Contract, Event, day, flag, identifier, moment, npsn, one_of, text
from shared.contracts.events.personal import erasure_done, export_done
from shared.contracts.words import (
    ANSWER_STATES,
    ANSWERS,
    ATTENDANCE,
    CERTIFICATE_STATUSES,
    COMMITMENT_STATUSES,
    CYCLE_STAGES,
    LETTER_CHANGES,
    LETTER_STATUSES,
    MINUTES_STATUSES,
    MODES,
    REMINDERS,
)


class PauseState(Contract):
    """Local days in which a series does not meet."""

    since = day(required=True)
    until = day(required=True, allow_none=True)


class SeriesState(Contract):
    """A rule by which meetings repeat: an RFC 5545 RRULE over local dates, at ``starts_at`` (local ``HH:MM``) in
    ``timezone`` (IANA). Its dates are sessions of their own; people are told of them once, by this event.

    It leaves out the local days ``exdates`` and those of ``pauses`` (both ends included; no ``until``: nobody knows),
    and meets on ``rdates`` too. ``split_from`` is the series that it continues. ``news`` is what happened to it,
    ``quiet`` says that nobody need be told: only words changed, or another event of the same change tells it.
    """

    series_id = identifier(required=True)
    community_id = identifier(required=True)
    cycle_id = identifier(required=True, allow_none=True)
    phase = one_of(*CYCLE_STAGES, required=True, allow_none=True)
    title = text(required=True)
    goal = text(500, required=True)
    rrule = text(250, required=True)
    starts_on = day(required=True)
    starts_at = text(5, required=True)
    duration_minutes = fields.Integer(required=True)
    timezone = fields.String(required=True)
    place = text(required=True, allow_none=True)
    mode = one_of(*MODES, required=True)
    capacity = fields.Integer(required=True, allow_none=True)
    answers_close_minutes = fields.Integer(allow_none=True)
    status = one_of("active", "ended", required=True)
    exdates = fields.List(day())
    rdates = fields.List(day())
    pauses = fields.List(fields.Nested(PauseState))
    split_from = identifier(allow_none=True)
    news = one_of("started", "changed", "paused", "resumed", "shortened", "ended")
    quiet = flag()


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
    answers_until = moment(allow_none=True)
    status = one_of("scheduled", "cancelled", required=True)
    quiet = flag()


class RsvpState(Contract):
    """One person's answer to one meeting; the reason stays in scheduling. ``state`` is what a ``yes`` has come to.

    ``moved_up``: a seat became free for somebody who waited, which they do not know yet."""

    session_id = identifier(required=True)
    community_id = identifier(required=True)
    person_id = identifier(required=True)
    answer = one_of(*ANSWERS, required=True)
    state = one_of(*ANSWER_STATES, allow_none=True)
    moved_up = flag()


class SessionDueState(Contract):
    """A session begins soon: ``before`` says in how long, by the hour that it has now. Members who did not answer "no"
    are reminded."""

    session_id = identifier(required=True)
    community_id = identifier(required=True)
    before = one_of(*REMINDERS, required=True)
    title = text(required=True)
    starts_at = moment(required=True)
    ends_at = moment(required=True)
    timezone = fields.String(required=True)
    place = text(required=True, allow_none=True)
    mode = one_of(*MODES, required=True)


class AttendanceState(Contract):
    """Who was present at one meeting, for how many whole minutes of it; names of guests and reasons stay in scheduling.

    ``attendee_id`` is the ``person_id`` of somebody of the district or the ``guest_id`` of somebody from elsewhere.
    ``kind``: a member of the community, or a guest. Minutes are those of the meeting's times at that moment.
    """

    session_id = identifier(required=True)
    community_id = identifier(required=True)
    attendee_id = identifier(required=True)
    person_id = identifier(required=True, allow_none=True)
    guest_id = identifier(required=True, allow_none=True)
    kind = one_of("member", "guest", required=True)
    status = one_of(*ATTENDANCE, required=True)
    mode = one_of(*MODES[:2], required=True)
    present_minutes = fields.Integer(required=True)


class AssignmentLetterState(Contract):
    """A school is asked to send these people to a meeting, and what it answered. Number, signatory and reason stay in
    scheduling."""

    letter_id = identifier(required=True)
    session_id = identifier(required=True)
    community_id = identifier(required=True)
    npsn = npsn(required=True)
    person_ids = fields.List(identifier(), required=True)
    requested_by = identifier(required=True)
    status = one_of(*LETTER_STATUSES, required=True)


class AffectedLetterState(AssignmentLetterState):
    """A meeting to which a school sends people, or is asked to, took another time or place or was called off. Where
    ``others`` of its meetings changed with it (those of one series), the school is told by the letter to the first."""

    change = one_of(*LETTER_CHANGES, required=True)
    others = fields.Integer(required=True)


class AttachedPhoto(Contract):
    """A photo of the minutes: a file, and whoever attached it."""

    file_id = identifier(required=True)
    attached_by = identifier(required=True)


class MinutesState(Contract):
    """How the minutes of a meeting stand; their words stay in scheduling. ``approved_at`` is ``null`` for a draft, also
    for one that was approved before it was changed. Its photos are shown to the community's members."""

    session_id = identifier(required=True)
    community_id = identifier(required=True)
    status = one_of(*MINUTES_STATUSES, required=True)
    approved_at = moment(required=True, allow_none=True)
    photos = fields.List(fields.Nested(AttachedPhoto), required=True)


class CommitmentState(Contract):
    """What a community undertook, by ids and dates; its words stay in scheduling. Without owners it is everybody's."""

    commitment_id = identifier(required=True)
    community_id = identifier(required=True)
    session_id = identifier(required=True, allow_none=True)
    due_on = day(required=True)
    owner_ids = fields.List(identifier(), required=True)
    status = one_of(*COMMITMENT_STATUSES, required=True)
    made_by = identifier(required=True)
    settled_by = identifier(required=True, allow_none=True)
    settled_at = moment(required=True, allow_none=True)


class CertificateState(Contract):
    """A certificate of JP, by its number and ids: names and the reason of a revocation stay in scheduling.

    ``status`` is ``superseded`` where attendance was corrected: ``superseded_by`` then numbers the certificate in its
    place, if its holder still earned one.
    """

    number = text(40, required=True)
    person_id = identifier(required=True)
    community_id = identifier(required=True)
    semester = text(20, required=True)
    jp = fields.Integer(required=True)
    revision = fields.Integer(required=True)
    status = one_of(*CERTIFICATE_STATUSES, required=True)
    superseded_by = text(40, required=True, allow_none=True)


_TOLD = ("learning", "notification")
_SHOWN = ("content", "notification")
_HEARD = ("notification",)

SERIES_CHANGED = Event("scheduling.series_changed.v1", SeriesState, "series", ("series_id",), ("notification",))
SESSION_SCHEDULED = Event("scheduling.session_scheduled.v1", SessionState, "session", ("session_id",), _TOLD)
SESSION_RESCHEDULED = Event("scheduling.session_rescheduled.v1", SessionState, "session", ("session_id",), _TOLD)
SESSION_CANCELLED = Event("scheduling.session_cancelled.v1", SessionState, "session", ("session_id",), _TOLD)
SESSION_DUE = Event(
    "scheduling.session_due.v1", SessionDueState, "reminder", ("session_id", "before"), ("notification",)
)
RSVP_CHANGED = Event("scheduling.rsvp_changed.v1", RsvpState, "rsvp", ("session_id", "person_id"), ("notification",))
ATTENDANCE_RECORDED = Event(
    "scheduling.attendance_recorded.v1", AttendanceState, "attendance", ("session_id", "attendee_id"), _HEARD
)
ASSIGNMENT_LETTER_REQUESTED = Event(
    "scheduling.assignment_letter_requested.v1",
    AssignmentLetterState,
    "assignment_letter",
    ("letter_id",),
    ("notification",),
)
ASSIGNMENT_LETTER_DECIDED = Event(
    "scheduling.assignment_letter_decided.v1",
    AssignmentLetterState,
    "assignment_letter",
    ("letter_id",),
    ("notification",),
)
ASSIGNMENT_LETTER_AFFECTED = Event(
    "scheduling.assignment_letter_affected.v1",
    AffectedLetterState,
    "assignment_letter",
    ("letter_id",),
    ("notification",),
)
MINUTES_CHANGED = Event("scheduling.minutes_changed.v1", MinutesState, "minutes", ("session_id",), _SHOWN)
MINUTES_APPROVED = Event("scheduling.minutes_approved.v1", MinutesState, "minutes", ("session_id",), _SHOWN)
COMMITMENT_MADE = Event("scheduling.commitment_made.v1", CommitmentState, "commitment", ("commitment_id",), _HEARD)
COMMITMENT_CHANGED = Event(
    "scheduling.commitment_changed.v1", CommitmentState, "commitment", ("commitment_id",), _HEARD
)
COMMITMENT_SETTLED = Event(
    "scheduling.commitment_settled.v1", CommitmentState, "commitment", ("commitment_id",), _HEARD
)

CERTIFICATE_ISSUED = Event(
    "scheduling.certificate_issued.v1", CertificateState, "certificate", ("number",), ("notification",)
)
CERTIFICATE_REVOKED = Event(
    "scheduling.certificate_revoked.v1", CertificateState, "certificate", ("number",), ("notification",)
)

PERSON_ERASURE_DONE = erasure_done("scheduling")
PERSON_EXPORT_DONE = export_done("scheduling")
