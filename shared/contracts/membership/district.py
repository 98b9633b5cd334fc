"""The district itself."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Audited, Command, Contract, Nothing, Query, Versioned, district_id, text


class DistrictView(Contract):
    """``id`` is the region code; ``timezone`` an IANA name."""

    id = district_id(required=True)
    name = text(required=True)
    timezone = fields.String()
    version = fields.Integer()


class ChangeDistrict(Versioned):
    name = text()
    timezone = fields.String(validate=validate.Length(1, 60))


GET_DISTRICT = Query("membership.get_district", takes=Nothing, gives=DistrictView)
CHANGE_DISTRICT = Command(
    "membership.change_district",
    takes=ChangeDistrict,
    gives=DistrictView,
    audited=Audited("district", values=("name", "timezone")),
)
