"""Memberships: what somebody has belonged to, in which role, from when until when."""

from __future__ import annotations

from services.membership.domain import dated
from shared import following, paging
from shared.messaging import Work
from shared.mongo import Doc

_MOST = 500


def list_memberships(work: Work, order: Doc) -> Doc:
    """All of a person's memberships, past ones too, or those of a day, in the order they began."""
    person = work.store.people.require(order["person_id"], "membership.person_unknown")
    work.allow(person_id=person["id"], npsn=person["npsn"])
    kept = work.store.memberships.find({"person_id": person["id"]}, limit=_MOST)
    facts = following.of_few(dated.of_day(kept, order.get("on")), order, "valid_from", "created_at")
    known = work.store.communities.get_many(fact["community_id"] for fact in facts)
    return paging.few([_named(fact, known[fact["community_id"]]) for fact in facts], order).as_dict()


def _named(fact: Doc, community: Doc) -> Doc:
    return {**fact, "community": community["name"], "kind": community["kind"]}
