"""Accounts, the district, schools, people, communities and imports (API.md, "Accounts and clients", "Membership")."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import PurePath
from typing import Any

from flask import Response, request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from gateway import conditions, links, oauth, oidc, printing, rpc, validation
from gateway.routes import Routes, answer_with
from gateway.settings import KIB, MIB
from shared.contracts import membership as m
from shared.contracts.base import Operation
from shared.errors import Invalid, Text, Unauthenticated, Unavailable
from shared.ids import is_district

PIECE = 256 * KIB
_FORM_AROUND_A_FILE = 1 * MIB

api = Routes("membership", "gateway.about_membership")


def _district_of_token(given: dict[str, Any]) -> str:
    """The district that a refresh token begins with. Raises :class:`Unauthenticated`."""
    district = str(given["refresh_token"]).partition("-")[0]
    if not is_district(district):
        raise Unauthenticated()
    return district


def _district_of_code(given: dict[str, Any]) -> str:
    """The district that an invitation's code begins with."""
    return str(given["code"]).partition("-")[0]


_DEVICE = {"user_agent": lambda given: conditions.user_agent(request)}

api.expose("POST /v1/auth/activate", m.ACTIVATE, fill=_DEVICE)
api.expose("POST /v1/auth/login", m.LOG_IN, fill=_DEVICE)
api.expose("POST /v1/auth/refresh", m.REFRESH, fill={"district": _district_of_token})
api.expose("POST /v1/auth/logout", m.LOG_OUT)
api.expose("POST /v1/auth/password", m.CHANGE_PASSWORD)
api.expose("POST /v1/auth/reset", m.REQUEST_RESET, status=202)
api.expose(
    "POST /v1/auth/reset/confirm",
    m.CONFIRM_RESET,
    fill={"district": lambda given: links.district_of(given["token"]), **_DEVICE},
)

_TICKET = {"district": lambda given: links.district_of(given["ticket"]), "nonce": lambda given: oidc.nonce(), **_DEVICE}
api.expose("POST /v1/auth/oidc", m.LOG_IN_OIDC, fill=_TICKET)
api.expose("GET /v1/me/identities", m.LIST_IDENTITIES)
api.expose("POST /v1/me/identities", m.LINK_IDENTITY, status=201, fill={"nonce": lambda given: oidc.nonce()})
api.expose("DELETE /v1/me/identities/<identity_id>", m.UNLINK_IDENTITY)


@api.special(
    "GET /v1/auth/oidc/start",
    m.START_OIDC,
    status=302,
    answer={"headers": {"Location": {"schema": {"type": "string"}}}},
)
def start_oidc() -> Response:
    """Send a browser to the provider."""
    return oidc.start(validation.checked(m.StartOidc(), validation.parse_query(request.args, ()), {}))


@api.special(
    "GET /v1/auth/oidc/callback",
    m.VERIFY_OIDC,
    filled=("district", "code", "verifier", "nonce"),
    parameters=tuple(
        {"name": name, "in": "query", "schema": {"type": "string"}, "description": "As the provider sends it."}
        for name in ("code", "state", "error")
    ),
    answer={"content": {"application/json": {"schema": {"type": "object"}}}},
)
def finish_oidc() -> Response:
    """Take a browser back from the provider: tokens, a ticket, or on to where the login began."""
    return oidc.callback(request.args.to_dict(), lambda: conditions.user_agent(request))


api.expose("GET /v1/me/sessions", m.LIST_MY_SESSIONS)
api.expose("DELETE /v1/me/sessions/<sid>", m.END_SESSION)
api.special("POST /v1/auth/token", m.ISSUE_TOKEN, body=oauth.BODY, refusals=oauth.REFUSALS)(oauth.issue_token)
api.expose("GET /v1/api-clients", m.LIST_API_CLIENTS)
api.expose("POST /v1/api-clients", m.CREATE_API_CLIENT, status=201)
api.expose("POST /v1/api-clients/<api_client_id>/rotate-secret", m.ROTATE_API_CLIENT)
api.expose("DELETE /v1/api-clients/<api_client_id>", m.REVOKE_API_CLIENT)
api.expose("GET /v1/me", m.GET_ME)
api.expose("PATCH /v1/me", m.CHANGE_ME)

api.expose("GET /v1/district", m.GET_DISTRICT)
api.expose("PATCH /v1/district", m.CHANGE_DISTRICT)

api.expose("GET /v1/schools", m.LIST_SCHOOLS)
api.expose("POST /v1/schools", m.CREATE_SCHOOL, status=201)
api.expose("GET /v1/schools/<npsn>", m.GET_SCHOOL)
api.expose("PATCH /v1/schools/<npsn>", m.CHANGE_SCHOOL)

api.expose("GET /v1/people", m.LIST_PEOPLE)
api.expose("POST /v1/people", m.ADD_PERSON, status=201)
api.expose("GET /v1/people/<person_id>", m.GET_PERSON)
api.expose("PATCH /v1/people/<person_id>", m.CHANGE_PERSON)
api.expose("POST /v1/people/<person_id>/activation", m.ISSUE_ACTIVATION)
api.expose("POST /v1/people/<person_id>/disable", m.DISABLE_PERSON)
api.expose("POST /v1/people/<person_id>/enable", m.ENABLE_PERSON)
api.expose("GET /v1/people/<person_id>/assignments", m.LIST_ASSIGNMENTS)
api.expose("POST /v1/people/<person_id>/assignments", m.ASSIGN, status=201)
api.expose("PATCH /v1/people/<person_id>/assignments/<assignment_id>", m.CORRECT_ASSIGNMENT)
api.expose("DELETE /v1/people/<person_id>/assignments/<assignment_id>", m.TAKE_BACK_ASSIGNMENT)
api.expose("GET /v1/people/<person_id>/memberships", m.LIST_MEMBERSHIPS)
api.expose("GET /v1/people/<person_id>/transfers", m.LIST_TRANSFERS)
api.expose("POST /v1/people/<person_id>/transfers", m.TRANSFER, status=201)
api.expose("DELETE /v1/people/<person_id>/transfers/<transfer_id>", m.CANCEL_TRANSFER)
api.expose("GET /v1/people/<person_id>/roles", m.LIST_ROLES)
api.expose("POST /v1/people/<person_id>/roles", m.GRANT_ROLE, status=201)
api.expose("DELETE /v1/people/<person_id>/roles/<grant_id>", m.REVOKE_ROLE)

api.expose("GET /v1/communities", m.LIST_COMMUNITIES)
api.expose("POST /v1/communities", m.FOUND_COMMUNITY, status=201)
api.expose("GET /v1/communities/<community_id>", m.GET_COMMUNITY)
api.expose("PATCH /v1/communities/<community_id>", m.CHANGE_COMMUNITY)
api.expose("POST /v1/communities/<community_id>/archive", m.ARCHIVE_COMMUNITY)
api.expose("POST /v1/communities/<community_id>/revive", m.REVIVE_COMMUNITY)
api.expose("POST /v1/communities/<community_id>/merge", m.MERGE_COMMUNITY)
api.expose("GET /v1/community-proposals", m.LIST_PROPOSALS)
api.expose("POST /v1/community-proposals", m.PROPOSE_COMMUNITY, status=201)
api.expose("GET /v1/community-proposals/<proposal_id>", m.GET_PROPOSAL)
api.expose("POST /v1/community-proposals/<proposal_id>/accept", m.ACCEPT_PROPOSAL)
api.expose("POST /v1/community-proposals/<proposal_id>/refuse", m.REFUSE_PROPOSAL)
api.expose("POST /v1/community-proposals/<proposal_id>/withdraw", m.WITHDRAW_PROPOSAL)
api.expose("GET /v1/communities/<community_id>/members", m.LIST_MEMBERS)
api.expose("POST /v1/communities/<community_id>/members", m.ADD_MEMBERS)
api.expose("PATCH /v1/communities/<community_id>/members/<person_id>", m.CHANGE_MEMBER)
api.expose("DELETE /v1/communities/<community_id>/members/<person_id>", m.REMOVE_MEMBER)

api.expose("GET /v1/communities/<community_id>/join-requests", m.LIST_JOIN_REQUESTS)
api.expose("POST /v1/communities/<community_id>/join-requests", m.ASK_TO_JOIN, status=201)
api.expose("GET /v1/me/join-requests", m.MY_JOIN_REQUESTS)
api.expose("GET /v1/join-requests/<request_id>", m.GET_JOIN_REQUEST)
api.expose("POST /v1/join-requests/<request_id>/approve", m.APPROVE_JOIN_REQUEST)
api.expose("POST /v1/join-requests/<request_id>/reject", m.REJECT_JOIN_REQUEST)
api.expose("POST /v1/join-requests/<request_id>/withdraw", m.WITHDRAW_JOIN_REQUEST)

api.expose("GET /v1/communities/<community_id>/invitations", m.LIST_INVITATIONS)
api.expose("POST /v1/communities/<community_id>/invitations", m.INVITE, status=201)
api.expose("POST /v1/invitations/<code>/accept", m.ACCEPT_INVITATION)
api.expose("POST /v1/invitations/<code>/revoke", m.REVOKE_INVITATION)
api.expose("GET /v1/invitations/<code>", m.PREVIEW_INVITATION, fill={"district": _district_of_code})
_QR = m.QrKey(exclude=("district",))


@api.special(
    "GET /v1/invitations/<code>/qr",
    m.DRAW_INVITATION,
    answer={"content": {"image/svg+xml": {"schema": {}}, "image/png": {"schema": {}}}},
)
def draw_invitation(code: str) -> Response:
    """The invitation's link as an image."""
    data = validation.checked(_QR, validation.parse_query(request.args, ()), {"code": code})
    answer = rpc.call(m.DRAW_INVITATION, {**data, "district": _district_of_code(data)})
    return Response(answer.body, mimetype=answer.data["content_type"])


api.expose("GET /v1/communities/<community_id>/guests", m.LIST_GUESTS)
api.expose("POST /v1/communities/<community_id>/guests", m.ADD_GUEST, status=201)
api.expose("DELETE /v1/communities/<community_id>/guests/<guest_id>", m.REMOVE_GUEST)

api.expose("GET /v1/imports/<import_id>", m.GET_IMPORT)
api.expose("GET /v1/imports/<import_id>/rows", m.LIST_IMPORT_ROWS)
api.expose("PATCH /v1/imports/<import_id>/rows/<n>", m.DECIDE_ROW)
api.expose("POST /v1/imports/<import_id>/apply", m.APPLY_IMPORT, status=202)


# --- activation cards -----------------------------------------------------------------------------------------------

api.expose("POST /v1/imports/<import_id>/activation-cards/link", m.LINK_IMPORT_CARDS)
api.expose("POST /v1/schools/<npsn>/activation-cards/link", m.LINK_SCHOOL_CARDS)


@api.special(
    "GET /v1/imports/<import_id>/activation-cards.pdf",
    m.PRINT_IMPORT_CARDS,
    parameters=(links.TOKEN,),
    answer=printing.PDF,
    admit=False,
)
def print_import_cards(import_id: str) -> Response:
    """The cards of those whom an import brought in, for whoever holds a token or a link."""
    return _cards(m.PRINT_IMPORT_CARDS, m.PRINT_LINKED_IMPORT_CARDS, {"import_id": import_id}, import_id[-6:])


@api.special(
    "GET /v1/schools/<npsn>/activation-cards.pdf",
    m.PRINT_SCHOOL_CARDS,
    parameters=(links.TOKEN,),
    answer=printing.PDF,
    admit=False,
)
def print_school_cards(npsn: str) -> Response:
    """The cards of one school, for whoever holds a token or a link."""
    return _cards(m.PRINT_SCHOOL_CARDS, m.PRINT_LINKED_SCHOOL_CARDS, {"npsn": npsn}, npsn)


def _cards(operation: Operation, linked: Operation, path: dict[str, str], of: str) -> Response:
    given = validation.parse_query(request.args, ())
    if "token" in given:
        schema = linked.takes(only=(*path, "token"))
        data = validation.checked(schema, given, path)
        data["district"] = links.district_of(given["token"])
        operation = linked
    else:
        data = validation.checked(operation.takes(only=tuple(path)), given, path)
    rpc.admit(operation)
    return printing.pdf(operation, data, f"kartu-aktivasi-{of}.pdf")


_FORM = m.StartImport(only=("kind", "scope", "schools", "file_name"))
_STAGED = frozenset(m.StagedFile().fields)
_LISTS = ("schools", "schools[]")
_FORM_CONTENT = {
    "multipart/form-data": {
        "schema": {
            "type": "object",
            "properties": {
                "kind": {"type": "string", "enum": list(m.IMPORT_KINDS)},
                "scope": {"type": "string", "enum": list(m.IMPORT_SCOPES), "default": "partial"},
                "schools": {"type": "array", "items": {"type": "string"}},
                "file": {"type": "string", "contentMediaType": "application/octet-stream"},
            },
            "required": ["kind", "file"],
        }
    }
}


@api.special("POST /v1/imports", m.START_IMPORT, status=202, body=_FORM_CONTENT)
def start_import() -> Response:
    """Take a file, hand it on in pieces, and begin the dry run of one that looks sound. Pieces are known by the file's
    digest, so a repeated request sends nothing twice."""
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMediaType
    request.max_content_length = m.LARGEST_IMPORT + _FORM_AROUND_A_FILE
    file = _only_file(request.files.to_dict(flat=False))
    size, digest = _measure(file)
    if size > m.LARGEST_IMPORT:
        raise RequestEntityTooLarge
    pieces = -(-size // PIECE)
    form = _form()
    data = validation.checked(_FORM, {**form, "file_name": PurePath(file.filename or "").name}, {})
    data |= {"sha256": digest, "size": size, "chunks": pieces}
    for number in range(pieces):
        piece = file.stream.read(PIECE)
        rpc.call(m.STAGE_IMPORT, {"sha256": digest, "number": number}, body=piece, keyed=False)
    with suppress(Unavailable):  # where nobody has time for a glance, the import itself finds what is wrong
        rpc.call(m.CHECK_IMPORT, {name: value for name, value in data.items() if name in _STAGED})
    return answer_with(rpc.call(m.START_IMPORT, data), 202)


def _form() -> dict[str, Any]:
    """What stands in the form beside the file. Forms write the names of lists with brackets, or without."""
    form = validation.parse_query(request.form, _LISTS)
    schools = [npsn for name in _LISTS for npsn in form.pop(name, [])]
    return {**form, "schools": schools}


def _only_file(files: dict[str, list[FileStorage]]) -> FileStorage:
    unknown = {name: [Text("fields.unknown")] for name in files if name != "file"}
    if unknown:
        raise Invalid(fields=unknown)
    given = files.get("file", [])
    if len(given) != 1:
        raise Invalid.field("file", "fields.given_twice" if given else "fields.required")
    return given[0]


def _measure(file: FileStorage) -> tuple[int, str]:
    """A file's size in bytes and its SHA-256; it is left at its beginning."""
    digest = hashlib.sha256()
    size = 0
    while piece := file.stream.read(PIECE):
        digest.update(piece)
        size += len(piece)
    file.stream.seek(0)
    return size, digest.hexdigest()
