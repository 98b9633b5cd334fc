"""Schools."""

from __future__ import annotations

from services.membership.domain import schools
from services.membership.snapshots import school_state
from shared.contracts.events.membership import SCHOOL_CHANGED
from shared.errors import Conflict, NotFound
from shared.messaging import Work
from shared.mongo import Doc, Taken, check_version


def list_schools(work: Work, order: Doc) -> Doc:
    """The district's schools, in the order they came."""
    work.allow()
    wanted = schools.found_by(order)

    def keep(school: Doc) -> bool:
        return work.reach.school(school["id"]) and wanted.keep(school)

    found: Doc = work.store.schools.page(wanted.where, order, keep=keep).as_dict()
    return found


def get_school(work: Work, order: Doc) -> Doc:
    work.allow()
    found: Doc = work.store.schools.require(order["npsn"], "membership.unknown_school", npsn=order["npsn"])
    if not work.reach.school(found["id"]):
        raise NotFound("membership.unknown_school", npsn=order["npsn"])
    return found


def create_school(work: Work, order: Doc) -> Doc:
    work.allow()
    school = schools.indexed({**order, "id": order["npsn"], "active": True})
    try:
        saved = work.store.schools.insert(school)
    except Taken:
        raise Conflict("membership.school_exists", npsn=order["npsn"]) from None
    return _tell(work, saved)


def change_school(work: Work, order: Doc) -> Doc:
    work.allow()
    school = work.store.schools.require(order["npsn"], "membership.unknown_school", npsn=order["npsn"])
    check_version(school, order.pop("version"))
    return _tell(work, work.store.schools.save(schools.indexed({**school, **order})))


def _tell(work: Work, school: Doc) -> Doc:
    work.emit(SCHOOL_CHANGED, school_state(school), school["version"])
    return school
