"""The minutes of a session (notulen), their revisions and approval (API.md, "Scheduling")."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import (
    Audited,
    Command,
    Contract,
    PageRequest,
    Query,
    Versioned,
    flag,
    identifier,
    moment,
    note,
    one_of,
    page_of,
    text,
)
from shared.contracts.scheduling.commitments import CommitmentView, Named
from shared.contracts.scheduling.meetings import SessionId
from shared.contracts.words import MINUTES_STATUSES

MOST_SECTIONS = 30
MOST_DECISIONS = 50
MOST_PHOTOS = 20
LONGEST_SECTION = 10_000


class Section(Contract):
    """A part of the minutes: plain text under a heading."""

    title = text(required=True)
    text = note(LONGEST_SECTION, required=True)


class Photo(Contract):
    """A photo: a finished upload (``POST /v1/uploads``) of whoever attaches it, an image. Once it is attached, the
    community's members see it at ``GET /v1/files/{file_id}``."""

    file_id = identifier(required=True)
    caption = text(load_default=None, allow_none=True)


class MinutesContent(Contract):
    """What minutes say. ``done_differently`` tells what changed, or will, for the pupils.

    ``photo_consent`` states that everybody who can be recognised in the photos, for pupils also their parents, has
    agreed to this use. The law asks for it (UU PDP 27/2022: an opt-in, and special care for children's data): without
    it no photo is taken. Whoever withdraws consent has the photo taken out; it is then shown in no revision any more.
    """

    sections = fields.List(fields.Nested(Section), load_default=list, validate=validate.Length(max=MOST_SECTIONS))
    decisions = fields.List(text(1000), load_default=list, validate=validate.Length(max=MOST_DECISIONS))
    done_differently = note(load_default="")
    photos = fields.List(fields.Nested(Photo), load_default=list, validate=validate.Length(max=MOST_PHOTOS))
    photo_consent = flag(load_default=False)


class WriteMinutes(MinutesContent, SessionId, Versioned):
    """The minutes as a whole; each save that changes something is a revision. What was approved and is changed has to
    be approved again. A stale save is refused with 412 and both versions: ``current``, and what was ``sent``."""


class ApproveMinutes(SessionId):
    """Approves the minutes as they stand; with ``revision`` only if that is still the latest."""

    revision = fields.Integer(strict=True, load_default=None, allow_none=True, validate=validate.Range(1))


class MinutesView(MinutesContent):
    """A session's minutes. While nobody has saved any, ``version`` and ``revision`` are 0, and the sections are the
    agenda's items.

    ``approved_by`` and ``approved_at`` are ``null`` while the status is ``draft``; earlier approvals stand with their
    revisions. ``commitments`` are those made in this session (at most 50), ``people`` those whom the minutes name.
    """

    session_id = identifier(required=True)
    status = one_of(*MINUTES_STATUSES, required=True)
    revision = fields.Integer(required=True)
    saved_by = identifier(required=True, allow_none=True)
    approved_by = identifier(required=True, allow_none=True)
    approved_at = moment(required=True, allow_none=True)
    commitments = fields.List(fields.Nested(CommitmentView), required=True)
    people = fields.List(fields.Nested(Named), required=True)
    version = fields.Integer(required=True)
    updated_at = moment(required=True, allow_none=True)


class RevisionFilter(PageRequest):
    """The revisions of one session's minutes, the newest first."""

    session_id = identifier(required=True)


class RevisionId(SessionId):
    """One revision, by its number from 1 on."""

    revision = fields.Integer(required=True, validate=validate.Range(1))


class RevisionSummary(Contract):
    """A revision as a list shows it; ``approved_at`` where it was approved, also if it was changed later."""

    session_id = identifier(required=True)
    revision = fields.Integer(required=True)
    saved_by = identifier(required=True)
    saved_by_name = text(required=True, allow_none=True)
    saved_at = moment(required=True)
    approved_by = identifier(required=True, allow_none=True)
    approved_at = moment(required=True, allow_none=True)


class RevisionView(RevisionSummary, MinutesContent):
    """A revision as it was saved. A photo that was taken out since can no longer be opened."""


GET_MINUTES = Query("scheduling.get_minutes", takes=SessionId, gives=MinutesView)
WRITE_MINUTES = Command("scheduling.write_minutes", takes=WriteMinutes, gives=MinutesView)
APPROVE_MINUTES = Command(
    "scheduling.approve_minutes",
    takes=ApproveMinutes,
    gives=MinutesView,
    audited=Audited("session", values=("revision",)),
)
LIST_REVISIONS = Query("scheduling.list_minutes_revisions", takes=RevisionFilter, gives=page_of(RevisionSummary))
GET_REVISION = Query("scheduling.get_minutes_revision", takes=RevisionId, gives=RevisionView)
