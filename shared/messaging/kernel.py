"""The kernel as nameko sees it: a dependency that runs inbox, relay and jobs, and entrypoints for commands and queries.

Everything that touches nameko stands here. Its own RPC and event entrypoints lose, double or wait for ever under faults
that DESIGN 5 lists; what is used of it are the container, the worker pool and the life cycle.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import amqp
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import DependencyProvider, Entrypoint, SharedExtension, register_entrypoint

from shared import logs
from shared.contracts import kernel as contracts
from shared.contracts.base import Command, Event, Operation, Query, write
from shared.contracts.events import EVENTS
from shared.errors import NotFound, Refusal, Unavailable
from shared.identity import Verifier
from shared.messaging import eventlog, housekeeping, protocol, snapshots, topology
from shared.messaging.context import read_headers
from shared.messaging.copies import Copies
from shared.messaging.desk import Desk, Request
from shared.messaging.envelope import Received
from shared.messaging.inbox import Inbox
from shared.messaging.jobs import Job, JobRunner
from shared.messaging.lease import Lease
from shared.messaging.protocol import Answer
from shared.messaging.relay import Relay
from shared.messaging.rollcall import RollCall
from shared.messaging.unit_of_work import SystemWork, Transaction, Transactor, Work
from shared.messaging.wire import Delivery, Outgoing, Publisher, Wire, WireLost
from shared.mongo import Store, SystemStore, connect
from shared.policy import Policy, operator
from shared.settings import Settings

_RECONNECT_SECONDS = 1.0
_DRAIN_SECONDS = 20.0
_REACTS_TO = "__sanggar_reacts_to__"
_RUNS_EVERY = "__sanggar_runs_every__"
_log = logs.get(__name__)


# --- what a service class is written with


def command(operation: Command) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The method answers this command: ``method(self, work, order)``, in one transaction."""
    return _operation(operation)


def query(operation: Query) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The method answers this query: ``method(self, work, order)``."""
    return _operation(operation)


def on(*events: Event) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The method reacts to these events, exactly once each: ``method(self, work, event)``.

    Replays are not shown to it.
    """

    def mark(method: Callable[..., Any]) -> Callable[..., Any]:
        setattr(method, _REACTS_TO, events)
        return method

    return mark


def every(*, seconds: float, name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The method runs every so many seconds in one replica: ``method(self, work)`` with a :class:`SystemWork`.

    It returns a true value when more waits to be done at once; ``work.wake(name)`` runs it right after a commit.
    """

    def mark(method: Callable[..., Any]) -> Callable[..., Any]:
        setattr(method, _RUNS_EVERY, (name, seconds))
        return method

    return mark


def offload(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Run what is heavy on the CPU (hashing, parsing) in a real thread, so that the event loop goes on."""
    import eventlet.patcher

    if not eventlet.patcher.is_monkey_patched("thread"):
        return function(*args, **kwargs)
    import eventlet.tpool

    return eventlet.tpool.execute(function, *args, **kwargs)


def _operation(operation: Operation) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def decorate(method: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(method)
        def answer(service: Any, desk: Desk, request: Request) -> Answer | Refusal:
            return desk.answer(replace(request, handler=functools.partial(method, service)))

        register_entrypoint(answer, RpcEntrypoint(operation))
        return answer

    return decorate


# --- the parts under nameko's life cycle


class Kernel(DependencyProvider):  # type: ignore[misc]  # nameko has no types
    """The kernel of one service: its store, its policy table, and the sources of the subjects it owns."""

    def __init__(self, store: type[Store], policy: Policy, sources: Sequence[snapshots.Source] = ()) -> None:
        self.store_cls = store
        self.policy = policy
        self.sources = tuple(sources)

    def setup(self) -> None:
        settings: Settings = self.container.config["settings"]
        self.settings = settings
        self.service: str = self.container.service_name
        self.client = connect(settings.mongo_uri, self.service)
        self.database = self.client[settings.database(self.service)]
        self.system = SystemStore(self.database, self.store_cls)
        self._roll = RollCall(self.client, self.database, settings.lease_seconds)
        self.transactor = Transactor(self.client, self.database, self._roll.note)
        self.copies = Copies(self.store_cls)
        self.replies = Publisher(settings.amqp_uri, f"{self.service}.replies", confirms=False)
        self._events = Publisher(settings.amqp_uri, f"{self.service}.events", confirms=True)
        self._retries = Publisher(settings.amqp_uri, f"{self.service}.retries", confirms=True)
        log = contracts.list_events(self.service)
        self.desk = Desk(
            self.database,
            self.store_cls,
            self.policy.including({log: operator}),
            self.transactor,
            self.copies,
            Verifier.from_file(settings.verify_keys),
            self.container.max_workers,
        )
        self._inbox = Inbox(
            self.service,
            settings,
            self.client,
            self.system,
            self.copies,
            self._reactions(),
            self.transactor,
            self._retries,
        )
        # The relay's own transactor: what it commits must not wake it.
        relaying = Transactor(self.client, self.database, self._roll.note)
        self._relay = Relay(self.service, relaying, self.system, self.sources, self._events, settings.lease_seconds)
        self._jobs = {job.name: self._runner(job) for job in self._declared_jobs()}
        self.transactor.committed.append(self._after_commit)

    def get_dependency(self, worker_ctx: Any) -> Kernel:
        """What ``self.kernel`` is in the methods of a service: its ``settings`` are there."""
        return self

    def start(self) -> None:
        jobs = [runner.run for runner in self._jobs.values()]
        for run in (self._roll.run, self._inbox.run, self._relay.run, *jobs):
            self.container.spawn_managed_thread(run)

    def stop(self) -> None:
        self._inbox.stop(_DRAIN_SECONDS)
        for runner in self._jobs.values():
            runner.stop(_DRAIN_SECONDS)
        self._relay.stop(_DRAIN_SECONDS)
        self._roll.stop(_DRAIN_SECONDS)
        for publisher in (self.replies, self._events, self._retries):
            publisher.close()
        self.client.close()

    def list_events(self, work: Work, order: dict[str, Any]) -> dict[str, Any]:
        """The kernel's own query: the public event log of the caller's district."""
        work.allow()
        scopes = work.caller.scopes if work.caller else None
        return eventlog.read_page(
            self.system,
            snapshots.by_subject(self.sources),
            work.district,
            after=order["after"],
            limit=order["limit"],
            types=order["types"],
            personal=scopes is None or "people:read" in scopes,
        )

    def _instance(self) -> Any:
        """An instance of the service for what no worker of nameko's runs: reactions and jobs."""
        service = self.container.service_cls()
        setattr(service, self.attr_name, self)
        return service

    def _reactions(self) -> dict[str, list[Callable[[Work, Received], None]]]:
        service = self._instance()
        reactions: dict[str, list[Callable[[Work, Received], None]]] = {}
        for name in dir(type(service)):
            for event in getattr(getattr(type(service), name), _REACTS_TO, ()):
                if event.type not in EVENTS or self.service not in event.subscribers:
                    raise TypeError(f"{self.service} reacts to {event.type} but does not subscribe to it")
                reactions.setdefault(event.type, []).append(getattr(service, name))
        return reactions

    def _declared_jobs(self) -> list[Job]:
        service = self._instance()
        jobs = [Job("housekeeping", housekeeping.EVERY_SECONDS, housekeeping.run_once)]
        for name in dir(type(service)):
            declared = getattr(getattr(type(service), name), _RUNS_EVERY, None)
            if declared is not None:
                jobs.append(Job(declared[0], declared[1], getattr(service, name)))
        return jobs

    def _runner(self, job: Job) -> JobRunner:
        work = SystemWork(self.system, self.transactor, self._wake)
        return JobRunner(job, Lease(self.database, f"job.{job.name}", self.settings.lease_seconds), work)

    def _wake(self, job: str) -> None:
        self._jobs[job].wake()

    def _after_commit(self, transaction: Transaction) -> None:
        if transaction.events:
            self._relay.wake()
        for job in transaction.wakes:
            self._wake(job)


class RpcServer(SharedExtension):  # type: ignore[misc]
    """Receives a service's requests and sends its answers.

    A request is settled once it is answered, so one whose process died is answered by the next process; commands
    carry an idempotency key, and a request that nobody waits for any more has expired.
    """

    def __init__(self) -> None:
        self._entrypoints: dict[str, RpcEntrypoint] = {}
        self._wire: Wire | None = None
        self._stopping = threading.Event()

    @functools.cached_property
    def _kernel(self) -> Kernel:
        return next(dependency for dependency in self.container.dependencies if isinstance(dependency, Kernel))

    def serve(self, entrypoint: RpcEntrypoint) -> None:
        if entrypoint.operation not in self._kernel.policy:
            raise TypeError(f"the policy of {self.container.service_name} has no line for {entrypoint.operation.name}")
        self._entrypoints[entrypoint.operation.name] = entrypoint

    def start(self) -> None:
        self.container.spawn_managed_thread(self._run)

    def drain(self) -> None:
        """Take no new requests; those at hand are answered by the container's workers."""
        if not self._stopping.is_set():
            self._stopping.set()
            if self._wire is not None:
                self._wire.cancel()

    def stop(self) -> None:
        if self._wire is not None:
            self._wire.close()

    def _run(self) -> None:
        while not self._stopping.is_set():
            lost = threading.Event()
            try:
                self._wire = Wire(self._kernel.settings.amqp_uri, f"{self._kernel.service}.requests")
                self._wire.when_lost(lost.set)
                queue = topology.rpc_name(self._kernel.service)
                self._wire.consume(queue, self._receive, prefetch=self.container.max_workers)
                self._wire.start()
            except (WireLost, OSError, amqp.exceptions.AMQPError) as error:
                _log.warning("cannot take requests yet", error=type(error).__name__)
                self._stopping.wait(_RECONNECT_SECONDS)
                continue
            while not lost.is_set() and not self._stopping.is_set():
                lost.wait(0.5)

    def _receive(self, delivery: Delivery) -> None:
        """Runs on the reader: decode, and hand on to a worker. A message that cannot be answered is dropped."""
        reply_to = delivery.properties.get("reply_to")
        if not isinstance(reply_to, str) or not reply_to or self._stopping.is_set():
            delivery.reject(requeue=self._stopping.is_set())
            return
        try:
            request, entrypoint = self._request(delivery)
        except Refusal as refusal:
            self._reply(delivery, refusal)
            return
        if entrypoint is None:
            self.container.spawn_managed_thread(functools.partial(self._answer_ourselves, delivery, request))
            return
        try:
            self.container.spawn_worker(
                entrypoint,
                (self._kernel.desk, request),
                {},
                handle_result=functools.partial(self._handle_result, delivery),
            )
        except ContainerBeingKilled:
            delivery.reject(requeue=True)

    def _request(self, delivery: Delivery) -> tuple[Request, RpcEntrypoint | None]:
        context, left_ms = read_headers(delivery.headers)
        if len(delivery.body) > protocol.MOST_REQUEST:
            raise Unavailable()
        try:
            fields, body = protocol.decode(
                delivery.body, delivery.headers, str(delivery.properties.get("content_type"))
            )
        except protocol.BadRequest:
            raise Unavailable() from None
        name = str(delivery.properties.get("type"))
        own = {
            contracts.ping(self._kernel.service).name: contracts.ping(self._kernel.service),
            contracts.list_events(self._kernel.service).name: contracts.list_events(self._kernel.service),
        }
        entrypoint = self._entrypoints.get(name)
        if entrypoint is None and name not in own:
            raise NotFound()
        operation = entrypoint.operation if entrypoint is not None else own[name]
        left = operation.deadline if left_ms is None else min(left_ms / 1000, operation.deadline)
        return Request(operation, self._kernel.list_events, fields, body, context, left), entrypoint

    def _answer_ourselves(self, delivery: Delivery, request: Request) -> None:
        if request.operation == contracts.ping(self._kernel.service):
            health = {"service": self._kernel.service, "database": self._database_answers()}
            self._reply(delivery, Answer(write(contracts.Health, health)))
        else:
            self._reply(delivery, self._kernel.desk.answer(request))

    def _database_answers(self) -> bool:
        try:
            self._kernel.client.admin.command("ping")
        except Exception as error:
            _log.info("the database does not answer", error=type(error).__name__)
            return False
        return True

    def _handle_result(self, delivery: Delivery, worker_ctx: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        self._reply(delivery, Unavailable() if exc_info is not None else result)
        return result, exc_info

    def _reply(self, delivery: Delivery, outcome: Answer | Refusal) -> None:
        """Send the answer, unconfirmed: a caller that misses it asks again with its key. Never raises."""
        raw = outcome.body if isinstance(outcome, Answer) and outcome.body else None
        fields = protocol.refused(outcome) if isinstance(outcome, Refusal) else protocol.answered(outcome)
        payload, headers, content_type = protocol.encode(fields, raw)
        message = Outgoing(
            body=payload,
            exchange=topology.REPLIES.name,
            routing_key=delivery.properties["reply_to"],
            headers=headers,
            properties={
                "correlation_id": str(delivery.properties.get("correlation_id") or ""),
                "content_type": content_type,
            },
            persistent=False,
        )
        try:
            self._kernel.replies.wire().publish(message)
        except WireLost:
            _log.warning("an answer could not be sent")
        delivery.ack()


class RpcEntrypoint(Entrypoint):  # type: ignore[misc]
    """One command or query."""

    server = RpcServer()

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        super().__init__()

    def setup(self) -> None:
        self.server.serve(self)

    def stop(self) -> None:
        self.server.drain()
