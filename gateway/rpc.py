"""Calls to the services: one RPC client a worker process, and the circumstances of the request at hand."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Any

from flask import current_app, g, request

from gateway import auth, conditions, origin
from gateway.settings import Settings
from shared.contracts.base import Command, Operation
from shared.errors import Refusal
from shared.identity import Verifier
from shared.ids import new_id
from shared.messaging.context import CallContext
from shared.messaging.protocol import Answer
from shared.messaging.rpc_client import Asked, RpcClient

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
    g.key = _key(operation) if isinstance(operation, Command) else None


def _key(command: Command) -> str | None:
    """The caller's idempotency key, else one of our own: a command whose service died under it is not done twice
    (docs/decisions/0007), unless that does no harm."""
    return conditions.idempotency_key(request) or (None if command.repeatable else new_id())


def call(operation: Operation, data: dict[str, Any], *, body: bytes | None = None, keyed: bool = True) -> Answer:
    """Ask a service, on behalf of the caller. ``keyed=False`` leaves the idempotency key out, for pieces of a larger
    whole that may be repeated by themselves.

    Raises the :class:`shared.errors.Refusal` that the service answers, or ``Unavailable`` and ``OutcomeUnknown``.
    """
    return backend().client.call(operation, data, circumstances(operation, keyed=keyed), body=body)


def call_all(asked: Sequence[tuple[Operation, dict[str, Any]]], timeout: float) -> list[Answer | Refusal]:
    """Ask several services at the same time, on behalf of the caller, and wait ``timeout`` seconds for all together.
    What each answers or refuses, in the order asked; a refusal is returned, not raised."""
    deadline = time.monotonic() + timeout
    begun = [_begun(operation, data, timeout) for operation, data in asked]
    return [each if isinstance(each, Refusal) else _outcome(each, deadline) for each in begun]


def _begun(operation: Operation, data: dict[str, Any], timeout: float) -> Asked | Refusal:
    try:
        context = circumstances(operation, keyed=False)
        return backend().client.begin(operation, data, context, timeout=timeout)
    except Refusal as refusal:
        return refusal


def _outcome(asked: Asked, deadline: float) -> Answer | Refusal:
    try:
        return asked.answer(deadline)
    except Refusal as refusal:
        return refusal


def circumstances(operation: Operation, *, keyed: bool) -> CallContext:
    """What goes along with a call from the request at hand; where it came from, if the operation is audited."""
    return CallContext(
        correlation_id=g.record.correlation_id,
        token=g.get("token"),
        idempotency_key=g.key if keyed else None,
        after=g.seen,
        language=g.record.language,
        traceparent=conditions.traceparent(request),
        address=origin.address_of(request, settings().trusted_proxies) if operation.audited else None,
    )
