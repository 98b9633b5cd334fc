"""Links: addresses that a browser opens by itself, with a token in the query string in place of a login."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import g

from gateway import rpc, validation
from shared.contracts.base import Operation
from shared.contracts.membership import OPEN_LINK
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


def admit(operation: Operation, given: dict[str, Any]) -> str | None:
    """Let the request pass as :func:`gateway.rpc.admit` does, unless a link's token is among what was ``given``: that
    is taken out, and :func:`enter` has it checked once the address is known to be sound."""
    token: str | None = given.pop("token", None)
    rpc.admit(operation if token is None else OPEN_LINK)
    return token


def enter(token: str | None, path: str) -> None:
    """With a link's token, ask from here on for whoever made that link to ``path`` (docs/decisions/0028); without one,
    for whoever was admitted. Raises :class:`NotFound` or :class:`shared.errors.Expired` for a link that opens nothing.
    """
    if token is not None:
        asked = {"district": district_of(token), "path": path}
        checked = validation.checked(OPEN_LINK.takes(), {"token": token}, asked)
        g.token = rpc.call(OPEN_LINK, checked).data["access_token"]
        g.record.district = asked["district"]
