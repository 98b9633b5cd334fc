"""How much of other people the caller sees (docs/decisions/0032)."""

from __future__ import annotations

from services.membership.domain import people
from services.membership.domain.people import Sight
from shared.contracts.words import OFFICER_ROLES
from shared.messaging import Work
from shared.mongo import Doc

_LEADERS = ("principal", "school_operator")
_MOST_COMMUNITIES = 200


def shown(work: Work, person: Doc, *, least: Sight = Sight.NAME) -> Doc:
    """The person as the caller sees them: owner and operator all, leaders of their school all but the whole NIP,
    others the name. ``least`` is what the caller sees for another reason."""
    standing = work.standing
    if standing is None:
        return people.seen(person, least, whole_nip=False)
    if person["id"] == standing.person_id or standing.operator:
        return people.seen(person, Sight.ALL, whole_nip=True)
    leads = standing.schools(*_LEADERS) & set(person["schools"])
    return people.seen(person, Sight.ALL if leads else least, whole_nip=False)


def as_officer(work: Work, person: Doc) -> Sight:
    """What the caller sees of the person as an officer of a community that they share."""
    if work.standing is None:
        return Sight.NAME
    mine = work.store.members.find({"person_id": work.standing.person_id}, limit=_MOST_COMMUNITIES)
    led = [record["community_id"] for record in mine if record["active"] and record["role"] in OFFICER_ROLES]
    shared = work.store.members.get_many(f"{community_id}/{person['id']}" for community_id in led)
    return Sight.CONTACTS if any(record["active"] for record in shared.values()) else Sight.NAME
