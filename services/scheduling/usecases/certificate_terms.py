"""What a community asks for beside presence before it certifies anybody (docs/decisions/0189)."""

from __future__ import annotations

from shared.communities import active_community, known_community
from shared.messaging import Work
from shared.mongo import Doc


def get_certificate_terms(work: Work, asked: Doc) -> Doc:
    """The terms as they are; until officers set them presence is enough."""
    community_id = known_community(work.store, asked["community_id"])["id"]
    work.allow(community_id=community_id)
    return {"community_id": community_id, "work_accepted": asks_for_work(work, community_id)}


def set_certificate_terms(work: Work, order: Doc) -> Doc:
    """They hold from the next issuing on, for certificates of that semester which were issued before, too."""
    community_id = active_community(work.store, order["community_id"])["id"]
    work.allow(community_id=community_id)
    work.store.certificate_terms.upsert(community_id, set={"work_accepted": order["work_accepted"]})
    return {"community_id": community_id, "work_accepted": order["work_accepted"]}


def asks_for_work(work: Work, community_id: str) -> bool:
    """Whether somebody must have given the community a work that it accepted."""
    terms = work.store.certificate_terms.get(community_id)
    return terms is not None and bool(terms["work_accepted"])
