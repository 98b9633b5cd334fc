"""Certificates for whoever holds one: the check, as a page or as JSON, the sealed PDF, and the check of a PDF."""

from __future__ import annotations

import re
from datetime import date
from functools import partial
from typing import Any

from flask import Response, g, request
from werkzeug.exceptions import UnsupportedMediaType

from gateway import pages, rpc, validation
from gateway.routes import answer_with
from gateway.settings import KIB
from shared import dates
from shared.contracts.scheduling import CHECK_CERTIFICATE, CHECK_PAPER, PRINT_CERTIFICATE, CertificateNumber
from shared.errors import NotFound, Text
from shared.ids import is_district
from shared.messaging.protocol import Answer
from shared.texts import render

PDF = {"application/pdf": {"schema": {"type": "string", "contentMediaType": "application/pdf"}}}

_ASKED = CertificateNumber(only=("number",))
_LARGEST = 256 * KIB
# Of a PDF's last line; the rest of it is scheduling's to judge.
_NUMBER = re.compile(rb"%Sanggar-Certificate ([0-9a-z]{4,5})-")


def check(number: str) -> Response:
    """The certificate of this number, as a page where a browser asks. Raises :class:`NotFound` to programs."""
    page = request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"
    try:
        # Chats and search engines add to addresses: a page heeds none of it.
        data = _asked(number, {} if page else validation.parse_query(request.args, ()))
        answer = rpc.call(CHECK_CERTIFICATE, data)
        response = _page(answer.data, 200) if page else answer_with(answer, 200)
    except NotFound:
        if not page:
            raise
        response = _page(None, 404)
        g.record.code = "not_found"
    response.headers["Vary"] = "Accept, Accept-Language"
    return response


def pdf(number: str) -> Response:
    """The sealed PDF. Raises :class:`NotFound`, and :class:`Conflict` for a certificate that counts no more."""
    printed = rpc.call(PRINT_CERTIFICATE, _asked(number, validation.parse_query(request.args, ())))
    headers = {"Content-Disposition": f'inline; filename="sertifikat-{printed.data["number"]}.pdf"'}
    return Response(printed.body, mimetype="application/pdf", headers=headers)


def check_paper() -> Response:
    """Whether the PDF in the body is genuine."""
    if request.mimetype != "application/pdf":
        raise UnsupportedMediaType
    validation.checked(CHECK_PAPER.takes(only=()), validation.parse_query(request.args, ()), {})
    request.max_content_length = _LARGEST
    paper = request.get_data(cache=False)
    found = _NUMBER.findall(paper)
    district = found[-1].decode() if found else ""
    if not is_district(district):
        return answer_with(Answer(_not_ours()), 200)
    return answer_with(rpc.call(CHECK_PAPER, {"district": district}, body=paper), 200)


def _not_ours() -> dict[str, Any]:
    """What no district's scheduling could say more of."""
    detail = render(Text("certificates.paper_not_ours"), g.record.language)
    return {"valid": False, "outcome": "not_ours", "detail": detail, "certificate": None}


def _asked(number: str, given: dict[str, Any]) -> dict[str, Any]:
    data = validation.checked(_ASKED, given, {"number": number})
    data["district"] = data["number"].partition("-")[0].lower()
    if not is_district(data["district"]):
        raise NotFound("certificates.unknown")
    return data


def _page(certificate: dict[str, Any] | None, status: int) -> Response:
    day = partial(_day, g.record.language)
    return pages.page("certificate", "certificates.", status, certificate=certificate, day=day)


def _day(language: str, day: str) -> str:
    return dates.plain(date.fromisoformat(day), language)
