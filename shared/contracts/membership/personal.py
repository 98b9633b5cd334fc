"""What a person may ask about their own data (UU PDP 27/2022): an archive of it, and to be erased."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import (
    Audited,
    Command,
    Contract,
    Followed,
    LinkView,
    Nothing,
    Query,
    district_id,
    identifier,
    moment,
    one_of,
    page_of,
    text,
)
from shared.contracts.record import RecordPeriod
from shared.contracts.words import SERVICES

ERASURE_STATUSES = ("none", "waiting", "withdrawn", "refused", "erasing", "erased")


class ExportView(Contract):
    """``status`` is ``gathering`` until every service has laid its part ready, then ``ready``; ``pieces`` says in how
    many pieces each part lies. The archive is kept until ``expires_at``. ``url`` is the path of the archive once it is
    ready, for whoever sends a token; a browser opens it by a link."""

    id = identifier(required=True)
    status = one_of("gathering", "ready", required=True)
    url = text(allow_none=True)
    pieces = fields.Dict(keys=one_of(*SERVICES), values=fields.Integer())
    requested_at = moment(required=True)
    expires_at = moment(required=True)


class ExportKey(Contract):
    export_id = identifier(required=True)


class PathToLink(Contract):
    """What of several services a link is to open, as its maker could; the gateway fills it in once they may."""

    path = text(500, required=True)


class OpenLink(Contract):
    """``path`` is what a browser asks for, with the query string but the token, ``token`` that of its link."""

    district = district_id(required=True)
    token = text(required=True)
    path = text(500, required=True)


class OpenedLink(Contract):
    """An access token of whoever made the link. It stays with the gateway, for the one request."""

    access_token = fields.String(required=True)


class ErasureLine(Contract):
    """So many records of one kind; ``why`` says why they are kept, in the reader's language."""

    what = fields.String(required=True)
    count = fields.Integer(required=True)
    why = fields.String(allow_none=True)


class ErasurePart(Contract):
    """What one service has erased, and what it keeps without naming anybody."""

    service = one_of(*SERVICES, required=True)
    erased = fields.List(fields.Nested(ErasureLine), required=True)
    kept = fields.List(fields.Nested(ErasureLine), required=True)
    done_at = moment(required=True)


class ReceiptView(Contract):
    """``waiting`` until ``effective_at``: so long it can be withdrawn, and the operator may refuse it, saying why.
    Then ``erasing``, and ``erased`` when every service has confirmed its part. ``none``: nothing was asked for."""

    status = one_of(*ERASURE_STATUSES, required=True)
    requested_at = moment(allow_none=True)
    effective_at = moment(allow_none=True)
    completed_at = moment(allow_none=True)
    reason = fields.String(allow_none=True)
    parts = fields.List(fields.Nested(ErasurePart))


class ErasureView(ReceiptView):
    """A request to be erased. ``person_id`` is all that is left of whom it concerned."""

    id = identifier(required=True)
    person_id = identifier(required=True)
    decided_by = identifier(allow_none=True)
    updated_at = moment()
    version = fields.Integer()


class MyErasureView(ReceiptView):
    """``receipt`` opens the receipt without a login, also when the account is gone: keep it."""

    id = identifier(allow_none=True)
    receipt = fields.String(allow_none=True)


class ErasureFilter(Followed):
    """In the order in which they were asked for."""

    status = one_of(*ERASURE_STATUSES[1:])


class ErasureKey(Contract):
    erasure_id = identifier(required=True)


class RefuseErasure(ErasureKey):
    """``reason`` is the legal duty that stands against it; the person reads it."""

    reason = text(1000, 10, required=True)


class ReceiptKey(Contract):
    """``district`` is what the receipt begins with (``3307-...``); the gateway fills it in."""

    district = district_id(required=True)
    receipt = fields.String(required=True, validate=validate.Length(1, 200))


REQUEST_EXPORT = Command("membership.request_export", takes=Nothing, gives=ExportView, audited=Audited("export"))
GET_EXPORT = Query("membership.get_export", takes=ExportKey, gives=ExportView)
DOWNLOAD_EXPORT = Query("membership.download_export", takes=ExportKey, gives=ExportView, audited=Audited("export"))
LINK_EXPORT = Command("membership.link_export", takes=ExportKey, gives=LinkView, secret=True)
LINK_RECORD = Command("membership.link_record", takes=RecordPeriod, gives=LinkView, secret=True)
LINK_PATH = Query("membership.link_path", takes=PathToLink, gives=LinkView)
OPEN_LINK = Query("membership.open_link", takes=OpenLink, gives=OpenedLink, public=True)

REQUEST_ERASURE = Command("membership.request_erasure", takes=Nothing, gives=MyErasureView, audited=Audited("erasure"))
GET_MY_ERASURE = Query("membership.get_my_erasure", takes=Nothing, gives=MyErasureView)
WITHDRAW_ERASURE = Command(
    "membership.withdraw_erasure", takes=Nothing, gives=MyErasureView, audited=Audited("erasure")
)
LIST_ERASURES = Query("membership.list_erasures", takes=ErasureFilter, gives=page_of(ErasureView))
GET_ERASURE = Query("membership.get_erasure", takes=ErasureKey, gives=ErasureView)
REFUSE_ERASURE = Command(
    "membership.refuse_erasure", takes=RefuseErasure, gives=ErasureView, audited=Audited("erasure")
)
READ_RECEIPT = Query("membership.read_receipt", takes=ReceiptKey, gives=ReceiptView, public=True)
