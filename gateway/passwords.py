"""Where the QR code of an activation card and the link in a letter lead: pages on which people choose their password.

The code stands in the address' fragment, which browsers keep to themselves; the page's script hands it to the API with
the password, and keeps nothing of the answer (docs/decisions/0026).
"""

from __future__ import annotations

from flask import Blueprint, Response

from gateway import pages

bp = Blueprint("passwords", __name__)


@bp.get("/aktivasi")
def activation() -> Response:
    """For whoever holds an activation card."""
    return _page("activate", "/v1/auth/activate")


@bp.get("/reset")
def reset() -> Response:
    """For whoever was sent a letter because they forgot their password."""
    return _page("reset", "/v1/auth/reset/confirm")


def _page(kind: str, operation: str) -> Response:
    return pages.page("password", "passwords.", script="password.js", kind=kind, operation=operation)
