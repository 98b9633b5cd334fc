"""The district's schools."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.base import (
    Audited,
    Command,
    Contract,
    Query,
    Versioned,
    flag,
    moment,
    npsn,
    one_of,
    page_of,
    text,
)
from shared.contracts.external import RecordFilter, external_ids
from shared.contracts.words import LEVELS


class SchoolView(Contract):
    """A school; its ``id`` is its NPSN."""

    id = npsn(required=True)
    npsn = npsn(required=True)
    name = text(required=True)
    level = one_of(*LEVELS)
    status = text(20)
    subdistrict = text()
    subdistrict_code = text(20, allow_none=True)
    active = flag()
    external_ids = external_ids()
    created_at = moment()
    updated_at = moment()
    version = fields.Integer()


class SchoolFilter(RecordFilter):
    """``q``: the beginning of any word of the name, at least two letters."""

    q = text(100, 2)
    level = one_of(*LEVELS)
    subdistrict = text()


class SchoolKey(Contract):
    npsn = npsn(required=True)


class CreateSchool(Contract):
    npsn = npsn(required=True)
    name = text(required=True)
    level = one_of(*LEVELS, required=True)
    status = one_of("Negeri", "Swasta", required=True)
    subdistrict = text(required=True)
    subdistrict_code = text(20, allow_none=True, load_default=None)
    external_ids = external_ids(load_default=list)


class ChangeSchool(Versioned):
    npsn = npsn(required=True)
    name = text()
    level = one_of(*LEVELS)
    status = one_of("Negeri", "Swasta")
    subdistrict = text()
    subdistrict_code = text(20, allow_none=True)
    active = flag()
    external_ids = external_ids()


LIST_SCHOOLS = Query("membership.list_schools", takes=SchoolFilter, gives=page_of(SchoolView), scope="schools:read")
GET_SCHOOL = Query("membership.get_school", takes=SchoolKey, gives=SchoolView, scope="schools:read")
CREATE_SCHOOL = Command(
    "membership.create_school",
    takes=CreateSchool,
    gives=SchoolView,
    audited=Audited("school", key="npsn", values=("name", "level", "status", "subdistrict")),
)
CHANGE_SCHOOL = Command(
    "membership.change_school",
    takes=ChangeSchool,
    gives=SchoolView,
    audited=Audited("school", key="npsn", values=("name", "level", "status", "subdistrict", "active")),
)
