"""API clients: how school systems get in (OAuth 2.0 client credentials, RFC 6749, 4.4)."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import (
    Audited,
    Command,
    Contract,
    Followed,
    Query,
    district_id,
    identifier,
    moment,
    npsn,
    one_of,
    page_of,
    text,
)
from shared.contracts.scopes import SCOPES

MOST_SCHOOLS = 100
LONGEST_SECRET = 200


class CreateApiClient(Contract):
    """A system that calls the API by itself. ``schools`` bind what it sees and hears of to these schools (NPSN); none
    of them: the whole district."""

    name = text(100, required=True)
    scopes = fields.List(one_of(*SCOPES), required=True, validate=validate.Length(1, len(SCOPES)))
    schools = fields.List(npsn(), load_default=list, validate=validate.Length(max=MOST_SCHOOLS))


class ApiClientKey(Contract):
    api_client_id = identifier(required=True)


class ApiClientView(Contract):
    """An API client. ``last_used_at`` is when it last got a token, ``previous_secret_until`` how long the secret before
    the last rotation works."""

    id = identifier(required=True)
    client_id = fields.String(required=True)
    name = text(required=True)
    scopes = fields.List(fields.String(), required=True)
    schools = fields.List(npsn(), required=True)
    status = one_of("active", "revoked", required=True)
    created_by = identifier(required=True)
    created_at = moment(required=True)
    updated_at = moment(required=True)
    last_used_at = moment(required=True, allow_none=True)
    previous_secret_until = moment(required=True, allow_none=True)
    revoked_at = moment(required=True, allow_none=True)
    version = fields.Integer(required=True)


class ApiClientWithSecret(ApiClientView):
    """An API client and its secret, which is shown this once."""

    client_secret = fields.String(required=True)


class IssueToken(Contract):
    """``district`` is what ``client_id`` begins with; the gateway fills it in. ``scopes`` may be fewer than it has."""

    district = district_id(required=True)
    client_id = fields.String(required=True, validate=validate.Length(1, LONGEST_SECRET))
    client_secret = fields.String(required=True, validate=validate.Length(1, LONGEST_SECRET))
    scopes = fields.List(fields.String(), load_default=None, allow_none=True)


class ClientTokenView(Contract):
    """An access token that holds for ``expires_in`` seconds; ``scope`` is what it allows, parted by blanks."""

    access_token = fields.String(required=True)
    token_type = fields.String(required=True)
    expires_in = fields.Integer(required=True)
    scope = fields.String(required=True)


LIST_API_CLIENTS = Query("membership.list_api_clients", takes=Followed, gives=page_of(ApiClientView))
CREATE_API_CLIENT = Command(
    "membership.create_api_client",
    takes=CreateApiClient,
    gives=ApiClientWithSecret,
    secret=True,
    audited=Audited("api_client", values=("name", "scopes", "schools")),
)
ROTATE_API_CLIENT = Command(
    "membership.rotate_api_client",
    takes=ApiClientKey,
    gives=ApiClientWithSecret,
    secret=True,
    audited=Audited("api_client"),
)
REVOKE_API_CLIENT = Command("membership.revoke_api_client", takes=ApiClientKey, audited=Audited("api_client"))
ISSUE_TOKEN = Command(
    "membership.issue_token", takes=IssueToken, gives=ClientTokenView, public=True, secret=True, repeatable=True
)
