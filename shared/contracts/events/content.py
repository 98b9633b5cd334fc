"""Events of content: what is shared."""

from marshmallow import fields

from shared.contracts.base import Contract, Event, identifier, one_of, text
from shared.contracts.events.personal import erasure_done, export_done
from shared.contracts.words import PHASES, RESOURCE_KINDS


class ResourceState(Contract):
    """A shared resource, without its text and files."""

    resource_id = identifier(required=True)
    community_id = identifier(required=True)
    author_id = identifier(required=True)
    title = text(required=True)
    kind = one_of(*RESOURCE_KINDS, required=True)
    subject = text(100, required=True, allow_none=True)
    phase = one_of(*PHASES, required=True, allow_none=True)
    status = one_of("draft", "submitted", "published", "withdrawn", required=True)
    version_number = fields.Integer(required=True)


class FileState(Contract):
    """A file that arrived whole, or is gone: whose it is and what its bytes say. ``session_id`` is the meeting whose
    minutes it is a photo of."""

    file_id = identifier(required=True)
    owner_id = identifier(required=True)
    content_type = text(required=True)
    session_id = identifier(required=True, allow_none=True)
    status = one_of("stored", "removed", required=True)


_TOLD = ("learning", "notification")

RESOURCE_SUBMITTED = Event("content.resource_submitted.v1", ResourceState, "resource", ("resource_id",), _TOLD)
RESOURCE_PUBLISHED = Event("content.resource_published.v1", ResourceState, "resource", ("resource_id",), _TOLD)
RESOURCE_RETURNED = Event("content.resource_returned.v1", ResourceState, "resource", ("resource_id",), _TOLD)
RESOURCE_WITHDRAWN = Event("content.resource_withdrawn.v1", ResourceState, "resource", ("resource_id",), _TOLD)
FILE_CHANGED = Event("content.file_changed.v1", FileState, "file", ("file_id",), ("scheduling",))

PERSON_ERASURE_DONE = erasure_done("content")
PERSON_EXPORT_DONE = export_done("content")
