"""Transfers: enter, list, cancel."""

from __future__ import annotations

from services.membership import transfers
from services.membership.domain import dated
from services.membership.enrolment import Enrolment
from services.membership.usecases.people import require_school, within_reach
from shared import following, paging
from shared.errors import Conflict, NotFound
from shared.messaging import Work
from shared.mongo import Doc

_MOST = 200


def transfer(work: Work, order: Doc) -> Doc:
    """Somebody goes to another school, comes into the district or leaves it, on a day past, present or to come."""
    person = work.store.people.require(order["person_id"], "membership.person_unknown")
    work.allow(npsn=person["npsn"])
    day, npsn = order["effective_on"], order["to_npsn"]
    if day is not None:
        dated.check_day("effective_on", day)
    enrolment = Enrolment(work)
    if npsn is None:
        if person["id"] == work.caller.person_id:
            raise Conflict("membership.not_yourself")
        recorded = transfers.leave(enrolment, person, day=day)
    else:
        require_school(work, npsn, "to_npsn")
        recorded = transfers.move(enrolment, person, npsn, kind=order["kind"], day=day, duty=order["duty"])
    enrolment.save()
    return recorded


def list_transfers(work: Work, order: Doc) -> Doc:
    """A person's transfers, planned and cancelled ones too, by their day; a life's worth fits one page."""
    person = within_reach(work, order["person_id"])
    work.allow(person_id=person["id"], npsn=person["npsn"])
    entered = work.store.transfers.find({"person_id": person["id"]}, limit=_MOST)
    found = [each for each in entered if any(work.reach.school(each[end]) for end in ("from_npsn", "to_npsn"))]
    return paging.few(following.of_few(found, order, "effective_on", "created_at"), order).as_dict()


def cancel_transfer(work: Work, order: Doc) -> Doc:
    """Take back a transfer whose day has not come."""
    person = work.store.people.require(order["person_id"], "membership.person_unknown")
    work.allow(npsn=person["npsn"])
    planned = work.store.transfers.require(order["transfer_id"])
    if planned["person_id"] != person["id"]:
        raise NotFound()
    if planned["status"] != "planned":
        raise Conflict("membership.transfer_not_planned")
    enrolment = Enrolment(work)
    cancelled = transfers.cancel(enrolment, person, planned)
    enrolment.save()
    return cancelled
