"""Whose cycles they are."""

from __future__ import annotations

from services.learning.store import LearningStore
from shared.errors import Conflict, NotFound
from shared.messaging import Work
from shared.mongo import Doc


def active_community(store: LearningStore, community_id: str) -> Doc:
    """The community, which still learns. Raises :class:`NotFound`, or :class:`Conflict` for an archived one."""
    community = store.communities.require(community_id, "learning.unknown_community")
    if community["status"] != "active":
        raise Conflict("learning.community_archived")
    return community


def seen_community(work: Work, community_id: str) -> bool:
    """Whether the caller belongs to the community. Raises :class:`NotFound` to others when it is not an active one."""
    if work.standing.member_of(community_id):
        return True
    community = work.store.communities.require(community_id, "learning.unknown_community")
    if community["status"] != "active":
        raise NotFound("learning.unknown_community")
    return False
