"""Transfers: between schools of the district, into it and out of it."""

from __future__ import annotations

from marshmallow import ValidationError, fields, validates_schema

from shared.contracts.base import (
    Audited,
    Command,
    Contract,
    Followed,
    Query,
    day,
    identifier,
    moment,
    npsn,
    one_of,
    page_of,
    text,
)
from shared.contracts.words import TRANSFER_KINDS, TRANSFER_STATUSES


class TransferView(Contract):
    """From ``effective_on`` on, a day in the district's time zone, the person teaches at ``to_npsn``. ``planned`` ones
    take effect on their day; until then they can be cancelled."""

    id = identifier(required=True)
    person_id = identifier(required=True)
    kind = one_of(*TRANSFER_KINDS, required=True)
    from_npsn = npsn(allow_none=True)
    to_npsn = npsn(allow_none=True)
    effective_on = day(required=True)
    status = one_of(*TRANSFER_STATUSES, required=True)
    created_at = moment()
    updated_at = moment()
    version = fields.Integer()


class TransferPerson(Contract):
    """``within`` moves the person to another primary school, ``in`` brings somebody (back) into the district, ``out``
    ends all that they do here; the record stays. ``effective_on`` may be past or to come, and is today unless said.
    Without ``duty`` they keep theirs, but for that of leading a school."""

    person_id = identifier(required=True)
    kind = one_of(*TRANSFER_KINDS, required=True)
    to_npsn = npsn(allow_none=True, load_default=None)
    duty = text(100, allow_none=True, load_default=None)
    effective_on = day(allow_none=True, load_default=None)

    @validates_schema
    def has_an_aim(self, data: dict[str, object], **_: object) -> None:
        if (data["kind"] == "out") != (data["to_npsn"] is None):
            raise ValidationError("membership.transfer_aim", "to_npsn")


class TransferFilter(Followed):
    person_id = identifier(required=True)


class TransferKey(Contract):
    person_id = identifier(required=True)
    transfer_id = identifier(required=True)


TRANSFER = Command(
    "membership.transfer",
    takes=TransferPerson,
    gives=TransferView,
    audited=Audited("person", values=("kind", "to_npsn", "duty", "effective_on")),
)
LIST_TRANSFERS = Query(
    "membership.list_transfers", takes=TransferFilter, gives=page_of(TransferView), scope="people:read"
)
CANCEL_TRANSFER = Command(
    "membership.cancel_transfer",
    takes=TransferKey,
    gives=TransferView,
    audited=Audited("person", values=("transfer_id",)),
)
