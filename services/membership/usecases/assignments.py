"""Assignments: where somebody teaches, from when until when."""

from __future__ import annotations

from collections.abc import Iterable

from services.membership import calendar
from services.membership.domain import assignments
from services.membership.enrolment import Enrolment
from services.membership.usecases.people import require_school
from shared.messaging import Work
from shared.mongo import Doc

_MOST = 200


def list_assignments(work: Work, order: Doc) -> Doc:
    """All of a person's assignments, past ones too, in the order they began; a life's worth fits one page."""
    person = work.store.people.require(order["person_id"], "membership.person_unknown")
    work.allow(person_id=person["id"], npsn=person["npsn"])
    facts = work.store.assignments.find({"person_id": person["id"]}, limit=_MOST)
    return {"items": with_schools(work, sorted(facts, key=lambda fact: fact["valid_from"])), "next": None}


def assign(work: Work, order: Doc) -> Doc:
    """A further school, or a first one; a second primary one at the same time is refused."""
    person = work.store.people.require(order["person_id"], "membership.person_unknown")
    work.allow(npsn=order["npsn"])
    require_school(work, order["npsn"])
    since = order["valid_from"] or calendar.today(work)
    assignments.check_days(since, order["valid_until"])
    new = assignments.begun(
        person["id"],
        order["npsn"],
        primary=order["primary"],
        duty=order["duty"],
        since=since,
        until=order["valid_until"],
    )
    assignments.check_new(new, work.store.assignments.find({"person_id": person["id"]}, limit=_MOST))
    enrolment = Enrolment(work)
    # The person's record guards their assignments: two at once cannot both be the primary one.
    enrolment.change(person, {})
    enrolment.begin(person, new)
    enrolment.save()
    return with_schools(work, [work.store.assignments.require(new["id"])])[0]


def with_schools(work: Work, facts: Iterable[Doc]) -> list[Doc]:
    """The assignments with their schools' names."""
    facts = list(facts)
    schools = work.store.schools.get_many(fact["npsn"] for fact in facts)
    return [{**fact, "school": schools[fact["npsn"]]["name"] if fact["npsn"] in schools else None} for fact in facts]
