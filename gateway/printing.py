"""Documents as PDF: whole papers, and those that a service writes part by part, which nobody holds whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from flask import Response, request

from gateway import links, rpc, validation
from shared.contracts.base import Operation

PDF: Mapping[str, Any] = {
    "content": {"application/pdf": {"schema": {"type": "string", "contentMediaType": "application/pdf"}}}
}
"""The answer as the OpenAPI document tells it."""


def paper(operation: Operation, linked: Operation, path: dict[str, str]) -> Response:
    """Answer with a PDF that a service hands over whole: to whoever holds a token, or by ``linked`` a link's.

    ``path`` are the fields that the route's path names. Raises what :func:`gateway.rpc.call` does, and ``Invalid``.
    """
    given = validation.parse_query(request.args, ())
    if "token" in given:
        data = validation.checked(linked.takes(only=(*path, "token")), given, path)
        data["district"] = links.district_of(given["token"])
        operation = linked
    else:
        data = validation.checked(operation.takes(only=tuple(path)), given, path)
    rpc.admit(operation)
    return whole(operation, data)


def whole(operation: Operation, data: dict[str, Any], body: bytes | None = None) -> Response:
    """Answer with a PDF that a service hands over whole. Raises what :func:`gateway.rpc.call` does."""
    printed = rpc.call(operation, data, body=body)
    headers = {
        "Content-Disposition": f'inline; filename="{printed.data["filename"]}"',
        "Cache-Control": "private, no-cache",
    }
    return Response(printed.body, mimetype="application/pdf", headers=headers)


def pdf(operation: Operation, data: dict[str, Any], filename: str) -> Response:
    """Answer with a PDF of as many parts as there are.

    The first is fetched before the answer begins, so that a refusal is told as one; a call that fails later breaks the
    answer off in the middle of a chunk, which every client takes for the failure that it is.
    """
    first = rpc.call(operation, data, keyed=False)
    following = partial(rpc.backend().client.call, operation, context=rpc.circumstances(operation, keyed=False))

    def parts() -> Iterator[bytes]:
        part = first
        while True:
            yield part.body
            after = part.data["after"]
            if after is None:
                return
            part = following({**data, "after": after})

    headers = {"Content-Disposition": f'attachment; filename="{filename}"'}
    return Response(parts(), mimetype="application/pdf", headers=headers)
