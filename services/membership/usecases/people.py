"""People: find, show, add, change."""

from __future__ import annotations

from services.membership import calendar, sight
from services.membership.authority import about
from services.membership.contacts import kept_contacts
from services.membership.domain import assignments, people
from services.membership.enrolment import Enrolment, facts_of
from services.membership.usecases.people_of_a_day import list_people_of_a_day, school_on
from shared.contracts.membership import LIST_ASSIGNMENTS
from shared.errors import Forbidden, Invalid, NotFound
from shared.messaging import Work
from shared.mongo import Doc, check_version


def list_people(work: Work, order: Doc) -> Doc:
    """The district's people, in the order they came, each as far as the caller may see them. By the number that another
    system has for them they are found by those only who may know it."""
    work.allow(by_name=order.get("q") is not None)
    if "on" in order:
        return list_people_of_a_day(work, order)
    wanted = people.found_by(order, sorted(work.reach.schools))

    def keep(person: Doc) -> bool:
        known = order["external"] is None or sight.sees_all(work, person)
        return known and work.reach.teacher(person["schools"]) and wanted.keep(person)

    page = work.store.people.page(wanted.where, order, keep=keep)
    found: Doc = page.as_dict(lambda person: sight.shown(work, person))
    return found


def get_person(work: Work, order: Doc) -> Doc:
    """One person; whoever shares a community with them may see their contacts."""
    work.allow()
    person = within_reach(work, order["person_id"])
    shown = sight.shown_to_fellow(work, person)
    if "on" in order:
        if not work.may(LIST_ASSIGNMENTS, person_id=person["id"], npsn=person["npsn"]):
            raise Forbidden()
        shown["npsn"] = school_on(work, facts_of(work, person["id"]), order["on"])
    return shown


def within_reach(work: Work, person_id: str) -> Doc:
    """The person. Raises :class:`NotFound` to an API client whose schools they do not teach at."""
    person: Doc = work.store.people.require(person_id, "membership.person_unknown")
    if not work.reach.teacher(person["schools"]):
        raise NotFound("membership.person_unknown")
    return person


def add_person(work: Work, order: Doc) -> Doc:
    """Somebody new, who has no account until they activate one; with a school, their primary post from today."""
    work.allow(npsn=order["npsn"])
    npsn, duty = order.pop("npsn"), order.pop("duty")
    enrolment = Enrolment(work)
    person = enrolment.enrol(kept_contacts(order))
    if npsn is not None:
        require_school(work, npsn)
        today = calendar.today(work)
        enrolment.begin(person, assignments.begun(person["id"], npsn, primary=True, duty=duty, since=today))
    return sight.shown(work, enrolment.save()[0])


def change_person(work: Work, order: Doc) -> Doc:
    """Other particulars, by whoever keeps the person's records."""
    person = work.store.people.require(order.pop("person_id"), "membership.person_unknown")
    work.allow(**about(work, person))
    check_version(person, order.pop("version"))
    enrolment = Enrolment(work)
    enrolment.change(person, kept_contacts(order))
    return sight.shown(work, enrolment.save()[0])


def require_school(work: Work, npsn: str, field: str = "npsn") -> None:
    """Raises :class:`Invalid` unless the district has this school."""
    if work.store.schools.get(npsn) is None:
        raise Invalid.field(field, "membership.unknown_school", npsn=npsn)
