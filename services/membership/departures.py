"""Departures: what ends for somebody because they no longer teach at a school, or have left the district."""

from __future__ import annotations

from collections.abc import Mapping

from services.membership import access, belonging, calendar
from services.membership.dating import redate
from services.membership.domain import communities, dated
from services.membership.snapshots import role_state
from shared.contracts.events.membership import ROLE_CHANGED
from shared.messaging import Work
from shared.mongo import Doc

_MOST_ROLES = 200


def from_schools(work: Work, person: Doc, schools: Mapping[str, str]) -> None:
    """The person leaves the kombel of these schools: ``{npsn: the first day on which they do not teach there}``."""
    if not schools:
        return
    records = belonging.present_records(work, person["id"])
    found = work.store.communities.get_many(record["community_id"] for record in records)
    for record in records:
        community = found[record["community_id"]]
        if community["kind"] == communities.IN_ONE_SCHOOL and community["npsn"] in schools:
            belonging.depart(work, record, "transferred", schools[community["npsn"]])


def from_communities(work: Work, person: Doc, day: str) -> None:
    """The person belongs to no community from ``day`` on."""
    for record in belonging.present_records(work, person["id"]):
        belonging.depart(work, record, "erased" if person.get("erased") else "departed", day)


def look_again(work: Work, person_id: str) -> None:
    """Whoever takes the person in at this very moment does not know yet that they go: what came of that is looked for
    when nothing of it can be under way any more (``turning.py``)."""
    tomorrow = dated.day_after(calendar.today(work))
    work.store.turns.insert({"person_id": person_id, "due_on": tomorrow})


def from_district(work: Work, person: Doc, day: str) -> None:
    """From ``day`` on the person is in no community, holds no role and has no login; a day to come is not meant."""
    from_communities(work, person, day)
    for grant in work.store.roles.find({"person_id": person["id"]}, limit=_MOST_ROLES):
        if grant["valid_until"] is None or grant["valid_until"] >= day:
            ended = redate(work, grant, grant["valid_from"], dated.day_before(day))
            work.emit(ROLE_CHANGED, role_state(ended), ended["version"])
    access.disable(work, person["id"])
    look_again(work, person["id"])
