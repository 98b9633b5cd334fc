"""People: find, show, add, change."""

from __future__ import annotations

from services.membership import calendar, sight
from services.membership.authority import about
from services.membership.contacts import kept_contacts
from services.membership.domain import assignments, people
from services.membership.enrolment import Enrolment
from shared.errors import Invalid
from shared.messaging import Work
from shared.mongo import Doc, check_version


def list_people(work: Work, order: Doc) -> Doc:
    """The district's people, in the order they came, each as far as the caller may see them."""
    work.allow(by_name=order.get("q") is not None)
    wanted = people.found_by(order)
    page = work.store.people.page(wanted.where, order, keep=wanted.keep)
    found: Doc = page.as_dict(lambda person: sight.shown(work, person))
    return found


def get_person(work: Work, order: Doc) -> Doc:
    """One person; officers see the contacts of those they share a community with."""
    work.allow()
    person = work.store.people.require(order["person_id"], "membership.person_unknown")
    return sight.shown(work, person, least=sight.as_officer(work, person))


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


def require_school(work: Work, npsn: str) -> None:
    """Raises :class:`Invalid` unless the district has this school."""
    if work.store.schools.get(npsn) is None:
        raise Invalid.field("npsn", "membership.unknown_school", npsn=npsn)
