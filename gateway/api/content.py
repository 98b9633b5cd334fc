"""Resources, uploads and files (API.md, "Content")."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import quote

from flask import Request, Response, request
from werkzeug.datastructures import Range
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from gateway import links, rpc, tus, validation
from gateway.routes import Routes, answer_with
from shared.contracts import content as c
from shared.contracts.base import Operation
from shared.errors import Invalid
from shared.messaging.protocol import Answer

api = Routes("content", "gateway.about_content")

api.expose("GET /v1/resources", c.LIST_RESOURCES)
api.expose("POST /v1/resources", c.DRAFT_RESOURCE, status=201)
api.expose("GET /v1/resources/<resource_id>", c.GET_RESOURCE)
api.expose("PATCH /v1/resources/<resource_id>", c.CHANGE_RESOURCE)
api.expose("GET /v1/resources/<resource_id>/versions", c.LIST_VERSIONS)
api.expose("POST /v1/resources/<resource_id>/submit", c.SUBMIT_RESOURCE)
api.expose("POST /v1/resources/<resource_id>/approve", c.APPROVE_RESOURCE)
api.expose("POST /v1/resources/<resource_id>/return", c.RETURN_RESOURCE)
api.expose("POST /v1/resources/<resource_id>/withdraw", c.WITHDRAW_RESOURCE)

# --- uploads (tus 1.0) --------------------------------------------------------------------------------------------

api.beside("OPTIONS /v1/uploads", tus.options)
api.beside("OPTIONS /v1/uploads/<upload_id>", tus.options)

_CREATE = c.CreateUpload()
_UPLOAD = c.UploadId()
_ANY_BYTES = {"schema": {"type": "string", "contentMediaType": "application/octet-stream"}}


@api.special("POST /v1/uploads", c.CREATE_UPLOAD, status=201, parameters=tus.CREATION)
def create_upload() -> Response:
    """Creation: the length and the name in headers; ``Location`` says where the bytes go."""
    tus.check_version(request)
    data = validation.checked(_CREATE, tus.creation(request), {})
    answer = rpc.call(c.CREATE_UPLOAD, data)
    response = tus.state(answer_with(answer, 201), answer.data)
    response.headers["Location"] = f"/v1/uploads/{answer.data['id']}"
    return response


@api.special("GET /v1/uploads/<upload_id>", c.GET_UPLOAD)
def get_upload(upload_id: str) -> Response:
    """How far an upload has come: in the headers, as tus's HEAD wants it, and as JSON for a GET."""
    tus.check_version(request)
    given = validation.parse_query(request.args, ())
    answer = rpc.call(c.GET_UPLOAD, validation.checked(_UPLOAD, given, {"upload_id": upload_id}))
    return tus.state(answer_with(answer, 200), answer.data)


@api.special(
    "PATCH /v1/uploads/<upload_id>", c.APPEND_CHUNK, status=204, parameters=tus.APPENDING, body={tus.BYTES: _ANY_BYTES}
)
def append_to_upload(upload_id: str) -> Response:
    """The next bytes, handed on piece by piece as they come, so that what arrived before a line broke is kept."""
    tus.check_version(request)
    path = validation.checked(_UPLOAD, {}, {"upload_id": upload_id})
    request.max_content_length = c.LARGEST_FILE
    answer = None
    for offset, piece, checksum in tus.pieces(request, c.LARGEST_PIECE):
        data = {**path, "offset": offset, "checksum": checksum}
        answer = rpc.call(c.APPEND_CHUNK, data, body=piece, keyed=False)
    if answer is None:
        answer = rpc.call(c.GET_UPLOAD, path)
        tus.check_offset(request, answer.data)
    return tus.state(answer_with(answer, 204), answer.data)


@api.special("DELETE /v1/uploads/<upload_id>", c.DELETE_UPLOAD)
def delete_upload(upload_id: str) -> Response:
    """Termination."""
    tus.check_version(request)
    return tus.mark(
        answer_with(rpc.call(c.DELETE_UPLOAD, validation.checked(_UPLOAD, {}, {"upload_id": upload_id})), 204)
    )


# --- files --------------------------------------------------------------------------------------------------------

_FILE = c.FileId()
_LINKED = c.ReadLinkedFile(only=("file_id", "token"))
_SHOWN_INLINE = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'"
_NEVER_RUN = "default-src 'none'; sandbox"

api.expose("GET /v1/files/<file_id>/about", c.GET_FILE)
api.expose("POST /v1/files/<file_id>/link", c.LINK_FILE)


@api.special(
    "GET /v1/files/<file_id>",
    c.READ_FILE,
    parameters=(
        links.TOKEN,
        {"name": "Range", "in": "header", "schema": {"type": "string"}, "description": "One range of bytes."},
    ),
    answer={"content": {"*/*": {"schema": {}}}},
    admit=False,
)
def read_file(file_id: str) -> Response:
    """A file's bytes, whole or one range of them, for whoever holds a token or a link."""
    given = validation.parse_query(request.args, ())
    if "token" in given:
        data = validation.checked(_LINKED, given, {"file_id": file_id})
        data["district"] = links.district_of(given["token"])
        return _stream(c.READ_LINKED_FILE, data)
    return _stream(c.READ_FILE, validation.checked(_FILE, given, {"file_id": file_id}))


def _stream(operation: Operation, data: dict[str, Any]) -> Response:
    """Answer with a file, a piece a call. The first piece is fetched before the answer begins, so that a refusal is
    told as one; a call that fails later breaks the answer off, which its length then shows."""
    rpc.admit(operation)
    first = _first_piece(operation, data, _likely_start(request.range))
    file = first.data["file"]
    size = int(file["size"])
    headers = _headers(file)
    if request.if_none_match.contains_weak(file["sha256"]):
        return Response(status=304, headers=headers)
    start, stop = _span(request, file)
    if first.data["offset"] != start:
        first = rpc.call(operation, {**data, "offset": start})
    headers["Content-Length"] = str(stop - start)
    status = 200
    if (start, stop) != (0, size):
        status = 206
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    if request.method == "HEAD":
        return Response(status=status, headers=headers)
    pieces = _Pieces(operation, data, first, start, stop)
    return Response(iter(pieces), status, headers=headers, direct_passthrough=True)


def _first_piece(operation: Operation, data: dict[str, Any], start: int) -> Answer:
    try:
        return rpc.call(operation, {**data, "offset": start})
    except Invalid:
        if start == 0:
            raise
        # The range may begin behind the end; only the first piece tells where that is.
        return rpc.call(operation, {**data, "offset": 0})


class _Pieces:
    """The bytes of a file from ``start`` to ``stop``. They are fetched when the request has left its context already,
    so whatever they need is taken along."""

    def __init__(self, operation: Operation, data: dict[str, Any], first: Answer, start: int, stop: int) -> None:
        self._call = partial(rpc.backend().client.call, operation, context=rpc.circumstances(operation, keyed=False))
        self._data, self._first, self._start, self._stop = data, first, start, stop

    def __iter__(self) -> Iterator[bytes]:
        piece, at = self._first, self._start
        while piece.body:
            yield piece.body[: self._stop - at]
            at += len(piece.body)
            if at >= self._stop:
                return
            piece = self._call({**self._data, "offset": at})


def _likely_start(wanted: Range | None) -> int:
    """Where the first piece is fetched from, before the file's size is known."""
    if wanted is None or len(wanted.ranges) != 1:
        return 0
    return max(0, wanted.ranges[0][0])


def _span(request: Request, file: dict[str, Any]) -> tuple[int, int]:
    """The bytes asked for, from and up to: one range, or the whole file where there is none or it changed meanwhile.

    Raises ``RequestedRangeNotSatisfiable``.
    """
    whole = (0, int(file["size"]))
    if request.range is None or len(request.range.ranges) != 1:
        return whole
    if "If-Range" in request.headers and request.if_range.etag != file["sha256"]:
        return whole
    span = request.range.range_for_length(whole[1])
    if span is None:
        raise RequestedRangeNotSatisfiable(length=whole[1])
    return span


def _headers(file: dict[str, Any]) -> dict[str, str]:
    """What keeps a file that somebody uploaded from being more than a file."""
    name = quote(file["filename"], safe="")
    return {
        "Content-Type": file["content_type"],
        "Content-Disposition": f"{file['disposition']}; filename*=UTF-8''{name}",
        "Content-Security-Policy": _SHOWN_INLINE if file["disposition"] == "inline" else _NEVER_RUN,
        "Cache-Control": "private, no-cache",
        "Accept-Ranges": "bytes",
        "ETag": f'"{file["sha256"]}"',
    }
