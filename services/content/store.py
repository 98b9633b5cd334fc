"""What content keeps. Bytes of uploads and files lie in ``pieces`` of 256 kB, under the upload's id."""

from __future__ import annotations

from shared.contracts.events.membership import MEMBER_JOINED, MEMBER_LEFT, MEMBER_ROLE_CHANGED
from shared.contracts.events.scheduling import MINUTES_APPROVED, MINUTES_CHANGED
from shared.mongo import Copy, Index, Table
from shared.standing import StandingStore


class ContentStore(StandingStore):
    """Uploads, files and resources of one district."""

    # Who else is an officer is asked when one approves her own work.
    members = Copy(
        "members",
        MEMBER_JOINED,
        MEMBER_LEFT,
        MEMBER_ROLE_CHANGED,
        Index("community_id", "person_id"),
        Index("community_id", "role"),
        Index("person_id"),
    )

    uploads = Table("uploads", Index("expires_at"), Index("owner_id"))
    quotas = Table("quotas")
    pieces = Table("pieces")
    files = Table("files", Index("owner_id"), Index("session_id"))
    # Small pictures of photos, under the file's id; those that are ``wanted`` were not drawn yet.
    previews = Table("previews", Index("wanted"))
    minutes = Copy("minutes", MINUTES_CHANGED, MINUTES_APPROVED)

    resources = Table(
        "resources",
        Index("author_id", "n"),
        Index("community_id", "status", "submitted_at", skips=True),
        Index("author_id", "updated_at", skips=True),
        Index("community_id", "updated_at", skips=True),
        numbered_by=("author_id",),
    )
    versions = Table(
        "versions",
        Index("resource_id", "n"),
        Index("resource_id", "updated_at", skips=True),
        numbered_by=("resource_id",),
    )
    # What readers list: one entry a resource that was ever published, in the order of first publication. One that was
    # withdrawn is shown to those only who follow what changes.
    shelf = Table(
        "shelf",
        Index("n"),
        Index("community_id", "n"),
        Index("subject", "n"),
        Index("phase", "n"),
        Index("kind", "n"),
        Index("updated_at", skips=True),
        Index("community_id", "updated_at", skips=True),
        numbered_by=(),
        known_as="resources",
    )
