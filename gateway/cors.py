"""Cross-origin requests (https://fetch.spec.whatwg.org/#http-cors-protocol): web portals that live at another address.

Only the origins that the operator names may read answers. No credentials of the browser's are ever allowed: a portal
carries its token in ``Authorization``, so no foreign page can act in somebody's name (docs/decisions/0091).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from typing import Any

from shared.settings import Misconfigured

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
TAKEN = (
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "If-Range",
    "Last-Event-ID",
    "Range",
    "Sanggar-After",
    "Traceparent",
    "Tus-Resumable",
    "Upload-Checksum",
    "Upload-Length",
    "Upload-Metadata",
    "Upload-Offset",
    "X-Correlation-Id",
)
"""What a portal may send."""
SHOWN = (
    "Accept-Ranges",
    "Content-Disposition",
    "Content-Language",
    "Content-Range",
    "ETag",
    "Location",
    "Retry-After",
    "Sanggar-After",
    "Sanggar-File",
    "Tus-Checksum-Algorithm",
    "Tus-Extension",
    "Tus-Max-Size",
    "Tus-Resumable",
    "Tus-Version",
    "Upload-Expires",
    "Upload-Length",
    "Upload-Offset",
    "WWW-Authenticate",
    "X-Correlation-Id",
)
"""What of an answer's head a portal may read."""

# Browsers keep what a preflight said so many seconds, and at most two hours whatever we say.
_REMEMBERED = 7200
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?|https?://\[[0-9a-f:]+\](:[0-9]{1,5})?")

WSGI = Callable[..., Iterable[bytes]]


def origins(text: str) -> frozenset[str]:
    """The origins in a list between commas or blanks. Raises :class:`Misconfigured` for what is none, ``*`` too."""
    named = [word.lower() for word in text.replace(",", " ").split()]
    for name in named:
        if not _ORIGIN.fullmatch(name):
            raise Misconfigured(
                f"SANGGAR_CORS_ORIGINS: {name!r} is no origin; name each in full, such as https://portal.example.id"
            )
    return frozenset(named)


class CrossOrigin:
    """WSGI middleware that lets pages of these origins use ``/v1``; a preflight is answered here, without a token."""

    def __init__(self, app: WSGI, allowed: Collection[str]) -> None:
        self._app = app
        self._allowed = allowed

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not environ.get("PATH_INFO", "").startswith("/v1/"):
            return self._app(environ, start_response)
        origin = environ.get("HTTP_ORIGIN", "").lower()
        known = origin in self._allowed
        if environ["REQUEST_METHOD"] == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ:
            start_response("204 No Content", [("Vary", "Origin"), *(_permission(origin) if known else ())])
            return []

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            # Whoever asks: else a cache would hand one origin's answer to another.
            headers.append(("Vary", "Origin"))
            if known:
                headers += [
                    ("Access-Control-Allow-Origin", origin),
                    ("Access-Control-Expose-Headers", ", ".join(SHOWN)),
                ]
            return start_response(status, headers, exc_info)

        return self._app(environ, start)


def _permission(origin: str) -> Iterable[tuple[str, str]]:
    return (
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Allow-Methods", ", ".join(METHODS)),
        ("Access-Control-Allow-Headers", ", ".join(TAKEN)),
        ("Access-Control-Max-Age", str(_REMEMBERED)),
    )
