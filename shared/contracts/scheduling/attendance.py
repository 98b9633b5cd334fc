"""Who was present at a session (API.md, "Scheduling")."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import (
    Audited,
    Command,
    Contract,
    Followed,
    Query,
    flag,
    identifier,
    moment,
    note,
    one_of,
    page_of,
    text,
)
from shared.contracts.scheduling.meetings import SessionId
from shared.contracts.words import ATTENDANCE, MODES

MOST_ITEMS = 200
KINDS = ("member", "guest")


class Guest(Contract):
    """Somebody from elsewhere, by name and institution; the same two words mean the same guest of a session."""

    name = text(required=True)
    institution = text(load_default=None, allow_none=True)


class AttendanceItem(Contract):
    """What an officer noted of one person: of somebody of the district (``person_id``), or of a ``guest``.

    ``client_id`` is the device's own name for this note, best a UUIDv7. ``at`` is when it was noted: of two notes on
    one person the later counts, then the greater ``client_id``. Who is ``hadir`` came at ``arrived_at``; unless it is
    given at ``at``, or from the beginning where ``at`` lies outside the session. ``left_at`` unless given is the end.
    """

    client_id = text(100, required=True)
    person_id = identifier(load_default=None, allow_none=True)
    guest = fields.Nested(Guest, load_default=None, allow_none=True)
    status = one_of(*ATTENDANCE, required=True)
    at = moment(required=True)
    arrived_at = moment(load_default=None, allow_none=True)
    left_at = moment(load_default=None, allow_none=True)
    mode = one_of(*MODES[:2], load_default=None, allow_none=True)
    reason = note(500, load_default=None, allow_none=True)


class RecordAttendance(SessionId):
    """Up to 200 notes, in any order and as often as one likes: what comes of them is the same."""

    items = fields.List(fields.Nested(AttendanceItem), required=True, validate=validate.Length(1, MOST_ITEMS))


class AttendanceResult(Contract):
    """What became of one note: ``recorded``; ``unchanged`` (it was known); ``superseded`` (a later note counts); or
    ``refused``, with the ``problem`` in words. ``status`` and ``present_minutes`` are what counts now."""

    client_id = text(100, required=True)
    outcome = one_of("recorded", "unchanged", "superseded", "refused", required=True)
    attendee_id = identifier(required=True, allow_none=True)
    status = one_of(*ATTENDANCE, required=True, allow_none=True)
    present_minutes = fields.Integer(required=True, allow_none=True)
    problem = text(500, required=True, allow_none=True)


class AttendanceResults(Contract):
    """A result for each note, in the order in which they were sent."""

    items = fields.List(fields.Nested(AttendanceResult), required=True)


class GuestOfSession(SessionId):
    """A guest from elsewhere, as the session's attendance names them."""

    attendee_id = identifier(required=True)


class AttendanceFilter(Followed):
    """The attendance of one session, in the order in which people were first recorded."""

    session_id = identifier(required=True)


class AttendanceView(Contract):
    """One person's attendance.

    ``kind``: a member of the community, or a guest; a guest of the district has a ``person_id``, one from elsewhere a
    ``guest_id`` and an ``institution``; ``attendee_id`` is either. ``checked_in_at`` is their own check-in, ``offline``
    one that was sent later; ``noted_at`` the officer's note, which counts before it. ``present_minutes`` are whole
    minutes within the session. ``late`` and ``left_early`` mean by more than ten minutes. ``reason`` is for
    the person and the community's officers, else ``null``. ``name`` is ``null`` while it is not known here.
    """

    session_id = identifier(required=True)
    attendee_id = identifier(required=True)
    person_id = identifier(required=True, allow_none=True)
    guest_id = identifier(required=True, allow_none=True)
    kind = one_of(*KINDS, required=True)
    name = text(required=True, allow_none=True)
    institution = text(required=True, allow_none=True)
    status = one_of(*ATTENDANCE, required=True)
    mode = one_of(*MODES[:2], required=True)
    checked_in_at = moment(required=True, allow_none=True)
    offline = flag(required=True)
    noted_at = moment(required=True, allow_none=True)
    arrived_at = moment(required=True, allow_none=True)
    left_at = moment(required=True, allow_none=True)
    late = flag(required=True)
    left_early = flag(required=True)
    present_minutes = fields.Integer(required=True)
    reason = note(500, required=True, allow_none=True)
    version = fields.Integer(required=True)
    updated_at = moment(required=True)


class AttendanceCounts(Contract):
    """How many people have each status; ``guests`` are those among the present who are no members."""

    hadir = fields.Integer(required=True)
    izin = fields.Integer(required=True)
    sakit = fields.Integer(required=True)
    alpa = fields.Integer(required=True)
    guests = fields.Integer(required=True)


class AttendancePage(page_of(AttendanceView)):  # type: ignore[misc]
    """A page of AttendanceView, with the counts of the whole session."""

    counts = fields.Nested(AttendanceCounts, required=True)


class CheckinCode(Contract):
    """One code: six digits (``code``) or the text of a QR code (``qr``), to be shown from ``valid_from`` until
    ``valid_until``."""

    code = text(6, required=True)
    qr = text(100, required=True)
    valid_from = moment(required=True)
    valid_until = moment(required=True)


class CheckinCodes(Contract):
    """All codes of a session, one each ``step_seconds``, from ``opens_at`` (half an hour before it begins) until
    ``closes_at`` (its end): a phone that keeps them can show them without signal."""

    session_id = identifier(required=True)
    opens_at = moment(required=True)
    closes_at = moment(required=True)
    step_seconds = fields.Integer(required=True)
    codes = fields.List(fields.Nested(CheckinCode), required=True)


class CheckIn(SessionId):
    """The caller was there at ``scanned_at`` (now, unless it is given), when ``code`` was shown. What was scanned
    without signal is sent later, until 72 hours after the end. ``mode`` is how the session is held, unless said."""

    code = text(100, required=True)
    scanned_at = moment(load_default=None, allow_none=True)
    mode = one_of(*MODES[:2], load_default=None, allow_none=True)


# What is said twice comes to the same (docs/decisions/0140): none of these needs a key that nobody asked for.
RECORD_ATTENDANCE = Command(
    "scheduling.record_attendance",
    takes=RecordAttendance,
    gives=AttendanceResults,
    repeatable=True,
    audited=Audited("session"),
)
CHECK_IN = Command("scheduling.check_in", takes=CheckIn, gives=AttendanceView, repeatable=True)
GET_CHECKIN_CODES = Command(
    "scheduling.get_checkin_codes", takes=SessionId, gives=CheckinCodes, secret=True, repeatable=True
)
FORGET_GUEST = Command("scheduling.forget_guest", takes=GuestOfSession, audited=Audited("guest", key="attendee_id"))
LIST_ATTENDANCE = Query("scheduling.list_attendance", takes=AttendanceFilter, gives=AttendancePage)
