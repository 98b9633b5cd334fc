"""The caller's own page."""

from __future__ import annotations

from services.membership import belonging
from services.membership.contacts import kept_contacts
from services.membership.domain import people
from services.membership.domain.people import Sight
from services.membership.snapshots import person_state
from services.membership.usecases.assignments import with_schools
from shared.contracts.events.membership import PERSON_CHANGED
from shared.messaging import Work
from shared.mongo import Doc, check_version

_MOST = 200


def get_me(work: Work, order: Doc) -> Doc:
    """The caller, where they teach, what they belong to and what they may do now."""
    work.allow()
    store, person = work.store, work.store.people.require(work.caller.person_id)
    facts = store.assignments.find({"person_id": person["id"]}, limit=_MOST)
    records = belonging.present_records(work, person["id"])
    communities = store.communities.get_many(record["community_id"] for record in records)
    return {
        **people.seen(person, Sight.ALL, whole_nip=True),
        "district": store.districts.require(work.district),
        "assignments": with_schools(work, sorted(facts, key=lambda fact: fact["valid_from"])),
        "communities": [{**communities[record["community_id"]], **_place(record)} for record in records],
        "roles": work.standing.roles,
    }


def change_me(work: Work, order: Doc) -> Doc:
    """The caller's own contacts, which imports leave alone from now on, and who else is shown them."""
    work.allow()
    person = work.store.people.require(work.caller.person_id)
    check_version(person, order.pop("version"))
    own = person["own_contacts"] or bool({"email", "phone"} & order.keys())
    changed = people.indexed({**person, **kept_contacts(order), "own_contacts": own})
    saved = work.store.people.save(changed)
    work.emit(PERSON_CHANGED, person_state(saved), saved["version"])
    return people.seen(saved, Sight.ALL, whole_nip=True)


def _place(record: Doc) -> Doc:
    return {"id": record["community_id"], "role": record["role"], "joined_at": record["joined_at"]}
