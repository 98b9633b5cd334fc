"""Calls to the services: one RPC client a worker process, and the circumstances of the request at hand."""

from __future__ import annotations

import threading
from typing import Any

from flask import current_app, g, request

from gateway import auth, conditions
from gateway.settings import Settings
from shared.contracts.base import Command, Operation
from shared.identity import Verifier
from shared.ids import new_id
from shared.messaging.context import CallContext
from shared.messaging.protocol import Answer
from shared.messaging.rpc_client import RpcClient

BACKEND = "sanggar.backend"


class Backend:
    """What a worker process holds for all of its requests. Nothing is opened before the first call, so that it may be
    made before gunicorn forks."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.verifier = Verifier.from_file(settings.verify_keys)
        self._client: RpcClient | None = None
        self._opening = threading.Lock()

    @property
    def client(self) -> RpcClient:
        """The client of this process."""
        if self._client is None:
            with self._opening:
                if self._client is None:
                    self._client = RpcClient(self.settings.amqp_uri)
        return self._client

    def open(self) -> None:
        """Meet the broker now; if it is away, the first call tries again."""
        self.client.ready()

    def close(self) -> None:
        """Let go of the broker; calls that still wait fail."""
        if self._client is not None:
            self._client.close()


def backend() -> Backend:
    """The backend of the application at hand."""
    found: Backend = current_app.extensions[BACKEND]
    return found


def settings() -> Settings:
    """The settings of the application at hand."""
    return backend().settings


def admit(operation: Operation) -> None:
    """Let the request pass: whoever calls an operation that is not public holds a good token, and its headers are sane.

    Raises :class:`shared.errors.Unauthenticated` and :class:`shared.errors.Invalid`.
    """
    if not operation.public:
        g.token, caller = auth.authenticate(backend().verifier, request)
        g.record.district = caller.district
    g.seen = conditions.seen(request)
    # Every command has a key, so that one whose service died under it is not done twice (docs/decisions/0007).
    g.key = (conditions.idempotency_key(request) or new_id()) if isinstance(operation, Command) else None


def call(operation: Operation, data: dict[str, Any], *, body: bytes | None = None, keyed: bool = True) -> Answer:
    """Ask a service, on behalf of the caller. ``keyed=False`` leaves the idempotency key out, for pieces of a larger
    whole that may be repeated by themselves.

    Raises the :class:`shared.errors.Refusal` that the service answers, or ``Unavailable`` and ``OutcomeUnknown``.
    """
    return backend().client.call(operation, data, circumstances(keyed=keyed), body=body)


def circumstances(*, keyed: bool) -> CallContext:
    """What goes along with a call from the request at hand."""
    return CallContext(
        correlation_id=g.record.correlation_id,
        token=g.get("token"),
        idempotency_key=g.key if keyed else None,
        after=g.seen,
        language=g.record.language,
        traceparent=conditions.traceparent(request),
    )
