"""The kernel as nameko sees it: a dependency of a service class, which it asks what it answers, reacts to and runs.

Everything that touches nameko stands here. Its own RPC and event entrypoints lose, double or wait for ever under faults
that DESIGN 5 lists; what is used of it are the container and its life cycle (docs/decisions/0008).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nameko.extensions import DependencyProvider

from shared import csvs, logs
from shared.contracts import kernel as contracts
from shared.contracts.base import Command, Event, Operation, Query
from shared.contracts.events import EVENTS
from shared.contracts.events.membership import EXPORT_REQUESTED, PERSON_ERASED
from shared.identity import Verifier
from shared.messaging import audit, eventlog, housekeeping, personal, snapshots
from shared.messaging.copies import Copies
from shared.messaging.desk import Answering, Desk
from shared.messaging.envelope import Received
from shared.messaging.inbox import Inbox
from shared.messaging.jobs import Job, JobRunner
from shared.messaging.lease import Lease
from shared.messaging.personal import PersonalData
from shared.messaging.relay import Relay
from shared.messaging.rollcall import RollCall
from shared.messaging.rpc_server import RpcServer
from shared.messaging.unit_of_work import SystemWork, Transaction, Transactor, Work
from shared.messaging.wire import Publisher
from shared.mongo import Store, SystemStore, connect
from shared.personal import Personal
from shared.policy import Policy, kernel_rules
from shared.settings import Settings

_DRAIN_SECONDS = 20.0
_ANSWERS = "__sanggar_answers__"
_REACTS_TO = "__sanggar_reacts_to__"
_RUNS_EVERY = "__sanggar_runs_every__"
_log = logs.get(__name__)


# --- what a service class is written with


def command(operation: Command, *, in_turn: str | None = None) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The method answers this command: ``method(self, work, order)``, in one transaction.

    Those with the same value of the field ``in_turn`` write the same document: they are done one after another, instead
    of at once and most of them in vain.
    """
    return _answers(operation, in_turn)


def query(operation: Query) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The method answers this query: ``method(self, work, order)``."""
    return _answers(operation)


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


def _answers(operation: Operation, in_turn: str | None = None) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def mark(method: Callable[..., Any]) -> Callable[..., Any]:
        setattr(method, _ANSWERS, (operation, in_turn))
        return method

    return mark


# --- the parts under nameko's life cycle


class Kernel(DependencyProvider):  # type: ignore[misc]  # nameko has no types
    """The kernel of one service: its store, its policy table, the sources of the subjects it owns, and its table of
    what it holds of people."""

    def __init__(
        self,
        store: type[Store],
        policy: Policy,
        sources: Sequence[snapshots.Source] = (),
        holdings: Personal | None = None,
    ) -> None:
        self.store_cls = store
        self.policy = policy
        self.sources = tuple(sources)
        self.holdings = holdings or Personal()

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
        self._personal = PersonalData(self.service, self.holdings)
        own = (
            Answering(contracts.list_events(self.service), self.list_events),
            Answering(contracts.list_audit(self.service), self.list_audit),
            Answering(contracts.export_audit(self.service), self.export_audit),
            Answering(contracts.read_part(self.service), self._personal.read_part),
        )
        self.desk = Desk(
            self.database,
            self.store_cls,
            self.policy.including(kernel_rules(self.service)),
            self.transactor,
            self.copies,
            Verifier.from_file(settings.verify_keys),
            settings,
            self.container.max_workers,
            settings.young_seconds,
        )
        self._rpc = RpcServer(
            self.service,
            settings.amqp_uri,
            self.desk,
            (*own, *self._declared_operations()),
            self.client,
            self.replies,
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
        for run in (self._roll.run, self._inbox.run, self._relay.run, self._rpc.run, *jobs):
            self.container.spawn_managed_thread(run)

    def stop(self) -> None:
        self._rpc.stop(_DRAIN_SECONDS)
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
            reach=work.reach,
        )

    def list_audit(self, work: Work, order: dict[str, Any]) -> dict[str, Any]:
        """The kernel's own query: the audit log of the caller's district."""
        work.allow()
        return audit.page(work, order).as_dict()

    def export_audit(self, work: Work, order: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """The same as lines of CSV, a piece a call; the first brings the heading."""
        work.allow()
        found = audit.page(work, order)
        rows = audit.cells(found.items)
        if order["after"] is None:
            return {"next": found.next}, csvs.MARK.encode() + csvs.lines([audit.heading(work.language), *rows])
        return {"next": found.next}, csvs.lines(rows)

    def _instance(self) -> Any:
        """An instance of the service, whose methods the kernel calls. It holds nothing between two calls."""
        service = self.container.service_cls()
        setattr(service, self.attr_name, self)
        return service

    def _declared_operations(self) -> list[Answering]:
        service = self._instance()
        declared = []
        for name in dir(type(service)):
            operation, in_turn = getattr(getattr(type(service), name), _ANSWERS, (None, None))
            if operation is None:
                continue
            if operation not in self.policy:
                raise TypeError(f"the policy of {self.service} has no line for {operation.name}")
            declared.append(Answering(operation, getattr(service, name), in_turn))
        return declared

    def _reactions(self) -> dict[str, list[Callable[[Work, Received], None]]]:
        service = self._instance()
        reactions: dict[str, list[Callable[[Work, Received], None]]] = {}
        for name in dir(type(service)):
            for event in getattr(getattr(type(service), name), _REACTS_TO, ()):
                if event.type not in EVENTS or self.service not in event.subscribers:
                    raise TypeError(f"{self.service} reacts to {event.type} but does not subscribe to it")
                reactions.setdefault(event.type, []).append(getattr(service, name))
        if self.service in EXPORT_REQUESTED.subscribers:
            reactions.setdefault(EXPORT_REQUESTED.type, []).append(self._personal.export)
            reactions.setdefault(PERSON_ERASED.type, []).append(self._personal.erase)
        return reactions

    def _declared_jobs(self) -> list[Job]:
        service = self._instance()
        jobs = [
            Job("housekeeping", housekeeping.EVERY_SECONDS, housekeeping.run_once),
            Job(personal.JOB, personal.EVERY_SECONDS, self._personal.run_once),
        ]
        for name in dir(type(service)):
            declared = getattr(getattr(type(service), name), _RUNS_EVERY, None)
            if declared is not None:
                jobs.append(Job(declared[0], declared[1], getattr(service, name)))
        return jobs

    def _runner(self, job: Job) -> JobRunner:
        lease = Lease(self.database, f"job.{job.name}", self.settings.lease_seconds)
        return JobRunner(
            job, lease, SystemWork(self.system, self.transactor, self.settings, self._wake, lease, job.name)
        )

    def _wake(self, job: str) -> None:
        self._jobs[job].wake()

    def _after_commit(self, transaction: Transaction) -> None:
        if transaction.events:
            self._relay.wake()
        for job in transaction.wakes:
            self._wake(job)
