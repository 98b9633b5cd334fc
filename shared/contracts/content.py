"""What content answers to: uploads, files and shared resources (API.md, "Content")."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from shared.contracts.base import (
    Audited,
    Command,
    Contract,
    Followed,
    LinkView,
    Query,
    Versioned,
    district_id,
    flag,
    identifier,
    moment,
    note,
    one_of,
    page_of,
    text,
)
from shared.contracts.external import RecordFilter, external_ids
from shared.contracts.record import RecordPeriod
from shared.contracts.words import PHASES, RESOURCE_KINDS

LARGEST_PIECE = 256 * 1024
LARGEST_FILE = 50 * 1024 * 1024
MOST_FILES = 20
LONGEST_BODY = 50_000
RESOURCE_STATUSES = ("draft", "submitted", "published", "withdrawn")


def _bytes(**kwargs: Any) -> fields.Integer:
    return fields.Integer(strict=True, validate=validate.Range(0, 2**53), **kwargs)


def _file_ids(**kwargs: Any) -> fields.List[Any]:
    return fields.List(identifier(), validate=validate.Length(max=MOST_FILES), **kwargs)


# --- uploads (tus 1.0) --------------------------------------------------------------------------------------------


class CreateUpload(Contract):
    """Announces a file of ``length`` bytes, at most 50 MB.

    ``content_type`` is what the sender takes it for; what is kept is what its bytes say.
    """

    filename = text(required=True)
    length = fields.Integer(required=True, strict=True, validate=validate.Range(1, 2**53))
    content_type = fields.String(
        load_default="application/octet-stream",
        validate=validate.Regexp(r"[A-Za-z0-9][\w.+-]{0,60}/[A-Za-z0-9][\w.+-]{0,100}\Z", error="content.not_a_type"),
    )


class UploadId(Contract):
    """One upload of the caller's own."""

    upload_id = identifier(required=True)


class AppendChunk(UploadId):
    """The next bytes, at most 256 kB of them, from ``offset`` on.

    Repeating a chunk that arrived is answered as the first time was. ``checksum`` is tus's ``Upload-Checksum``: an
    algorithm (``sha1`` or ``sha256``), a space and the digest in base64.
    """

    offset = _bytes(required=True)
    checksum = text(100, load_default=None, allow_none=True)


class UploadView(Contract):
    """An upload: ``offset`` of ``length`` bytes have arrived. ``file_id`` is the file that it became once all had.

    It is thrown away at ``expires_at``: an unfinished one 24 hours after its last chunk, a file that is attached to
    nothing by then 7 days after it was whole.
    """

    id = identifier(required=True)
    filename = text(required=True)
    length = _bytes(required=True)
    offset = _bytes(required=True)
    file_id = identifier(required=True, allow_none=True)
    expires_at = moment(required=True)


CREATE_UPLOAD = Command("content.create_upload", takes=CreateUpload, gives=UploadView)
APPEND_CHUNK = Command("content.append_chunk", takes=AppendChunk, gives=UploadView, body=True)
GET_UPLOAD = Query("content.get_upload", takes=UploadId, gives=UploadView)
DELETE_UPLOAD = Command("content.delete_upload", takes=UploadId)


# --- files --------------------------------------------------------------------------------------------------------


class FileId(Contract):
    """One file."""

    file_id = identifier(required=True)


class ReadFile(FileId):
    """The bytes of a file from ``offset`` on, as many as fit into one piece."""

    offset = _bytes(load_default=0)


class ReadLinkedFile(ReadFile):
    """The same for whoever holds a link. ``district`` is what the token begins with; the gateway fills it in."""

    district = district_id(required=True)
    token = text(required=True)


class FileView(Contract):
    """A file. ``content_type`` is what its bytes say; ``sha256`` is in hexadecimal.

    ``disposition`` is ``inline`` for what a browser may safely show by itself (images, PDF), else ``attachment``.
    ``session_id`` is the meeting whose minutes it is a photo of.
    """

    id = identifier(required=True)
    filename = text(required=True)
    content_type = text(required=True)
    size = _bytes(required=True)
    sha256 = text(64, required=True)
    disposition = one_of("inline", "attachment", required=True)
    resource_id = identifier(required=True, allow_none=True)
    session_id = identifier(load_default=None, allow_none=True)
    created_at = moment(required=True)


class FilePiece(Contract):
    """Some bytes of a file: those from ``offset`` on travel beside it. ``next`` is the offset that follows, or ``null``
    at the end."""

    file = fields.Nested(FileView, required=True)
    offset = _bytes(required=True)
    next = _bytes(required=True, allow_none=True)


class PhotosOfSession(Contract):
    """The photos that the minutes of a meeting name."""

    session_id = identifier(required=True)


class SmallPhoto(Contract):
    """A small picture of a photo; ``size`` is how many of the bytes beside it are its own."""

    file_id = identifier(required=True)
    size = _bytes(required=True)


class SmallPhotos(Contract):
    """Small pictures, as JPEG one after another in the raw bytes beside it, 160 kB at most. Photos of which there is
    none, or none yet, are left out."""

    photos = fields.List(fields.Nested(SmallPhoto), required=True)


GET_FILE = Query("content.get_file", takes=FileId, gives=FileView, scope="resources:read")
SHOW_PHOTOS = Query("content.show_photos", takes=PhotosOfSession, gives=SmallPhotos, streams=True)
READ_FILE = Query("content.read_file", takes=ReadFile, gives=FilePiece, streams=True, scope="resources:read")
LINK_FILE = Query("content.link_file", takes=FileId, gives=LinkView, scope="resources:read")
READ_LINKED_FILE = Query("content.read_linked_file", takes=ReadLinkedFile, gives=FilePiece, streams=True, public=True)


# --- resources ----------------------------------------------------------------------------------------------------


class DraftResource(Contract):
    """Something to share: a text, files, or both. ``file_ids`` are finished uploads of the caller's own.

    ``text`` is Markdown. It is kept exactly as given, markup and all: whoever renders it must sanitise what comes out.
    ``phase`` is the pupils' (fase).
    """

    community_id = identifier(required=True)
    title = text(required=True)
    kind = one_of(*RESOURCE_KINDS, required=True)
    subject = text(100, load_default=None, allow_none=True)
    phase = one_of(*PHASES, load_default=None, allow_none=True)
    text = note(LONGEST_BODY, load_default="")
    file_ids = _file_ids(load_default=list)
    external_ids = external_ids(load_default=list)


class ResourceId(Contract):
    """One resource."""

    resource_id = identifier(required=True)


class ChangeResource(Versioned):
    """Changes what is given and leaves the rest. What is published stays as it is until the change is approved."""

    resource_id = identifier(required=True)
    title = text()
    kind = one_of(*RESOURCE_KINDS)
    subject = text(100, allow_none=True)
    phase = one_of(*PHASES, allow_none=True)
    text = note(LONGEST_BODY)
    file_ids = _file_ids()
    external_ids = external_ids()


class ReturnResource(ResourceId):
    """Gives a submitted resource back to its author, saying why. The reason stays in content."""

    reason = note(2000, required=True)


class ResourceFilter(RecordFilter):
    """Resources, the newest first.

    What is published, for everyone in the district; with ``mine``, the caller's own in every state; with
    ``status=submitted`` and a ``community`` of which the caller is an officer, those that wait for review. With
    ``updated_since`` also what was withdrawn since it was published.
    """

    community_id = identifier(load_default=None, allow_none=True, data_key="community")
    kind = one_of(*RESOURCE_KINDS, load_default=None, allow_none=True)
    subject = text(100, load_default=None, allow_none=True)
    phase = one_of(*PHASES, load_default=None, allow_none=True)
    status = one_of("published", "submitted", load_default="published")
    mine = flag(load_default=False)


class ResourceSummary(Contract):
    """A resource as a list shows it. ``author_name`` is ``null`` until the author is known here.

    ``version_number`` counts what was published: 0 when nothing was yet.
    """

    id = identifier(required=True)
    community_id = identifier(required=True)
    author_id = identifier(required=True)
    author_name = text(required=True, allow_none=True)
    title = text(required=True)
    kind = one_of(*RESOURCE_KINDS, required=True)
    subject = text(100, required=True, allow_none=True)
    phase = one_of(*PHASES, required=True, allow_none=True)
    status = one_of(*RESOURCE_STATUSES, required=True)
    version_number = fields.Integer(required=True)
    published_at = moment(required=True, allow_none=True)
    external_ids = external_ids()
    version = fields.Integer(required=True)
    created_at = moment(required=True)
    updated_at = moment(required=True)


class ResourceView(ResourceSummary):
    """A resource with its text (Markdown, as given: sanitise what you render) and files.

    Its author, and the officers who review it, see the working copy; everyone else the version last published.
    ``returned_reason`` is for the former.
    """

    text = note(LONGEST_BODY, required=True)
    files = fields.List(fields.Nested(FileView), required=True)
    returned_reason = note(2000, required=True, allow_none=True)


class WaitingReview(Contract):
    """A work that waits for the reader's review; its title is shortened."""

    id = identifier(required=True)
    community_id = identifier(required=True)
    title = text(required=True)
    author_name = text(required=True, allow_none=True)
    submitted_at = moment(required=True)


class WaitingReviews(Contract):
    """Those that wait the longest in the communities that the reader leads; ``more``: there are others."""

    items = fields.List(fields.Nested(WaitingReview), required=True)
    more = flag(required=True)


class PublishedWork(Contract):
    """A work of the reader's that was first published in the period asked for, as it is called now."""

    id = identifier(required=True)
    community_id = identifier(required=True)
    title = text(required=True)
    kind = one_of(*RESOURCE_KINDS, required=True)
    version_number = fields.Integer(required=True)
    published_at = moment(required=True)


class PublishedWorks(Contract):
    """Those of a year, in the order in which they were published."""

    resources = fields.List(fields.Nested(PublishedWork), required=True)


class VersionsOf(Followed):
    """The published versions of one resource, the newest first."""

    resource_id = identifier(required=True)


class ResourceVersion(Contract):
    """One published version, which never changes again."""

    resource_id = identifier(required=True)
    number = fields.Integer(required=True)
    title = text(required=True)
    kind = one_of(*RESOURCE_KINDS, required=True)
    subject = text(100, required=True, allow_none=True)
    phase = one_of(*PHASES, required=True, allow_none=True)
    text = note(LONGEST_BODY, required=True)
    files = fields.List(fields.Nested(FileView), required=True)
    approved_by = identifier(required=True)
    published_at = moment(required=True)
    updated_at = moment()


DRAFT_RESOURCE = Command("content.draft_resource", takes=DraftResource, gives=ResourceView)
LIST_RESOURCES = Query(
    "content.list_resources", takes=ResourceFilter, gives=page_of(ResourceSummary), scope="resources:read"
)
GET_RESOURCE = Query("content.get_resource", takes=ResourceId, gives=ResourceView, scope="resources:read")
CHANGE_RESOURCE = Command("content.change_resource", takes=ChangeResource, gives=ResourceView)
SUBMIT_RESOURCE = Command("content.submit_resource", takes=ResourceId, gives=ResourceView)
APPROVE_RESOURCE = Command(
    "content.approve_resource", takes=ResourceId, gives=ResourceView, audited=Audited("resource")
)
RETURN_RESOURCE = Command("content.return_resource", takes=ReturnResource, gives=ResourceView)
WITHDRAW_RESOURCE = Command(
    "content.withdraw_resource", takes=ResourceId, gives=ResourceView, audited=Audited("resource")
)
LIST_VERSIONS = Query("content.list_versions", takes=VersionsOf, gives=page_of(ResourceVersion), scope="resources:read")
SHOW_WAITING = Query("content.show_waiting", gives=WaitingReviews)
SHOW_PUBLISHED = Query("content.show_published", takes=RecordPeriod, gives=PublishedWorks)
