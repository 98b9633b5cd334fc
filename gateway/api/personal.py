"""What people may ask about their own data (UU PDP 27/2022): an archive, to be erased, and the receipt of that."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from flask import Response, g, request, stream_with_context

from gateway import archive, links, rpc, validation
from gateway.routes import Routes
from shared.contracts import membership as m
from shared.contracts.content import READ_FILE
from shared.contracts.kernel import read_part
from shared.contracts.words import SERVICES
from shared.errors import NotFound
from shared.ids import is_district

api = Routes("personal", "gateway.about_personal")


def _district_of_receipt(given: dict[str, Any]) -> str:
    """The district that a receipt begins with. Raises :class:`NotFound`."""
    district = str(given["receipt"]).partition("-")[0]
    if not is_district(district):
        raise NotFound("personal.no_receipt")
    return district


api.expose("POST /v1/me/export", m.REQUEST_EXPORT, status=202)
api.expose("GET /v1/me/export/<export_id>", m.GET_EXPORT)
api.expose("POST /v1/me/export/<export_id>/archive/link", m.LINK_EXPORT)

api.expose("POST /v1/me/erasure", m.REQUEST_ERASURE, status=202)
api.expose("GET /v1/me/erasure", m.GET_MY_ERASURE)
api.expose("DELETE /v1/me/erasure", m.WITHDRAW_ERASURE)
api.expose("GET /v1/erasures", m.LIST_ERASURES)
api.expose("GET /v1/erasures/<erasure_id>", m.GET_ERASURE)
api.expose("POST /v1/erasures/<erasure_id>/refuse", m.REFUSE_ERASURE)
# In the body, not in the address: whoever has the receipt may read it, and addresses are written into logs.
api.expose("POST /v1/erasures/receipt", m.READ_RECEIPT, fill={"district": _district_of_receipt})

_EXPORT = m.ExportKey()
_ZIP = {"content": {"application/zip": {"schema": {"type": "string", "contentMediaType": "application/zip"}}}}


@api.special(
    "GET /v1/me/export/<export_id>/archive.zip",
    m.DOWNLOAD_EXPORT,
    parameters=(links.TOKEN,),
    answer=_ZIP,
    admit=False,
)
def download_export(export_id: str) -> Response:
    """All parts as one zip, for whoever holds a token or a link. They are fetched before the answer begins, the
    uploaded files while it is sent."""
    given = validation.parse_query(request.args, ())
    token = links.admit(m.DOWNLOAD_EXPORT, given)
    key = validation.checked(_EXPORT, given, {"export_id": export_id})
    links.enter(token, request.path)
    pieces = rpc.call(m.DOWNLOAD_EXPORT, key).data["pieces"]
    parts = [_part(service, export_id, pieces[service]) for service in SERVICES]
    zipped = archive.stream(archive.entries(parts, g.record.language, _reader()))
    headers = {"Content-Disposition": "attachment; filename=data-saya.zip"}
    return Response(stream_with_context(zipped), content_type="application/zip", headers=headers)


def _part(service: str, export_id: str, pieces: int) -> dict[str, Any]:
    asked = ({"export_id": export_id, "number": number} for number in range(pieces))
    part: dict[str, Any] = json.loads(b"".join(rpc.call(read_part(service), each).body for each in asked))
    return part


def _reader() -> Callable[[str], Iterator[bytes]]:
    """Reads a file of the caller's, a piece a call; it takes along what it needs of the request at hand."""
    call = partial(rpc.backend().client.call, READ_FILE, context=rpc.circumstances(READ_FILE, keyed=False))

    def read(file_id: str) -> Iterator[bytes]:
        offset: int | None = 0
        while offset is not None:
            answer = call({"file_id": file_id, "offset": offset})
            yield answer.body
            offset = answer.data["next"]

    return read
