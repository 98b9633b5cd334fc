"""Logging in by an account elsewhere (OpenID Connect), and linking it."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import (
    Audited,
    Command,
    Contract,
    Nothing,
    PageRequest,
    Query,
    district_id,
    moment,
    page_of,
    text,
)
from shared.contracts.membership.accounts import TokensView

_LONGEST = 2000


def _opaque() -> fields.String:
    return fields.String(required=True, validate=validate.Length(1, _LONGEST))


class StartOidc(Contract):
    """``purpose`` is ``login`` or ``link`` (to an account that one is logged in to); ``return_to`` a path of this
    address to come back to, with ``#ticket=...`` or ``#error=...``; without it the callback answers by itself."""

    district = district_id(required=True)
    purpose = fields.String(load_default="login", validate=validate.OneOf(("login", "link")))
    return_to = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Regexp(r"/(?![/\\])[!-~]{0,199}\Z", error="common.invalid"),
    )


class OidcStart(Contract):
    """Where to go, and what must come back with the same browser."""

    url = fields.String(required=True)
    state = fields.String(required=True)
    nonce = fields.String(required=True)
    verifier = fields.String(required=True)


class VerifyOidc(Contract):
    """What the provider sent somebody back with; the gateway knows the rest by the browser's cookie."""

    district = district_id(required=True)
    code = _opaque()
    verifier = _opaque()
    nonce = _opaque()


class TicketView(Contract):
    """Good for one login or link, in the browser that it was made for, until ``expires_at``."""

    ticket = fields.String(required=True)
    expires_at = moment(required=True)


class _Ticket(Contract):
    """``nonce`` binds the ticket to a browser; the gateway fills it in from its cookie."""

    ticket = _opaque()
    nonce = fields.String(required=True, validate=validate.Length(max=_LONGEST))


class LogInOidc(_Ticket):
    """With a ticket from the callback, in the same browser."""

    district = district_id(required=True)
    user_agent = text(300, load_default=None, allow_none=True)


class LinkIdentity(_Ticket):
    """With a ticket from the callback (``purpose=link``), in the same browser."""


class IdentityView(Contract):
    """An account elsewhere by which one may log in."""

    id = fields.String(required=True)
    issuer = fields.String(required=True)
    created_at = moment(required=True)


class IdentityKey(Contract):
    identity_id = fields.String(required=True, validate=validate.Length(1, 64))


START_OIDC = Query("membership.start_oidc", takes=StartOidc, gives=OidcStart, public=True, deadline=15.0)
VERIFY_OIDC = Query("membership.verify_oidc", takes=VerifyOidc, gives=TicketView, public=True, deadline=20.0)
LOG_IN_OIDC = Command(
    "membership.log_in_oidc", takes=LogInOidc, gives=TokensView, public=True, secret=True, audited=Audited("person")
)
LINK_IDENTITY = Command("membership.link_identity", takes=LinkIdentity, gives=IdentityView, audited=Audited("identity"))
LIST_IDENTITIES = Query("membership.list_identities", takes=PageRequest, gives=page_of(IdentityView))
UNLINK_IDENTITY = Command("membership.unlink_identity", takes=IdentityKey, gives=Nothing, audited=Audited("identity"))
