"""What content keeps. Bytes of uploads and files lie in ``pieces`` of 256 kB, under the upload's id."""

from __future__ import annotations

from shared.contracts.events.membership import MEMBER_JOINED, MEMBER_LEFT, MEMBER_ROLE_CHANGED
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

    uploads = Table("uploads")
    quotas = Table("quotas")
    pieces = Table("pieces")
    files = Table("files")

    resources = Table(
        "resources",
        Index("author_id", "n"),
        Index("community_id", "status", "submitted_at"),
        numbered_by=("author_id",),
    )
    versions = Table("versions", Index("resource_id", "n"), numbered_by=("resource_id",))
    # What readers list: one entry a published resource, in the order of first publication.
    shelf = Table(
        "shelf",
        Index("n"),
        Index("community_id", "n"),
        Index("subject", "n"),
        Index("phase", "n"),
        Index("kind", "n"),
        numbered_by=(),
    )
