"""What is known of each request from outside: its correlation id, its line in the access log, its figures."""

from __future__ import annotations

import time

from flask import Flask, Response, g, request
from prometheus_client import Counter, Histogram

from gateway import conditions
from shared import logs

REQUESTS = Counter("sanggar_http_requests_total", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram(
    "sanggar_http_request_seconds",
    "Time from the request's head to the answer's.",
    ["route"],
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10),
)

_log = logs.get("gateway.access")
_UNLOGGED = ("/live", "/ready", "/metrics")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def register(app: Flask) -> None:
    """Observe every request of ``app``."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.started = time.perf_counter()
    g.correlation_id = conditions.correlation_id(request)
    g.language = conditions.language(request)


def _end(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if "started" not in g:
        return response
    response.headers["X-Correlation-Id"] = g.correlation_id
    response.headers["Content-Language"] = g.language
    response.headers.add("Vary", "Accept-Language")
    seconds = time.perf_counter() - g.started
    route = request.url_rule.rule if request.url_rule else "unknown"
    method = request.method if request.url_rule else "other"
    REQUESTS.labels(method, route, response.status_code).inc()
    SECONDS.labels(route).observe(seconds)
    if route not in _UNLOGGED:
        caller = g.get("caller")
        _log.info(
            "request",
            method=method,
            route=route,
            status=response.status_code,
            code=g.get("code"),
            ms=round(seconds * 1000, 1),
            district=caller.district if caller else None,
            correlation_id=g.correlation_id,
        )
    return response
