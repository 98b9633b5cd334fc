"""How much of other people the caller sees (docs/decisions/0032, 0104)."""

from __future__ import annotations

from collections.abc import Iterable

from services.membership import belonging
from services.membership.domain import communities, memberships, people
from services.membership.domain.people import Sight
from shared.contracts.words import OFFICER_ROLES
from shared.messaging import Work
from shared.mongo import Doc

_LEADERS = ("principal", "school_operator")


def shown(work: Work, person: Doc, *, least: Sight = Sight.NAME) -> Doc:
    """The person as the caller sees them: owner and operator all, leaders of their school and API clients all but the
    whole NIP, others the name. ``least`` is what the caller sees for another reason."""
    standing = work.standing
    if standing is None:
        return people.seen(person, least, whole_nip=False)
    if person["id"] == standing.person_id or standing.operator:
        return people.seen(person, Sight.ALL, whole_nip=True)
    leads = standing.machine or standing.schools(*_LEADERS) & set(person["schools"])
    return people.seen(person, Sight.ALL if leads else least, whole_nip=False)


def as_fellow(work: Work, person: Doc) -> Sight:
    """What the caller sees of the person as somebody who belongs to a community with them."""
    if work.standing is None:
        return Sight.NAME
    own = belonging.present_records(work, work.standing.person_id)
    mine = {record["community_id"]: record["role"] for record in own}
    shared = work.store.members.get_many(f"{community_id}/{person['id']}" for community_id in mine)
    present = [record for record in shared.values() if record["active"]]
    return max((of_member(record, mine[record["community_id"]]) for record in present), default=Sight.NAME)


def of_member(record: Doc, role: str | None) -> Sight:
    """What a role in a community lets one see of a present member; guests see the names."""
    if role in OFFICER_ROLES and memberships.is_reachable(record):
        return Sight.CONTACTS
    return Sight.NAME if role in (None, "guest") else Sight.CHOSEN


def beyond_reach(work: Work, community: Doc, added: Iterable[Doc]) -> list[str]:
    """Whose contacts are not for the officers of a community into which they put these people unasked: those whose work
    it is not, until they say themselves that they belong."""
    persons = list(added)
    schools = work.store.schools.get_many(npsn for person in persons for npsn in person["schools"])

    def is_of_their_work(person: Doc) -> bool:
        levels = {schools[npsn]["level"] for npsn in person["schools"] if npsn in schools}
        return communities.is_of_their_work(community, person, levels)

    return [person["id"] for person in persons if not is_of_their_work(person)]
