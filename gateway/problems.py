"""Every answer that is not what was asked for, as ``application/problem+json`` (RFC 9457) in the reader's language."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from shared import logs
from shared.errors import Refusal, Text
from shared.texts import exists, render

log = logs.get(__name__)

STATUSES: dict[str, int] = {
    "malformed": 400,
    "unauthenticated": 401,
    "forbidden": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "timeout": 408,
    "conflict": 409,
    "in_progress": 409,
    "cursor_expired": 410,
    "stale": 412,
    "tus_version": 412,
    "too_large": 413,
    "address_too_long": 414,
    "unsupported_media_type": 415,
    "range_not_satisfiable": 416,
    "invalid": 422,
    "version_required": 428,
    "too_many": 429,
    "checksum_mismatch": 460,
    "fault": 500,
    "not_yet": 503,
    "outcome_unknown": 503,
    "unavailable": 503,
}
"""The HTTP status of each code."""

RETRY_AFTER: dict[str, int] = {"in_progress": 1, "not_yet": 1, "outcome_unknown": 1, "unavailable": 5, "too_many": 60}
"""Seconds to wait where the refusal itself names none."""

_OF_STATUS = {
    400: "malformed",
    404: "not_found",
    405: "method_not_allowed",
    408: "timeout",
    413: "too_large",
    414: "address_too_long",
    415: "unsupported_media_type",
    416: "range_not_satisfiable",
    428: "version_required",
    503: "unavailable",
}


class Problem(Exception):
    """A problem that no service speaks of, only a protocol of HTTP's."""

    def __init__(self, code: str, headers: Mapping[str, str] | None = None) -> None:
        self.code = code
        self.headers = dict(headers or {})
        super().__init__(code)


def problem(
    code: str,
    text: Text,
    *,
    fields: Mapping[str, Sequence[Text]] | None = None,
    retry_after: float | None = None,
    details: Mapping[str, Any] | None = None,
) -> Response:
    """One problem in the language of the request at hand; ``details`` are members of its own (RFC 9457, 3.2)."""
    language = g.record.language
    status = STATUSES[code]
    body: dict[str, Any] = {
        "type": f"/docs#problem-{code}",
        "title": render(Text(f"gateway.title_{code}"), language),
        "status": status,
        "detail": render(text, language),
        "code": code,
    }
    if fields:
        body["errors"] = {name: [render(each, language) for each in texts] for name, texts in fields.items()}
    body.update(details or {})
    body["correlation_id"] = g.record.correlation_id
    response = Response(json.dumps(body, ensure_ascii=False), status, mimetype="application/problem+json")
    wait = retry_after if retry_after is not None else RETRY_AFTER.get(code)
    if wait is not None:
        response.headers["Retry-After"] = str(max(1, ceil(wait)))
    if status == 401:
        presented = ', error="invalid_token"' if "Authorization" in request.headers else ""
        response.headers["WWW-Authenticate"] = f'Bearer realm="sanggar"{presented}'
    g.record.code = code
    return response


def of_refusal(refusal: Refusal) -> Response:
    """The problem that a refusal is."""
    return problem(
        refusal.code,
        refusal.text,
        fields=refusal.fields,
        retry_after=refusal.retry_after,
        details=refusal.details,
    )


def of_http(error: HTTPException) -> Response:
    """The problem that an exception of the framework is: an unknown route, a wrong method, a body too large."""
    status = error.code or 500
    if error.response is not None or status < 400:
        response: Any = error.get_response()
        return response
    code = _OF_STATUS.get(status, "malformed" if status < 500 else "fault")
    specific = f"gateway.detail_{code}"
    answer = problem(code, Text(specific if exists(specific) else f"common.{code}"))
    for name, value in error.get_headers():
        if name in ("Allow", "Content-Range", "Accept-Ranges"):
            answer.headers[name] = value
    return answer


def of_protocol(raised: Problem) -> Response:
    """The problem that a protocol asks for, with its headers."""
    answer = problem(raised.code, Text(f"gateway.detail_{raised.code}"))
    answer.headers.update(raised.headers)
    return answer


def of_fault(error: Exception) -> Response:
    """A fault of our own: told to the operators in full, to the caller as its correlation id alone."""
    log.exception("fault", path=str(request.url_rule), method=request.method, correlation_id=g.record.correlation_id)
    return problem("fault", Text("gateway.detail_fault"))


def register(app: Flask) -> None:
    """Turn everything that is raised in ``app`` into problems."""
    app.register_error_handler(Refusal, of_refusal)
    app.register_error_handler(Problem, of_protocol)
    app.register_error_handler(HTTPException, of_http)
    app.register_error_handler(Exception, of_fault)
