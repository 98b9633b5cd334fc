"""The headers beside a request's data: correlation, language, keys, versions, and what the caller has seen."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from flask import Request, Response
from werkzeug.datastructures import LanguageAccept
from werkzeug.exceptions import PreconditionRequired
from werkzeug.http import parse_accept_header

from shared.errors import Invalid, Stale
from shared.ids import new_id
from shared.messaging.context import MOST_AFTER
from shared.texts import LANGUAGES

AFTER_HEADER = "Sanggar-After"
AFTER_COOKIE = "sanggar_after"
AFTER_SECONDS = 60
# The header and the cookie fit together into the 4 kB that proxies give an answer's head. What is cut off is the
# oldest, which a service's copies see before what came later from the same writer.
_LONGEST_AFTER = 1500

_CORRELATION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_TRACEPARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_KEY = re.compile(r"[!-~](?:[ -~]{0,198}[!-~])?")
_ETAG = re.compile(r'(?:W/)?"([0-9]{1,18})"')
_SEEN = re.compile(r"[!-}]{1,200}:[0-9]{1,18}")


def correlation_id(given: str) -> str:
    """The caller's ``X-Correlation-Id`` if it is sane, else a new one."""
    return given if _CORRELATION.fullmatch(given) else new_id()


def traceparent(request: Request) -> str | None:
    """The W3C trace context, if it is well formed."""
    given = request.headers.get("traceparent", "")
    return given if _TRACEPARENT.fullmatch(given) else None


@lru_cache(maxsize=256)
def language(accepts: str) -> str:
    """``en`` for whom English comes before Indonesian in this ``Accept-Language``, else ``id``."""
    return parse_accept_header(accepts, LanguageAccept).best_match(LANGUAGES, "id")


def user_agent(request: Request) -> str | None:
    """What the caller's device calls itself, at most 300 printable characters of it."""
    given = "".join(char for char in request.headers.get("User-Agent", "") if " " <= char <= "~").strip()
    return given[:300].strip() or None


def idempotency_key(request: Request) -> str | None:
    """The ``Idempotency-Key``: 1 to 200 printable characters. Raises :class:`Invalid`."""
    given = request.headers.get("Idempotency-Key")
    if given is not None and not _KEY.fullmatch(given):
        raise Invalid.field("Idempotency-Key", "gateway.bad_key")
    return given


def expected_version(request: Request) -> int:
    """The version that ``If-Match`` names.

    Raises ``PreconditionRequired`` (428) without the header, :class:`Stale` (412) for an ETag that was never ours.
    """
    given = request.headers.get("If-Match")
    if given is None:
        raise PreconditionRequired
    match = _ETAG.fullmatch(given.strip())
    if match is None:
        raise Stale("gateway.foreign_etag")
    return int(match[1])


def etag(version: int) -> str:
    """The ETag of a version."""
    return f'"{version}"'


def seen(request: Request) -> tuple[str, ...]:
    """What the caller must find in the answer: ``<district>/<subject>:<sequence>`` entries of header and cookie.

    A header that is not ours is refused with :class:`Invalid`; a cookie that is not ours is left aside, since its owner
    cannot see it.
    """
    given = request.headers.get(AFTER_HEADER)
    entries: list[str] = []
    if given:
        entries = given.split("~")
        if len(given) > _LONGEST_AFTER or not all(map(_SEEN.fullmatch, entries)):
            raise Invalid.field(AFTER_HEADER, "gateway.bad_after")
    if AFTER_COOKIE in request.environ.get("HTTP_COOKIE", ""):
        cookie = request.cookies.get(AFTER_COOKIE, "")
        if len(cookie) <= _LONGEST_AFTER:
            entries += filter(_SEEN.fullmatch, cookie.split("~"))
    return _newest(entries) if entries else ()


def tell_seen(response: Response, before: Iterable[str], written: Iterable[str], *, secure: bool) -> None:
    """Give the caller what this write made, joined to what was to be seen before it."""
    value = "~".join(_newest((*before, *written)))
    while len(value) > _LONGEST_AFTER:
        value = value.partition("~")[2]
    response.headers[AFTER_HEADER] = value
    response.set_cookie(
        AFTER_COOKIE, value, max_age=AFTER_SECONDS, path="/v1", httponly=True, samesite="Lax", secure=secure
    )


def _newest(entries: Iterable[str]) -> tuple[str, ...]:
    """The newest sequence of each subject, at most as many as a request may carry; the last written are kept."""
    newest: dict[str, int] = {}
    for entry in entries:
        subject, _, sequence = entry.rpartition(":")
        newest[subject] = max(int(sequence), newest.pop(subject, 0))
    return tuple(f"{subject}:{sequence}" for subject, sequence in list(newest.items())[-MOST_AFTER:])
