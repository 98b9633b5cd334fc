"""The public page of a session, for whoever opens its address in a browser; programs get the same as JSON."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request

from gateway import pages, rpc, validation
from gateway.routes import answer_with
from shared.contracts.scheduling import READ_PUBLIC_SESSION, PublicSession
from shared.errors import NotFound
from shared.ids import is_district

_ASKED = PublicSession(only=("share_token",))
# Short, for a meeting may be moved or called off.
_CACHED = "public, max-age=60"


def public_session(token: str) -> Response:
    """The session behind a token, as a page or as JSON. Raises :class:`NotFound` to programs."""
    page = request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"
    try:
        response = _found(token, page)
    except NotFound:
        if not page:
            raise
        response = _page(None, 404)
        g.record.code = "not_found"
    response.headers["Cache-Control"] = _CACHED
    response.headers["Vary"] = "Accept, Accept-Language"
    return response


def _found(token: str, page: bool) -> Response:
    # Chats and search engines add to addresses: a page heeds none of it.
    given = {} if page else validation.parse_query(request.args, ())
    data = validation.checked(_ASKED, given, {"share_token": token})
    data["district"] = token.partition("-")[0]
    if not is_district(data["district"]):
        raise NotFound("scheduling.unknown_session")
    answer = rpc.call(READ_PUBLIC_SESSION, data)
    return _page(answer.data, 200) if page else answer_with(answer, 200)


def _page(session: dict[str, Any] | None, status: int) -> Response:
    return pages.page("session", "papers.page_", status, session=session)
