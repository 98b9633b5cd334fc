"""Where the QR code of an activation card and the link in a letter lead: pages on which people choose their password.

The code stands in the address' fragment, which browsers keep to themselves; the page's script hands it to the API with
the password, and keeps nothing of the answer (docs/decisions/0026).
"""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Response

from gateway import pages

bp = Blueprint("passwords", __name__)

_STATIC = Path(__file__).parent / "static"


@bp.get("/aktivasi")
def activation() -> Response:
    """For whoever holds an activation card."""
    return _page("activate", "/v1/auth/activate")


@bp.get("/reset")
def reset() -> Response:
    """For whoever was sent a letter because they forgot their password."""
    return _page("reset", "/v1/auth/reset/confirm")


def _page(kind: str, operation: str) -> Response:
    script, style = _asset("password.js"), _asset("password.css")
    policy = (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return pages.page(
        "password.html", "passwords.", policy=policy, kind=kind, operation=operation, script=script, style=style
    )


@cache
def _asset(name: str) -> str:
    return (_STATIC / name).read_text("utf-8")


@cache
def _digest(inline: str) -> str:
    """What the policy calls a script or style that stands in the page (CSP 3, section 2.3.1)."""
    return f"sha256-{b64encode(sha256(inline.encode()).digest()).decode()}"
