"""Pages for people: whole by themselves; a phone fetches one thing, and nothing of it comes from elsewhere."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, g, render_template

from shared.errors import Text
from shared.texts import render

STILL = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""The content security policy of a page that only shows something."""


def page(template: str, words: str, status: int = 200, *, policy: str = STILL, **given: Any) -> Response:
    """A page in the reader's language. What the template asks ``say`` for stands in the texts under ``words`` and that
    name."""
    language = g.record.language
    said = render_template(template, language=language, say=partial(_say, language, words), **given)
    response = Response(said, status)
    response.headers["Content-Security-Policy"] = policy
    response.headers["Content-Language"] = language
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _say(language: str, words: str, key: str, **params: Any) -> str:
    return render(Text(f"{words}{key}", params), language)
