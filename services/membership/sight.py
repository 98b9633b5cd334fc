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


def shown(work: Work, person: Doc) -> Doc:
    """The person as the caller sees them: owner and operator all, leaders of their school and API clients all but the
    whole NIP, others the name."""
    return _seen(work, person, Sight.ALL if sees_all(work, person) else Sight.NAME)


def shown_to_fellow(work: Work, person: Doc) -> Doc:
    """The same, with the contacts that whoever shares a community with the person may see."""
    return _seen(work, person, Sight.ALL if sees_all(work, person) else as_fellow(work, person))


def sees_all(work: Work, person: Doc) -> bool:
    """Whether the caller sees all that is kept of the person, but for the NIP perhaps."""
    standing = work.standing
    if standing is None:
        return False
    if standing.operator or standing.machine or person["id"] == standing.person_id:
        return True
    return bool(standing.schools(*_LEADERS) & set(person["schools"]))


def as_fellow(work: Work, person: Doc) -> Sight:
    """What the caller sees of the person as somebody who belongs to a community with them."""
    if work.standing is None:
        return Sight.NAME
    own = belonging.present_records(work, work.standing.person_id)
    mine = {record["community_id"]: record["role"] for record in own}
    shared = work.store.members.get_many(f"{community_id}/{person['id']}" for community_id in mine)
    present = [record for record in shared.values() if record["active"]]
    return max((of_member(record, mine[record["community_id"]]) for record in present), default=Sight.NAME)


def _seen(work: Work, person: Doc, sight: Sight) -> Doc:
    standing = work.standing
    whole = standing is not None and (standing.operator or person["id"] == standing.person_id)
    return people.seen(person, sight, whole_nip=whole)


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
