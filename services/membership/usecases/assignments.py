"""Assignments: where somebody teaches, from when until when."""

from __future__ import annotations

from collections.abc import Iterable

from services.membership import calendar, transfers
from services.membership.domain import assignments, dated
from services.membership.enrolment import Enrolment, facts_of
from services.membership.usecases.people import require_school, within_reach
from shared import following, paging
from shared.errors import NotFound
from shared.messaging import Work
from shared.mongo import Doc, check_version

_SAID = {"primary", "duty", "valid_from", "valid_until"}


def list_assignments(work: Work, order: Doc) -> Doc:
    """All of a person's assignments, past and future ones too, or those of a day, in the order they begin; a life's
    worth fits one page."""
    person = within_reach(work, order["person_id"])
    work.allow(person_id=person["id"], npsn=person["npsn"])
    found = dated.of_day(facts_of(work, person["id"]), order.get("on"))
    facts = [fact for fact in found if work.reach.school(fact["npsn"])]
    return paging.few(with_schools(work, following.of_few(facts, order, "valid_from")), order).as_dict()


def assign(work: Work, order: Doc) -> Doc:
    """A further school, or a first one; a second primary one at the same time is refused."""
    person = work.store.people.require(order["person_id"], "membership.person_unknown")
    known, today = facts_of(work, person["id"]), calendar.today(work)
    work.allow(npsn=order["npsn"], schools=assignments.schools_from(known, today))
    require_school(work, order["npsn"])
    since = order["valid_from"] or today
    dated.check_days(since, order["valid_until"])
    new = assignments.begun(
        person["id"],
        order["npsn"],
        primary=order["primary"],
        duty=order["duty"],
        since=since,
        until=order["valid_until"],
    )
    assignments.check_new(new, known)
    enrolment = Enrolment(work)
    transfers.check_stays(enrolment, person, new)
    enrolment.begin(person, new)
    enrolment.save()
    return _shown(work, new["id"])


def correct_assignment(work: Work, order: Doc) -> Doc:
    """End an assignment, or set right what was said of it; the person's school, role and kombel follow.

    What has somebody teach there on more days, or beside another school, is asked of whoever could assign them."""
    person, fact = _require(work, order)
    after = {**fact, **{name: order[name] for name in _SAID & order.keys()}}
    others = [other for other in facts_of(work, person["id"]) if other["id"] != fact["id"]]
    elsewhere = assignments.schools_from(others, calendar.today(work)) if assignments.draws(fact, after) else set()
    work.allow(npsn=fact["npsn"], schools=elsewhere)
    check_version(fact, order["version"])
    dated.check_days(after["valid_from"], after["valid_until"])
    assignments.check_new(after, others)
    if dated.adds_days(after, fact):
        transfers.check_stays(Enrolment(work), person, after)
    _rewrite(work, person, fact, after)
    return _shown(work, fact["id"])


def take_back_assignment(work: Work, order: Doc) -> None:
    """The assignment never was: it holds on no day any more, and stays on record as a mistake."""
    person, fact = _require(work, order)
    work.allow(npsn=fact["npsn"])
    if not dated.is_empty(fact):
        _rewrite(work, person, fact, dated.ended(fact, fact["valid_from"]))


def with_schools(work: Work, facts: Iterable[Doc]) -> list[Doc]:
    """The assignments with their schools' names."""
    facts = list(facts)
    schools = work.store.schools.get_many(fact["npsn"] for fact in facts)
    return [{**fact, "school": schools[fact["npsn"]]["name"] if fact["npsn"] in schools else None} for fact in facts]


def _require(work: Work, order: Doc) -> tuple[Doc, Doc]:
    person = work.store.people.require(order["person_id"], "membership.person_unknown")
    fact = work.store.assignments.require(order["assignment_id"])
    if fact["person_id"] != person["id"]:
        raise NotFound()
    return person, fact


def _rewrite(work: Work, person: Doc, fact: Doc, after: Doc) -> None:
    enrolment = Enrolment(work)
    enrolment.rewrite(person, fact, after)
    enrolment.save()


def _shown(work: Work, assignment_id: str) -> Doc:
    return with_schools(work, [work.store.assignments.require(assignment_id)])[0]
