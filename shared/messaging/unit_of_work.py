"""The unit of work: one MongoDB transaction that holds a change, its idempotency record and the events it emits."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

import pymongo
from pymongo import MongoClient
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.errors import OperationFailure, PyMongoError

from shared import clock, metrics
from shared.contracts.base import Event, Operation
from shared.errors import Forbidden
from shared.identity import Caller
from shared.ids import new_id
from shared.messaging import faults
from shared.messaging.away import is_away, is_busy, reach
from shared.messaging.context import CallContext
from shared.messaging.envelope import plain_data
from shared.messaging.lanes import BULK, PROMPT
from shared.messaging.lease import Lease
from shared.messaging.offloading import kept, offload
from shared.mongo import Doc, Store, SystemStore
from shared.policy import Policy
from shared.reach import Reach
from shared.settings import Settings
from shared.standing import Standing

Result = TypeVar("Result")
OUTBOX = "outbox"
DEFAULT_TIMEOUT = 10.0
_NO_SUCH_TRANSACTION = 251


class CommitUnknown(Exception):
    """The commit was sent and its answer lost: the change may or may not stand."""


@dataclass
class Transaction:
    """One attempt at a transaction: its session, the events emitted in it, and what follows its commit."""

    session: ClientSession | None = None
    events: list[Doc] = field(default_factory=list)
    callbacks: list[Callable[[], None]] = field(default_factory=list)
    wakes: set[str] = field(default_factory=set)
    memo: dict[Any, Any] = field(default_factory=dict)
    bulk: bool = False


class Work:
    """What a use case or reaction works with (docs/kernel.md, "Work")."""

    def __init__(
        self,
        store: Any,
        *,
        transaction: Transaction,
        context: CallContext,
        caller: Caller | None = None,
        operation: Operation | None = None,
        policy: Policy | None = None,
        body: bytes = b"",
        causation_id: str | None = None,
        settings: Settings | None = None,
    ) -> None:
        self.store = store
        # Left out only where nothing is configured, in tests of the kernel's parts.
        self.settings: Settings = settings  # type: ignore[assignment]
        self.district: str = store.district
        # Declared as always there: it is None in public operations and system work only, and those have no use for it.
        self.caller: Caller = caller  # type: ignore[assignment]
        self.language = context.language
        self.correlation_id = context.correlation_id
        self.now: datetime = clock.now()
        self.body = body
        self.address = context.address
        self.subject_id: str | None = None
        self.memo = transaction.memo
        self.asked = False
        self._context = context
        self._transaction = transaction
        self._operation = operation
        self._policy = policy
        self._causation_id = causation_id

    @cached_property
    def standing(self) -> Standing:
        """Who the caller is here; ``None``, like :attr:`caller`, when nobody is logged in."""
        if self.caller is None:
            return None
        bound = bool(self.caller.schools)
        return Standing(self.store, self.caller.person_id, self.now, machine=self.caller.machine, bound=bound)

    @cached_property
    def reach(self) -> Reach:
        """What the caller may see of the district: all of it, but for an API client that is bound to schools."""
        return Reach(self.store, self.caller.schools if self.caller is not None else (), self.now)

    @property
    def may_name(self) -> bool:
        """Whether the caller may be told who people are: every person, and API clients with ``people:read``."""
        return self.caller is None or self.caller.scopes is None or "people:read" in self.caller.scopes

    def allow(self, **about: Any) -> None:
        """Ask the service's policy whether the caller may do this operation to that. Raises :class:`Forbidden`."""
        self.asked = True
        if self._policy is None or self._operation is None:
            return
        if not self._policy.rule_for(self._operation)(self.standing, about):
            raise Forbidden()

    def may(self, operation: Operation, **about: Any) -> bool:
        """Whether the policy would allow the caller another operation; for views that say what one can do next."""
        return self._policy is not None and self._policy.rule_for(operation)(self.standing, about)

    @property
    def operation(self) -> Operation:
        """What is being done. Raises ``TypeError`` outside commands and queries."""
        if self._operation is None:
            raise TypeError("no operation is being done")
        return self._operation

    def concerns(self, id_: str) -> None:
        """Say whom or what an audited operation is about, where neither order nor answer does."""
        self.subject_id = id_

    def emit(self, event: Event, data: Mapping[str, Any], version: int) -> None:
        """Add an event to the outbox: ``data`` is its subject's full state, ``version`` that of the subject's document.

        Raises ``marshmallow.ValidationError`` when the data are against the event's schema.
        """
        plain = plain_data(event, data)
        self._transaction.events.append(
            {
                "_id": new_id(),
                "district": self.district,
                "type": event.type,
                "subject": event.subject_of(plain),
                "sequence": version,
                "time": self.now,
                "data": None if event.by_reference else plain,
                "actor": self.caller.person_id if self.caller else None,
                "correlation_id": self.correlation_id,
                "causation_id": self._causation_id,
                "traceparent": self._context.traceparent,
            }
        )

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Call ``callback`` once, after the transaction is committed."""
        self._transaction.callbacks.append(callback)

    def wake(self, job: str) -> None:
        """Let the ``@every`` job of this name run at once after the commit."""
        self._transaction.wakes.add(job)


class Transactor:
    """Runs work in transactions on one service's database."""

    def __init__(
        self,
        client: MongoClient[Doc],
        database: Database[Doc],
        note: Callable[[ClientSession], None] = lambda session: None,
    ) -> None:
        """``note`` is told of each session before a transaction is started in it."""
        self._client = client
        self._note = note
        self.database = database
        self.committed: list[Callable[[Transaction], None]] = []

    def run(self, work: Callable[[Transaction], Result], *, timeout: float = DEFAULT_TIMEOUT, kind: str = "") -> Result:
        """Run ``work`` in one transaction, together with the outbox entry of the events it emits.

        Write conflicts repeat the whole of it, with jitter, until ``timeout`` seconds have passed. Raises what the work
        raises, :class:`CommitUnknown`, or pymongo's error when the database is away.
        """
        deadline = time.monotonic() + timeout
        attempt = 0
        while True:
            attempt += 1
            try:
                with pymongo.timeout(max(0.05, deadline - time.monotonic())), self._client.start_session() as session:
                    transaction = Transaction(session)
                    result = self._attempt(transaction, work, kind)
                break
            except Exception as error:
                if not is_busy(error) or time.monotonic() >= deadline:
                    raise
                metrics.CONFLICTS.labels(kind).inc()
                time.sleep(random.uniform(0, min(0.2, 0.005 * 2**attempt)))  # noqa: S311  # jitter is no secret
        for listener in self.committed:
            listener(transaction)
        for callback in transaction.callbacks:
            callback()
        return result

    def _attempt(self, transaction: Transaction, work: Callable[[Transaction], Result], kind: str) -> Result:
        session = transaction.session
        assert session is not None  # noqa: S101  # narrows the type
        reach(self._client)
        self._note(session)
        session.start_transaction()
        try:
            result = work(transaction)
            if transaction.events:
                lane = BULK if transaction.bulk else PROMPT
                self.database[OUTBOX].insert_one(
                    {"_id": new_id(), "lane": lane, "events": transaction.events}, session=session
                )
        except BaseException:
            _abort(session)
            raise
        faults.point("unit_of_work.before_commit", kind)
        self._commit(session)
        faults.point("unit_of_work.committed", kind)
        return result

    @staticmethod
    def _commit(session: ClientSession) -> None:
        try:
            session.commit_transaction()
        except PyMongoError as error:
            # A commit that was repeated inside the driver and finds no transaction may have passed before the server
            # was restarted.
            if is_busy(error) and not _gone(error):
                raise
            try:
                # Committing again is safe: the server answers as it did the first time.
                session.commit_transaction()
            except PyMongoError as again:
                raise CommitUnknown() from again


def _gone(error: PyMongoError) -> bool:
    return isinstance(error, OperationFailure) and error.code == _NO_SUCH_TRANSACTION


def _abort(session: ClientSession) -> None:
    try:
        session.abort_transaction()
    except PyMongoError as error:
        if not (is_away(error) or is_busy(error)):
            raise


class SystemWork:
    """What an ``@every`` job or an operator's tool works with: all districts, and transactions in one of them."""

    def __init__(
        self,
        system: SystemStore,
        transactor: Transactor,
        settings: Settings,
        wake: Callable[[str], None] = lambda job: None,
        lease: Lease | None = None,
        job: str = "system",
    ) -> None:
        self.system = system
        self.settings = settings
        self.wake = wake
        self.leaving: list[Callable[[], None]] = []
        self._transactor = transactor
        self._lease = lease
        self._job = job

    def before_leaving(self, callback: Callable[[], None]) -> None:
        """Call ``callback`` once, when the job that this belongs to was stopped and before its lease is given up."""
        if callback not in self.leaving:
            self.leaving.append(callback)

    def store(self, district: str) -> Any:
        """The store of one district, outside any transaction."""
        return self.system.open(district)

    def offload(self, function: Callable[..., Result], *args: Any) -> Result:
        """:func:`offload` for what may take longer than a lease lasts: the job's lease is renewed meanwhile."""
        with kept(self._lease) if self._lease is not None else nullcontext():
            result: Result = offload(function, *args)
        return result

    def run(
        self, district: str, use_case: Callable[[Work], Result], *, timeout: float = 60.0, bulk: bool = False
    ) -> Result:
        """Run ``use_case`` in one transaction, with a :class:`Work` that no caller stands behind.

        ``bulk``: more of the same follows at once; what it emits may wait for the end of that (docs/decisions/0093).
        """

        def attempt(transaction: Transaction) -> Result:
            transaction.bulk = bulk
            store: Store = self.system.open(district, transaction.session)
            context = CallContext(correlation_id=new_id())
            return use_case(Work(store, transaction=transaction, context=context, settings=self.settings))

        return self._transactor.run(attempt, timeout=timeout, kind=self._job)
