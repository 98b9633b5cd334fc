"""What is known of each request from outside: its correlation id, its line in the access log, its figures.

This is WSGI middleware and writes its lines by itself: in Flask's hooks, and through the logging library, the same took
a quarter of a request's time.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import cache
from typing import Any

from flask import Flask, g, request
from prometheus_client import Counter, Histogram

from gateway import conditions

REQUESTS = Counter("sanggar_http_requests_total", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram(
    "sanggar_http_request_seconds",
    "Time from the request's head to the answer's.",
    ["route"],
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10),
)

_RECORD = "sanggar.record"
_UNLOGGED = frozenset(("/live", "/ready", "/metrics"))
_HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
)

WSGI = Callable[..., Iterable[bytes]]


class Record:
    """One request, as its log line will tell of it. ``route`` is the template, never the address itself."""

    __slots__ = ("code", "correlation_id", "district", "language", "method", "route")

    def __init__(self, environ: dict[str, Any]) -> None:
        self.correlation_id = conditions.correlation_id(environ.get("HTTP_X_CORRELATION_ID", ""))
        self.language = conditions.language(environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        self.method = "other"
        self.route = "unknown"
        self.district: str | None = None
        self.code: str | None = None


def register(app: Flask) -> None:
    """Observe every request of ``app``; its views find the request's :class:`Record` as ``g.record``."""
    app.before_request(_recognise)
    app.wsgi_app = _Observed(app.wsgi_app)  # type: ignore[method-assign]


def _recognise() -> None:
    g.record = record = request.environ[_RECORD]
    if request.url_rule is not None:
        record.route = request.url_rule.rule
        record.method = request.method


class _Observed:
    def __init__(self, app: WSGI) -> None:
        self._app = app
        self._logs = logging.getLogger(__name__).isEnabledFor(logging.INFO)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        started = time.perf_counter()
        record = environ[_RECORD] = Record(environ)

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            present = {name for name, _ in headers}
            headers += [pair for pair in _HEADERS if pair[0] not in present]
            headers.append(("X-Correlation-Id", record.correlation_id))
            if "Content-Language" not in present:
                headers.append(("Content-Language", record.language))
            headers.append(("Vary", "Accept-Language"))
            self._tell(record, int(status[:3]), time.perf_counter() - started)
            return start_response(status, headers, exc_info)

        return self._app(environ, start)

    def _tell(self, record: Record, status: int, seconds: float) -> None:
        _counter(record.method, record.route, status).inc()
        _histogram(record.route).observe(seconds)
        if self._logs and record.route not in _UNLOGGED:
            line = {
                "method": record.method,
                "route": record.route,
                "status": status,
                "code": record.code,
                "ms": round(seconds * 1000, 1),
                "district": record.district,
                "correlation_id": record.correlation_id,
                "service": "gateway",
                "level": "info",
                "timestamp": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
                "message": "request",
            }
            sys.stdout.write(json.dumps(line) + "\n")
            sys.stdout.flush()


@cache
def _counter(method: str, route: str, status: int) -> Counter:
    return REQUESTS.labels(method, route, status)


@cache
def _histogram(route: str) -> Histogram:
    return SECONDS.labels(route)
