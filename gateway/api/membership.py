"""Accounts, the district, schools, people, communities and imports (API.md, "Accounts and clients", "Membership")."""

from __future__ import annotations

import hashlib
from pathlib import PurePath
from typing import Any

from flask import Response, request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from gateway import rpc, validation
from gateway.routes import Routes, answer_with
from gateway.settings import KIB, MIB
from shared.contracts import membership as m
from shared.errors import Invalid, Text, Unauthenticated
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


api.expose("POST /v1/auth/activate", m.ACTIVATE)
api.expose("POST /v1/auth/login", m.LOG_IN)
api.expose("POST /v1/auth/refresh", m.REFRESH, fill={"district": _district_of_token})
api.expose("POST /v1/auth/logout", m.LOG_OUT)
api.expose("POST /v1/auth/password", m.CHANGE_PASSWORD)
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
api.expose("GET /v1/people/<person_id>/roles", m.LIST_ROLES)
api.expose("POST /v1/people/<person_id>/roles", m.GRANT_ROLE, status=201)
api.expose("DELETE /v1/people/<person_id>/roles/<grant_id>", m.REVOKE_ROLE)

api.expose("GET /v1/communities", m.LIST_COMMUNITIES)
api.expose("POST /v1/communities", m.FOUND_COMMUNITY, status=201)
api.expose("GET /v1/communities/<community_id>", m.GET_COMMUNITY)
api.expose("PATCH /v1/communities/<community_id>", m.CHANGE_COMMUNITY)
api.expose("POST /v1/communities/<community_id>/archive", m.ARCHIVE_COMMUNITY)
api.expose("GET /v1/communities/<community_id>/members", m.LIST_MEMBERS)
api.expose("POST /v1/communities/<community_id>/members", m.ADD_MEMBERS)
api.expose("PATCH /v1/communities/<community_id>/members/<person_id>", m.CHANGE_MEMBER)
api.expose("DELETE /v1/communities/<community_id>/members/<person_id>", m.REMOVE_MEMBER)

api.expose("GET /v1/imports/<import_id>", m.GET_IMPORT)
api.expose("GET /v1/imports/<import_id>/rows", m.LIST_IMPORT_ROWS)
api.expose("POST /v1/imports/<import_id>/apply", m.APPLY_IMPORT, status=202)

_FORM = m.StartImport(only=("kind", "scope", "file_name"))
_FORM_CONTENT = {
    "multipart/form-data": {
        "schema": {
            "type": "object",
            "properties": {
                "kind": {"type": "string", "enum": list(m.IMPORT_KINDS)},
                "scope": {"type": "string", "enum": ["partial"], "default": "partial"},
                "file": {"type": "string", "contentMediaType": "application/octet-stream"},
            },
            "required": ["kind", "file"],
        }
    }
}


@api.special("POST /v1/imports", m.START_IMPORT, status=202, body=_FORM_CONTENT)
def start_import() -> Response:
    """Take a file, hand it on in pieces, and begin the dry run. Pieces are known by the file's digest, so a repeated
    request sends nothing twice."""
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMediaType
    request.max_content_length = m.LARGEST_IMPORT + _FORM_AROUND_A_FILE
    file = _only_file(request.files.to_dict(flat=False))
    size, digest = _measure(file)
    if size > m.LARGEST_IMPORT:
        raise RequestEntityTooLarge
    pieces = -(-size // PIECE)
    form = validation.parse_query(request.form, ())
    data = validation.checked(_FORM, {**form, "file_name": PurePath(file.filename or "").name}, {})
    data |= {"sha256": digest, "size": size, "chunks": pieces}
    for number in range(pieces):
        piece = file.stream.read(PIECE)
        rpc.call(m.STAGE_IMPORT, {"sha256": digest, "number": number}, body=piece, keyed=False)
    return answer_with(rpc.call(m.START_IMPORT, data), 202)


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
