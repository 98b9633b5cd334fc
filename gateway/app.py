"""The composition root: ``create_app()`` puts the gateway together, and nothing of it exists before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask

from gateway import docs, health, observe, passwords, rpc
from gateway.api import audit, content, home, learning, membership, notification, personal, scheduling
from gateway.cors import CrossOrigin
from gateway.openapi import Api
from gateway.patience import PatientBodies
from gateway.rpc import Backend
from gateway.settings import Settings, from_environment
from shared import logs

SERVICES = (membership, scheduling, content, learning, notification, audit, personal, home)


class Gateway(Flask):
    """The Flask application, with what its worker process holds."""

    backend: Backend

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """There is nothing asynchronous here to look for, five times a request."""
        return func


def create_app(settings: Settings | None = None) -> Gateway:
    """The WSGI application, configured from the environment unless told otherwise.

    Opens no connection: a worker process does so once it runs. Raises :class:`shared.settings.Misconfigured`.
    """
    settings = settings or from_environment()
    logs.configure("gateway", settings.log_level)
    app = Gateway(__name__, static_folder=None)
    app.url_map.merge_slashes = False
    app.config["MAX_CONTENT_LENGTH"] = settings.largest_json
    app.backend = app.extensions[rpc.BACKEND] = Backend(settings)
    app.extensions[health.READINESS] = health.Readiness()
    api = Api(app, settings.public_url)
    for service in SERVICES:
        api.register_blueprint(service.api)
    app.register_blueprint(health.bp)
    app.register_blueprint(passwords.bp)
    docs.register(app, api)
    app.wsgi_app = PatientBodies(  # type: ignore[method-assign]
        app.wsgi_app, places=settings.body_places, silence=settings.body_silence
    )
    observe.register(app)
    if settings.cors_origins:
        app.wsgi_app = CrossOrigin(app.wsgi_app, settings.cors_origins)  # type: ignore[method-assign]
    return app
