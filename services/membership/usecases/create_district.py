"""A new district with its first operator: what `sanggar district create` does."""

from __future__ import annotations

from services.membership import calendar, codes
from services.membership.domain import people
from services.membership.domain.identifiers import Unusable
from services.membership.enrolment import Enrolment
from services.membership.snapshots import district_state, role_state
from services.membership.usecases.district import check_timezone
from shared.contracts.events.membership import DISTRICT_CHANGED, ROLE_CHANGED
from shared.errors import Conflict, Invalid
from shared.messaging import Work
from shared.mongo import Doc


def create_district(
    work: Work, *, name: str, timezone: str, operator_login: str, operator_name: str = "Operator Dinas"
) -> Doc:
    """Found the district of ``work``. Answers ``{district, person_id, username, code, expires_at}``, the first card.

    For the operator's tools: there is nobody yet whom policy could ask. Raises :class:`Conflict` when the district is
    there already, :class:`Invalid` for an unknown time zone or an unusable login.
    """
    if work.store.districts.get(work.district) is not None:
        raise Conflict("membership.district_exists", district=work.district)
    check_timezone(timezone)
    try:
        username = people.own_username(operator_login)
    except Unusable as unusable:
        raise Invalid(fields={"operator_login": [unusable.text]}) from None
    district = work.store.districts.insert({"id": work.district, "name": name, "timezone": timezone})
    work.emit(DISTRICT_CHANGED, district_state(district), district["version"])
    enrolment = Enrolment(work)
    enrolment.enrol({"name": operator_name, "username": username})
    operator = enrolment.save()[0]
    grant = work.store.roles.insert(
        {
            "person_id": operator["id"],
            "role": "district_operator",
            "scope_id": None,
            "valid_from": calendar.day_in(timezone, work.now),
            "valid_until": None,
        }
    )
    work.emit(ROLE_CHANGED, role_state(grant), grant["version"])
    return {"district": work.district, **codes.issue(work, operator)}
