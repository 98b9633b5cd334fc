"""The audit log: what was done in the district, by whom, from where (API.md, "Membership")."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from flask import Response, request

from gateway import rpc, validation, which
from gateway.routes import Routes, answer_with
from shared.contracts.kernel import AuditFilter, export_audit, list_audit
from shared.messaging.protocol import Answer

api = Routes("audit", "gateway.about_audit")

_USUAL = "membership"
_SERVICE = which.parameter("Whose log to read: each service keeps its own.", usual=_USUAL)
_FILTER = AuditFilter()
_WHOLE = AuditFilter(exclude=["limit", "after"])


@api.special("GET /v1/audit", list_audit(_USUAL), parameters=(_SERVICE,))
def read_audit() -> Response:
    """A page of one service's audit log, the newest first."""
    given = validation.parse_query(request.args, ())
    service = which.service_of(given, usual=_USUAL)
    return answer_with(rpc.call(list_audit(service), validation.checked(_FILTER, given, {})), 200)


@api.special(
    "GET /v1/audit.csv",
    export_audit(_USUAL),
    parameters=(_SERVICE,),
    answer={"content": {"text/csv": {"schema": {"type": "string"}}}},
)
def export() -> Response:
    """All that the filter finds, as a file for a spreadsheet. The first piece is fetched before the answer begins, so
    that a refusal is told as one."""
    given = validation.parse_query(request.args, ())
    operation = export_audit(which.service_of(given, usual=_USUAL))
    data = validation.checked(_WHOLE, given, {})
    first = rpc.call(operation, data)
    follow = partial(rpc.backend().client.call, operation, context=rpc.circumstances(operation, keyed=False))
    headers = {"Content-Disposition": f"attachment; filename=audit-{operation.service}.csv"}
    return Response(_pieces(first, data, follow), content_type="text/csv; charset=utf-8", headers=headers)


def _pieces(first: Answer, data: dict[str, Any], follow: partial[Answer]) -> Iterator[bytes]:
    piece = first
    while True:
        yield piece.body
        if piece.data["next"] is None:
            return
        piece = follow({**data, "after": piece.data["next"]})
