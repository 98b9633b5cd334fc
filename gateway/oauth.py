"""How machines get a token: OAuth 2.0 client credentials (RFC 6749, 4.4), told in that standard's own words.

Credentials come as ``client_secret_basic`` or ``client_secret_post`` (RFC 6749, 2.3.1); a JSON object with the same
names is taken too. Errors of the protocol are its own JSON; what else may fail is a problem like everywhere.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote_plus

from flask import Request, Response, g, request

from gateway import rpc
from gateway.routes import dumps, json_body
from shared.contracts.membership import ISSUE_TOKEN, LONGEST_SECRET
from shared.errors import Invalid, Text, Unauthenticated
from shared.ids import is_district
from shared.texts import render

_FORM = "application/x-www-form-urlencoded"
_GRANT = "client_credentials"
_LONGEST_FORM = 16 * 1024
_ERRORS = ("invalid_request", "invalid_client", "invalid_scope", "unsupported_grant_type")

_REQUEST = {
    "schema": {
        "type": "object",
        "properties": {
            "grant_type": {"type": "string", "enum": [_GRANT]},
            "client_id": {"type": "string", "maxLength": LONGEST_SECRET},
            "client_secret": {"type": "string", "maxLength": LONGEST_SECRET},
            "scope": {"type": "string", "maxLength": 1000},
        },
        "required": ["grant_type"],
    }
}
BODY: Mapping[str, Any] = {_FORM: _REQUEST}
_ERROR = {
    "type": "object",
    "properties": {
        "error": {"type": "string", "enum": list(_ERRORS)},
        "error_description": {"type": "string"},
    },
    "required": ["error"],
}


def _refusal(description: str) -> Mapping[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": _ERROR}}}


REFUSALS: Mapping[str, Any] = {
    "400": _refusal("`invalid_request`, `unsupported_grant_type` or `invalid_scope` (RFC 6749, 5.2)."),
    "401": _refusal("`invalid_client` (RFC 6749, 5.2)."),
}
"""What the OpenAPI document says of the protocol's own errors."""


class NotGranted(Exception):
    """An error of the protocol; ``text`` describes it."""

    def __init__(self, error: str, text: Text) -> None:
        self.error = error
        self.text = text
        super().__init__(error)


class _Credentials(NamedTuple):
    client_id: str
    client_secret: str


def issue_token() -> Response:
    """A token for the client whose credentials the request carries."""
    try:
        given = _given()
        _check_grant(given)
        credentials = _credentials(request, given)
        answer = _asked(credentials, given.get("scope", "").split() or None)
    except NotGranted as refused:
        return _told(refused)
    return _answer(answer, 200)


def _given() -> dict[str, str]:
    """The parameters that were sent. The standard wants unknown ones ignored, and none given twice."""
    if request.mimetype == "application/json":
        return {name: value for name, value in json_body().items() if isinstance(value, str)}
    if request.mimetype != _FORM:
        raise NotGranted("invalid_request", Text("gateway.token_form"))
    request.max_content_length = _LONGEST_FORM
    sent = request.form.to_dict(flat=False)
    if any(len(values) > 1 for values in sent.values()):
        raise NotGranted("invalid_request", Text("gateway.token_given_twice"))
    return {name: values[0] for name, values in sent.items()}


def _check_grant(given: Mapping[str, str]) -> None:
    grant = given.get("grant_type")
    if not grant:
        raise NotGranted("invalid_request", Text("gateway.token_grant_missing"))
    if grant != _GRANT:
        raise NotGranted("unsupported_grant_type", Text("gateway.token_grant_unknown"))


def _credentials(asked: Request, given: Mapping[str, str]) -> _Credentials:
    scheme, _, basic = asked.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        found = _Credentials(given.get("client_id", ""), given.get("client_secret", ""))
    elif "client_secret" in given:
        raise NotGranted("invalid_request", Text("gateway.token_two_ways"))
    else:
        found = _of_basic(basic)
    if not all(0 < len(each) <= LONGEST_SECRET for each in found) or not is_district(_district(found)):
        raise NotGranted("invalid_client", Text("membership.wrong_client"))
    return found


def _of_basic(encoded: str) -> _Credentials:
    """HTTP Basic; the standard has both parts form-encoded first."""
    try:
        client_id, _, secret = base64.b64decode(encoded.strip(), validate=True).decode("utf-8").partition(":")
    except (ValueError, binascii.Error):
        raise NotGranted("invalid_client", Text("membership.wrong_client")) from None
    return _Credentials(unquote_plus(client_id), unquote_plus(secret))


def _district(credentials: _Credentials) -> str:
    return credentials.client_id.partition("-")[0]


def _asked(credentials: _Credentials, scopes: list[str] | None) -> dict[str, Any]:
    order = {**credentials._asdict(), "district": _district(credentials), "scopes": scopes}
    try:
        return rpc.call(ISSUE_TOKEN, order).data
    except Unauthenticated as refused:
        raise NotGranted("invalid_client", refused.text) from None
    except Invalid as refused:
        text = next((texts[0] for texts in refused.fields.values() if texts), refused.text)
        raise NotGranted("invalid_scope", text) from None


def _told(refused: NotGranted) -> Response:
    """The protocol's JSON; a client that tried HTTP Basic is told to try again by it."""
    said = {"error": refused.error, "error_description": render(refused.text, g.record.language)}
    g.record.code = refused.error
    if refused.error != "invalid_client":
        return _answer(said, 400)
    response = _answer(said, 401)
    response.headers["WWW-Authenticate"] = 'Basic realm="sanggar"'
    return response


def _answer(data: Mapping[str, Any], status: int) -> Response:
    headers = {"Cache-Control": "no-store", "Pragma": "no-cache"}
    return Response(dumps(data), status, mimetype="application/json", headers=headers)
