"""tus 1.0, the protocol of uploads that go on where they broke off: creation, checksum, expiration, termination.

https://tus.io/protocols/resumable-upload says what each header means. What is sent in one ``PATCH`` may be of any size;
senders with a weak signal do well with 256 kB.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import tempfile
from collections.abc import Iterator
from datetime import datetime
from email.utils import format_datetime
from typing import IO, Any, NamedTuple

from flask import Request, Response
from werkzeug.exceptions import UnsupportedMediaType

from gateway.problems import Problem
from shared.contracts.content import LARGEST_FILE
from shared.errors import Conflict, Invalid

VERSION = "1.0.0"
BYTES = "application/offset+octet-stream"
_ALGORITHMS = ("sha1", "sha256")
_IN_MEMORY = 1024 * 1024

_VERSION_PARAMETER = {
    "name": "Tus-Resumable",
    "in": "header",
    "schema": {"type": "string", "const": VERSION},
    "description": "The protocol's version.",
}
CREATION = (
    _VERSION_PARAMETER,
    {
        "name": "Upload-Length",
        "in": "header",
        "required": True,
        "schema": {"type": "integer", "minimum": 1, "maximum": LARGEST_FILE},
        "description": "The file's size in bytes.",
    },
    {
        "name": "Upload-Metadata",
        "in": "header",
        "required": True,
        "schema": {"type": "string"},
        "description": "`filename` and, if known, `filetype`, each followed by a space and its value in base64.",
    },
)
APPENDING = (
    _VERSION_PARAMETER,
    {
        "name": "Upload-Offset",
        "in": "header",
        "required": True,
        "schema": {"type": "integer", "minimum": 0, "maximum": LARGEST_FILE},
        "description": "Where these bytes begin: what the upload's `Upload-Offset` last said.",
    },
    {
        "name": "Upload-Checksum",
        "in": "header",
        "schema": {"type": "string"},
        "description": "`sha1` or `sha256`, a space, and the digest of this body in base64. Other bytes: 460.",
    },
)


class Piece(NamedTuple):
    """Some bytes of an upload; ``checksum`` is the sender's, where it speaks of just these."""

    offset: int
    data: bytes
    checksum: str | None


def options(**path: str) -> Response:
    """What this server can do."""
    response = mark(Response(status=204))
    response.headers["Tus-Version"] = VERSION
    response.headers["Tus-Extension"] = "creation,checksum,expiration,termination"
    response.headers["Tus-Max-Size"] = str(LARGEST_FILE)
    response.headers["Tus-Checksum-Algorithm"] = ",".join(_ALGORITHMS)
    return response


def check_version(request: Request) -> None:
    """A sender that names another version of the protocol is told ours (412)."""
    if request.headers.get("Tus-Resumable", VERSION) != VERSION:
        raise Problem("tus_version", headers={"Tus-Version": VERSION})


def creation(request: Request) -> dict[str, Any]:
    """The fields of a new upload that its headers give. Raises :class:`Invalid`."""
    metadata = _metadata(request.headers.get("Upload-Metadata", ""))
    fields: dict[str, Any] = {"length": _number(request, "Upload-Length")}
    if "filename" in metadata:
        fields["filename"] = metadata["filename"]
    if metadata.get("filetype"):
        fields["content_type"] = metadata["filetype"]
    return fields


def pieces(request: Request, most: int) -> Iterator[Piece]:
    """The body of an append in pieces of at most ``most`` bytes.

    With an ``Upload-Checksum`` nothing is handed on before all of it was checked. Raises :class:`Problem` 460 where it
    does not fit, :class:`Invalid` for headers that say nothing.
    """
    if request.mimetype != BYTES:
        raise UnsupportedMediaType
    offset = _number(request, "Upload-Offset")
    checksum = request.headers.get("Upload-Checksum")
    if checksum is None:
        yield from _cut(request.stream, offset, most, None)
        return
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as body:
        size = _copy_checked(request, body, checksum)
        body.seek(0)
        yield from _cut(body, offset, most, checksum if size <= most else None)


def check_offset(request: Request, upload: dict[str, Any]) -> None:
    """Even an append without bytes must know where it stands. Raises :class:`Conflict`."""
    if _number(request, "Upload-Offset") != upload["offset"]:
        raise Conflict("gateway.other_offset", offset=upload["offset"])


def state(response: Response, upload: dict[str, Any]) -> Response:
    """The response with what tus says of an upload; ``Sanggar-File`` is the file that it became."""
    response.headers["Upload-Offset"] = str(upload["offset"])
    response.headers["Upload-Length"] = str(upload["length"])
    response.headers["Upload-Expires"] = format_datetime(datetime.fromisoformat(upload["expires_at"]), usegmt=True)
    if upload["file_id"]:
        response.headers["Sanggar-File"] = upload["file_id"]
    return mark(response)


def mark(response: Response) -> Response:
    """The response as one of tus."""
    response.headers["Tus-Resumable"] = VERSION
    return response


def _cut(stream: IO[bytes], offset: int, most: int, checksum: str | None) -> Iterator[Piece]:
    while data := stream.read(most):
        yield Piece(offset, data, checksum)
        offset += len(data)


def _copy_checked(request: Request, body: IO[bytes], checksum: str) -> int:
    algorithm, _, wanted = checksum.partition(" ")
    if algorithm not in _ALGORITHMS:
        raise Invalid.field("Upload-Checksum", "gateway.unknown_checksum", known=", ".join(_ALGORITHMS))
    digest = hashlib.new(algorithm, usedforsecurity=False)
    size = 0
    while data := request.stream.read(_IN_MEMORY):
        digest.update(data)
        body.write(data)
        size += len(data)
    if base64.b64encode(digest.digest()).decode() != wanted:
        raise Problem("checksum_mismatch")
    return size


def _number(request: Request, header: str) -> int:
    given = request.headers.get(header)
    if given is None:
        raise Invalid.field(header, "fields.required")
    if not given.isascii() or not given.isdecimal() or len(given) > 15:
        raise Invalid.field(header, "fields.not_a_whole_number")
    return int(given)


def _metadata(header: str) -> dict[str, str]:
    """``Upload-Metadata``: pairs between commas, a name and its value in base64."""
    values = {}
    for pair in filter(None, (part.strip() for part in header.split(","))):
        name, _, value = pair.partition(" ")
        try:
            values[name] = base64.b64decode(value, validate=True).decode("utf-8")
        except (binascii.Error, ValueError):
            raise Invalid.field("Upload-Metadata", "gateway.bad_metadata") from None
    return values
