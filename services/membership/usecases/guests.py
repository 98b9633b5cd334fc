"""Guests without an account: a narasumber, a pengawas, by name and institution."""

from __future__ import annotations

from services.membership import authority
from services.membership.domain import communities, dated
from services.membership.usecases.communities import require_community
from shared.communities import whole
from shared.errors import Invalid, NotFound
from shared.messaging import Work
from shared.mongo import Doc


def list_guests(work: Work, order: Doc) -> Doc:
    """For members, in the order in which they were added."""
    community = require_community(work, order)
    work.allow(**authority.of_community(work, community))
    where = [{"community_id": id_} for id_ in whole(work.store, [community["id"]])]
    found: Doc = work.store.guests.page(where, order).as_dict()
    return found


def add_guest(work: Work, order: Doc) -> Doc:
    community = require_community(work, order)
    work.allow(**authority.of_community(work, community))
    communities.check_open(community)
    if order["valid_until"] is not None:
        if order["valid_from"] is None:
            raise Invalid.field("from", "fields.required")
        dated.check_days(order["valid_from"], order["valid_until"])
    saved: Doc = work.store.guests.insert(order)
    return saved


def remove_guest(work: Work, order: Doc) -> None:
    """Nothing of them is kept."""
    community = require_community(work, order)
    work.allow(**authority.of_community(work, community))
    guest = work.store.guests.get(order["guest_id"])
    if guest is None or guest["community_id"] not in whole(work.store, [community["id"]]):
        raise NotFound("membership.guest_unknown")
    work.store.guests.delete(guest["id"])
