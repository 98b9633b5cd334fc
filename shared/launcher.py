"""Starts one service: ``python -m shared.launcher <service>``.

The nameko command line needs ``pkg_resources``, which fresh environments lack, and stops before workers have answered.
"""

from __future__ import annotations

# ruff: noqa: E402  # everything must be imported after the patch
import eventlet

eventlet.monkey_patch()

import importlib
import inspect
import os
import signal
import sys
import threading
from typing import Any

from eventlet import tpool
from nameko.runners import ServiceRunner

from shared import logs
from shared.contracts.words import SERVICES
from shared.settings import Misconfigured, Settings, from_environment

_STOP_SECONDS = 25
_log = logs.get(__name__)


def service_class(name: str) -> Any:
    """The nameko class of ``services/<name>/service.py``."""
    module = importlib.import_module(f"services.{name}.service")
    return next(cls for _, cls in inspect.getmembers(module, inspect.isclass) if getattr(cls, "name", None) == name)


def serve(service: Any, settings: Settings) -> None:
    """Run a nameko class until SIGTERM or SIGINT, then drain: what was begun is finished, the rest goes back."""
    logs.configure(service.name, settings.log_level)
    # Each real thread keeps the most that its work ever took, such as a hash's 19 MiB: no more of them than are of use.
    tpool.set_num_threads((os.cpu_count() or 1) + 2)
    runner = ServiceRunner({"settings": settings, "max_workers": settings.workers})
    runner.add_service(service)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    if settings.metrics_port:
        _serve_health(settings.metrics_host, settings.metrics_port)
    runner.start()
    _log.info("started")
    died = eventlet.spawn(runner.wait)
    died.link(lambda _: stopping.set())
    while not stopping.wait(0.2):
        pass
    if died.dead:
        died.wait()
    with eventlet.Timeout(_STOP_SECONDS, False):
        runner.stop()
        _log.info("stopped")
        return
    _log.warning("stopped before everything was drained")


def _serve_health(host: str, port: int) -> None:
    """Answer ``GET /live`` and ``GET /metrics`` for whoever watches the process."""
    from wsgiref.simple_server import WSGIRequestHandler, make_server

    from prometheus_client import make_wsgi_app

    metrics = make_wsgi_app()

    class Quiet(WSGIRequestHandler):
        def log_message(self, *args: Any) -> None:
            pass

    def app(environ: dict[str, Any], start_response: Any) -> Any:
        if environ["PATH_INFO"] == "/live":
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [b"ok\n"]
        return metrics(environ, start_response)

    server = make_server(host, port, app, handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def main() -> None:
    if len(sys.argv) != 2 or sys.argv[1] not in SERVICES:
        sys.exit(f"usage: python -m shared.launcher {{{'|'.join(SERVICES)}}}")
    try:
        serve(service_class(sys.argv[1]), from_environment())
    except Misconfigured as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
