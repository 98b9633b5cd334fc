"""Calendars as the programs on people's phones fetch them: again and again, by an address that is all they know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from gateway import rpc, validation
from shared.contracts.scheduling import READ_CALENDAR, CalendarKey
from shared.errors import NotFound
from shared.ids import is_district

ICALENDAR: Mapping[str, Any] = {
    "content": {"text/calendar": {"schema": {"type": "string"}}},
    "headers": {"ETag": {"schema": {"type": "string"}, "description": "This state; `If-None-Match` takes it."}},
}
"""The answer as the OpenAPI document tells it."""

_ASKED = CalendarKey(only=("calendar_token",))
# What a program has is good for a while; then a short "not modified" will mostly do.
_SECONDS = 300


def read(token: str) -> Response:
    """The calendar behind a token. Raises :class:`NotFound`."""
    data = validation.checked(_ASKED, validation.parse_query(request.args, ()), {"calendar_token": token})
    data["district"] = token.partition("-")[0]
    if not is_district(data["district"]):
        raise NotFound("calendars.unknown_calendar")
    answer = rpc.call(READ_CALENDAR, data)
    response = Response(answer.body, mimetype="text/calendar")
    response.set_etag(answer.data["revision"])
    response.cache_control.private = True
    response.cache_control.max_age = _SECONDS
    response.headers["Content-Disposition"] = 'inline; filename="sanggar.ics"'
    response.make_conditional(request)
    return response
