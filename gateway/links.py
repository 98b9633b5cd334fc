"""Links: addresses that a browser opens by itself, with a token in the query string in place of a login."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.errors import Invalid
from shared.ids import is_district

TOKEN: Mapping[str, Any] = {
    "name": "token",
    "in": "query",
    "schema": {"type": "string"},
    "description": "Of a link, in place of a login.",
}
"""The parameter as the OpenAPI document tells it."""


def district_of(token: str) -> str:
    """The district that a link's token begins with. Raises :class:`Invalid`."""
    district = token.partition("-")[0]
    if not is_district(district):
        raise Invalid.field("token", "gateway.not_a_link")
    return district
