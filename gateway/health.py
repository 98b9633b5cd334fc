"""What watches the gateway from outside asks: ``/live``, ``/ready`` and ``/metrics``."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import prometheus_client
from flask import Blueprint, Response, current_app
from prometheus_client import multiprocess

from gateway import rpc
from gateway.routes import dumps
from shared.contracts.kernel import ping
from shared.contracts.words import SERVICES
from shared.errors import Refusal
from shared.ids import new_id
from shared.messaging.context import CallContext
from shared.messaging.rpc_client import RpcClient

bp = Blueprint("health", __name__)
_BELIEVED = 1.0
_NO_DATABASE = "database away"
READINESS = "sanggar.readiness"


@bp.get("/live")
def live() -> Response:
    """This process answers; nothing is asked of anybody else."""
    return Response("ok\n", mimetype="text/plain")


@bp.get("/ready")
def ready() -> Response:
    """Each dependency by name, ``ok`` or ``away`` (``unknown`` where nobody could say); 503 unless all are well. What
    was found holds for a second."""
    backend = rpc.backend()
    readiness: Readiness = current_app.extensions[READINESS]
    found = readiness.of(backend.client, backend.settings.ready_deadline)
    status = 200 if all(state == "ok" for state in found.values()) else 503
    answer = {"status": "ready" if status == 200 else "not_ready", "dependencies": found}
    response = Response(dumps(answer), status, mimetype="application/json")
    if status == 503:
        response.headers["Retry-After"] = "1"
    return response


@bp.get("/metrics")
def metrics() -> Response:
    """The figures of all worker processes, in Prometheus' form. nginx does not pass this on to the public."""
    registry = prometheus_client.REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = prometheus_client.CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)
    return Response(prometheus_client.generate_latest(registry), content_type=prometheus_client.CONTENT_TYPE_LATEST)


class Readiness:
    """What was last found of the dependencies, asked anew after a second, by one thread at a time."""

    def __init__(self) -> None:
        self._asking = threading.Lock()
        self._found: dict[str, str] = {}
        self._until = 0.0

    def of(self, client: RpcClient, deadline: float) -> dict[str, str]:
        with self._asking:
            if time.monotonic() >= self._until:
                self._found = _check(client, deadline)
                self._until = time.monotonic() + _BELIEVED
            return self._found


def _check(client: RpcClient, deadline: float) -> dict[str, str]:
    """The broker, the database as the services find it, and each service; all are asked at once."""
    if not client.ready(deadline):
        return {"broker": "away", "database": "unknown", **dict.fromkeys(SERVICES, "unknown")}
    with ThreadPoolExecutor(len(SERVICES)) as pool:
        states = list(pool.map(lambda service: _ping(client, service, deadline), SERVICES))
    return {"broker": "ok", "database": _database(states), **dict(zip(SERVICES, states, strict=True))}


def _database(states: Collection[str]) -> str:
    """The worst that a service says of the database; those that are away say nothing of it."""
    if _NO_DATABASE in states:
        return "away"
    return "ok" if "ok" in states else "unknown"


def _ping(client: RpcClient, service: str, deadline: float) -> str:
    try:
        health: Any = client.call(ping(service), {}, CallContext(new_id()), timeout=deadline).data
    except Refusal:
        return "away"
    return "ok" if health.get("database") else _NO_DATABASE
