"""The desk: answers one request, whatever it is, and never raises (DESIGN 4, "A command").

It reads the request by its contract, checks the token and whether it still counts, waits for the copies that the caller
must have seen, and runs the use case: a command in one transaction with its idempotency record, a query without.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import pymongo
from marshmallow import ValidationError
from pymongo.database import Database

from shared import clock, logs, metrics
from shared.contracts.base import Command, Operation, read, write
from shared.errors import (
    Forbidden,
    InProgress,
    Invalid,
    NotFound,
    NotYet,
    OutcomeUnknown,
    Refusal,
    Text,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from shared.identity import Caller, Verifier
from shared.ids import made_at_ms
from shared.messaging import audit
from shared.messaging.away import is_away, is_busy, reach
from shared.messaging.context import CallContext
from shared.messaging.copies import Copies
from shared.messaging.idempotency import Key, KeyRaced
from shared.messaging.protocol import Answer
from shared.messaging.turns import Turns
from shared.messaging.unit_of_work import CommitUnknown, Transaction, Transactor, Work
from shared.mongo import Doc, Store, Taken
from shared.policy import Policy
from shared.settings import Settings
from shared.standing import token_counts

PATIENCE = 2.0
_PAUSE = 0.02
_ACCESS_BELIEVED = 1.0
_REMEMBERED = 20_000
_log = logs.get(__name__)

Handler = Callable[[Work, dict[str, Any]], Any]


@dataclass(frozen=True)
class Answering:
    """How a service answers an operation. Requests with the same value of the field ``in_turn`` are done one after
    another."""

    operation: Operation
    handler: Handler
    in_turn: str | None = None


@dataclass(frozen=True)
class Request:
    """One request as it came from the wire. ``left`` is how many seconds there are to answer it."""

    answering: Answering
    fields: Any
    body: bytes
    context: CallContext
    left: float

    @property
    def operation(self) -> Operation:
        """What is asked."""
        return self.answering.operation


class Desk:
    """Answers the requests of one service's replica."""

    def __init__(
        self,
        database: Database[Doc],
        store_cls: type[Store],
        policy: Policy,
        transactor: Transactor,
        copies: Copies,
        verifier: Verifier,
        settings: Settings,
        workers: int,
        young_seconds: float = 30.0,
    ) -> None:
        """An unknown id that was made within ``young_seconds`` is believed to be on its way."""
        self._young_ms = young_seconds * 1000
        self._database = database
        self._store_cls = store_cls
        self._policy = policy
        self._transactor = transactor
        self._copies = copies
        self._verifier = verifier
        self._settings = settings
        self._waiters = threading.BoundedSemaphore(max(1, workers // 4))
        self._strangers = threading.BoundedSemaphore(max(1, workers // 8))
        self._access = _Remembered()
        self._turns = Turns()

    def answer(self, request: Request) -> Answer | Refusal:
        """The answer to a request, or the refusal of it. Faults are logged and told as ``unavailable``."""
        started = time.monotonic()
        operation, context = request.operation, request.context
        with logs.bind(correlation_id=context.correlation_id, operation=operation.name, district=None):
            outcome = self._guarded(request, started + request.left)
        code = outcome.code if isinstance(outcome, Refusal) else "ok"
        metrics.OPERATIONS.labels(operation.name, code).inc()
        metrics.OPERATION_SECONDS.labels(operation.name).observe(time.monotonic() - started)
        return outcome

    def _guarded(self, request: Request, deadline: float) -> Answer | Refusal:
        try:
            return self._answered(request, deadline)
        except Refusal as refusal:
            return refusal
        except CommitUnknown:
            return OutcomeUnknown(retry_after=1)
        except Exception as error:
            if is_away(error) or is_busy(error):
                return Unavailable(retry_after=1)
            _log.exception("a fault", error=type(error).__name__)
            return Unavailable()

    def _answered(self, request: Request, deadline: float) -> Answer | Refusal:
        operation = request.operation
        if time.monotonic() >= deadline:
            raise Unavailable(retry_after=1)
        try:
            order = read(operation.takes, request.fields)
        except ValidationError as error:
            raise Invalid(fields=_texts(error)) from None
        with pymongo.timeout(max(0.05, deadline - time.monotonic())):
            reach(self._database.client)
            caller, district = self._caller(request, order)
            logs.add(district=district)
            self._await_copies(caller, district, request.context.after, deadline)
            try:
                return self._patiently(request, order, caller, district, deadline)
            except (Forbidden, TooMany) as refusal:
                self._note(request, caller, district, refusal)
                raise

    # --- who asks

    def _caller(self, request: Request, order: Mapping[str, Any]) -> tuple[Caller | None, str]:
        if request.operation.public:
            # A public operation is answered for the district it names, whoever asks.
            return None, order["district"]
        if request.context.token is None:
            raise Unauthenticated()
        caller = self._verifier.verify(request.context.token)
        if caller.machine:
            _check_scope(request.operation, caller)
        return caller, caller.district

    def _check_access(self, caller: Caller) -> None:
        """Raises :class:`Unauthenticated` when the token no longer counts, or its person is unknown here."""
        key = (caller.district, caller.person_id)
        believed, access = self._access.get(key)
        if not believed:
            store: Any = self._store_cls(self._database, caller.district)
            access = store.access.get(caller.person_id)
            if access is None and not self._access.known(key) and store.people.get(caller.person_id) is None:
                raise Unauthenticated()
            self._access.put(key, access)
        if not token_counts(access, caller.sid, caller.issued_at):
            raise Unauthenticated()

    def _note(self, request: Request, caller: Caller | None, district: str, refusal: Refusal) -> None:
        """Write down an attempt whose transaction is gone. That it cannot be written changes no answer."""
        if request.operation.audited is None:
            return
        work = self._work(request, caller, Transaction(), self._store_cls(self._database, district))
        try:
            audit.refused(work, request.fields, refusal)
        except Exception as error:
            _log.warning("a refused attempt could not be written down", error=type(error).__name__)

    # --- waiting for copies

    def _await_copies(self, caller: Caller | None, district: str, after: tuple[str, ...], deadline: float) -> None:
        """Wait until the copies are as new as ``after`` asks. Raises :class:`NotYet`."""
        until = min(deadline, time.monotonic() + PATIENCE)
        missing = [entry for entry in after if not self._seen(district, entry)]
        if not missing:
            return
        with self._waiting(caller):
            while missing:
                if time.monotonic() >= until:
                    raise NotYet(retry_after=1)
                time.sleep(_PAUSE)
                missing = [entry for entry in missing if not self._seen(district, entry)]

    def _seen(self, district: str, entry: str) -> bool:
        # Whoever wrote in their own district may read what is public of another: nothing of theirs will come there.
        place, _, written = entry.partition("/")
        subject, _, sequence = written.rpartition(":")
        if place != district or not subject or not sequence.isdigit():
            return True
        return self._copies.seen(self._database, district, subject, int(sequence))

    def _patiently(
        self, request: Request, order: dict[str, Any], caller: Caller | None, district: str, deadline: float
    ) -> Answer | Refusal:
        """Do the work.

        What is refused for want of something very young is tried again until its copy had time to come.
        """
        until = min(deadline, time.monotonic() + PATIENCE)
        try:
            return self._once(request, order, caller, district, deadline)
        except (NotFound, Forbidden, Unauthenticated, Invalid) as refusal:
            if not self._copies.tables or not self._may_be_young(refusal, order, caller):
                raise
        with self._waiting(caller):
            while True:
                time.sleep(_PAUSE * 2)
                try:
                    return self._once(request, order, caller, district, deadline)
                except (NotFound, Forbidden, Unauthenticated, Invalid):
                    if time.monotonic() >= until:
                        raise

    def _may_be_young(self, refusal: Refusal, order: Mapping[str, Any], caller: Caller | None) -> bool:
        if isinstance(refusal, Unauthenticated):
            return caller is not None and not self._access.known((caller.district, caller.person_id))
        now = clock.now_ms()
        # An id from the future is nobody's: waiting for it would let anybody hold workers at will.
        return any(abs((made_at_ms(text) or 0) - now) < self._young_ms for text in _strings(order))

    @contextmanager
    def _waiting(self, caller: Caller | None) -> Iterator[None]:
        # Few may wait at a time, and strangers can make up what they wait for: they have a place of their own, and take
        # none from those who are known.
        places = self._waiters if caller is not None else self._strangers
        if not places.acquire(blocking=False):
            raise NotYet(retry_after=1)
        try:
            yield
        finally:
            places.release()

    # --- doing the work

    def _once(
        self, request: Request, order: dict[str, Any], caller: Caller | None, district: str, deadline: float
    ) -> Answer | Refusal:
        if caller is not None:
            self._check_access(caller)
        if isinstance(request.operation, Command):
            return self._command(request, order, caller, district, deadline)
        return self._run(request, order, caller, Transaction(), self._store_cls(self._database, district))

    def _command(
        self, request: Request, order: dict[str, Any], caller: Caller | None, district: str, deadline: float
    ) -> Answer | Refusal:
        key = self._key(request, caller, district)

        def attempt(transaction: Transaction) -> Answer | Refusal:
            store = self._store_cls(self._database, district, transaction.session)
            answer = self._run(request, order, caller, transaction, store)
            if isinstance(answer, Answer) and key is not None and transaction.session is not None:
                key.store(self._database, transaction.session, {"data": answer.data, "after": list(answer.after)})
            return answer

        unsure = False
        while True:
            try:
                stored = key.stored(self._database) if key is not None else None
                if stored is not None:
                    return Answer(stored["data"], after=tuple(stored["after"]))
                with self._turn(request, order, district, deadline):
                    return self._transactor.run(
                        attempt, timeout=max(0.05, deadline - time.monotonic()), kind=request.operation.name
                    )
            except KeyRaced:
                if key is None or key.stored(self._database) is None:
                    raise InProgress(retry_after=1) from None
            except CommitUnknown:
                # With a key the outcome can be asked for: the record stands exactly when the effect does.
                if key is None or time.monotonic() >= deadline:
                    raise
                unsure = True
            except Refusal:
                # The same command may have passed in the meantime and be the very reason for this refusal.
                if key is None or (stored := key.stored(self._database)) is None:
                    raise
                return Answer(stored["data"], after=tuple(stored["after"]))
            except Exception as error:
                if unsure and is_away(error):
                    raise CommitUnknown() from error
                raise

    def _turn(
        self, request: Request, order: Mapping[str, Any], district: str, deadline: float
    ) -> AbstractContextManager[None]:
        in_turn = request.answering.in_turn
        if in_turn is None:
            return nullcontext()
        return self._turns.of((district, in_turn, order[in_turn]), deadline - time.monotonic())

    def _key(self, request: Request, caller: Caller | None, district: str) -> Key | None:
        text = request.context.idempotency_key
        if not text:
            return None
        who = "anyone" if caller is None else caller.client_id or caller.person_id
        return Key(request.operation, district, who, text, request.fields, request.body)

    def _run(
        self, request: Request, order: dict[str, Any], caller: Caller | None, transaction: Transaction, store: Store
    ) -> Answer | Refusal:
        operation = request.operation
        work = self._work(request, caller, transaction, store)
        try:
            result = request.answering.handler(work, dict(order))
        except Taken as taken:
            _log.warning("a unique index was hit that no use case expects", table=taken.table, index=taken.index)
            raise
        if not work.asked:
            raise AssertionError(f"{operation.name} did not ask policy")
        if isinstance(result, Refusal):
            if operation.audited is not None:
                audit.refused(work, request.fields, result)
            return result
        if operation.audited is not None:
            audit.done(work, request.fields, result)
        after = tuple(f"{store.district}/{event['subject']}:{event['sequence']}" for event in transaction.events[-20:])
        if operation.streams:
            fields, raw = result
            return Answer(write(operation.gives, fields), raw, after)
        return Answer(write(operation.gives, result or {}), after=after)

    def _work(self, request: Request, caller: Caller | None, transaction: Transaction, store: Store) -> Work:
        return Work(
            store,
            transaction=transaction,
            context=request.context,
            caller=caller,
            operation=request.operation,
            policy=self._policy,
            body=request.body,
            settings=self._settings,
        )


def _check_scope(operation: Operation, caller: Caller) -> None:
    """Raises :class:`Forbidden` unless the API client holds the operation's scope; without one it is for people."""
    if operation.scope is None:
        raise Forbidden("common.not_for_clients")
    if operation.scope not in (caller.scopes or ()):
        raise Forbidden("common.scope_missing", scope=operation.scope)


class _Remembered:
    """What was read of people's access a moment ago, and who was ever known here."""

    def __init__(self) -> None:
        self._entries: OrderedDict[tuple[str, str], tuple[float, Doc | None]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[str, str]) -> tuple[bool, Doc | None]:
        entry = self._entries.get(key)
        if entry is None or entry[0] < time.monotonic():
            return False, None
        return True, entry[1]

    def known(self, key: tuple[str, str]) -> bool:
        return key in self._entries

    def put(self, key: tuple[str, str], access: Doc | None) -> None:
        with self._lock:
            self._entries[key] = (time.monotonic() + _ACCESS_BELIEVED, access)
            self._entries.move_to_end(key)
            while len(self._entries) > _REMEMBERED:
                self._entries.popitem(last=False)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _strings(inner)


def _texts(error: ValidationError) -> dict[str, list[Text]]:
    """A validation error as texts by field; messages that are no text's key say only that the field is wrong."""
    return {
        name: [
            Text(message if isinstance(message, str) and "." in message and " " not in message else "common.invalid")
            for message in (messages if isinstance(messages, list) else [messages])
        ]
        for name, messages in error.messages_dict.items()
    }
