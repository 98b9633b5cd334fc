"""Pages for people: whole by themselves; a phone fetches one thing, and nothing of it comes from elsewhere."""

from __future__ import annotations

from base64 import b64encode
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Response, g, render_template

from shared.errors import Text
from shared.texts import render

_STATIC = Path(__file__).parent / "static"
_COMMON = "page.css"


def page(name: str, words: str, status: int = 200, *, script: str = "", **given: Any) -> Response:
    """A page in the reader's language: the template ``name`` in the style of that name, with a ``script`` from among
    our own files if it needs one. What the template asks ``say`` for stands in the texts under ``words`` and that name.

    The browser takes no other style and no other script, whatever anybody wrote into what the page shows.
    """
    language = g.record.language
    style, runs = _asset(_COMMON) + _asset(f"{name}.css"), _asset(script) if script else ""
    said = render_template(
        f"{name}.html", language=language, say=partial(_say, language, words), style=style, script=runs, **given
    )
    response = Response(said, status)
    response.headers["Content-Security-Policy"] = _policy(style, runs)
    response.headers["Content-Language"] = language
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _policy(style: str, script: str) -> str:
    """Only what has a script asks our own address for anything."""
    active = f"script-src '{_digest(script)}'; connect-src 'self'; " if script else ""
    return (
        f"default-src 'none'; {active}style-src '{_digest(style)}'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


@cache
def _asset(name: str) -> str:
    return (_STATIC / name).read_text("utf-8")


@cache
def _digest(inline: str) -> str:
    """What the policy calls a script or style that stands in the page (CSP 3, section 2.3.1)."""
    return f"sha256-{b64encode(sha256(inline.encode()).digest()).decode()}"


def _say(language: str, words: str, key: str, **params: Any) -> str:
    return render(Text(f"{words}{key}", params), language)
