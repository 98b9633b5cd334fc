"""The probes as processes of a cell, a caller whom they know, and a look into what they keep."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from kombu import Connection, Queue

from deploy.local.process import Process, Spec
from deploy.migration import rungs_of
from shared import clock
from shared.contracts import kernel as kernel_contracts
from shared.contracts.base import Operation
from shared.contracts.events.membership import COMMUNITY_CHANGED
from shared.contracts.words import SERVICES
from shared.errors import InProgress, NotYet, OutcomeUnknown, Refusal, Unavailable
from shared.identity import Signer
from shared.ids import new_id
from shared.messaging import deadletters, envelope, relay, resync, rollcall, topology, unit_of_work
from shared.messaging.context import CallContext
from shared.messaging.protocol import Answer
from shared.messaging.rpc_client import RpcClient
from shared.messaging.schema import create_indexes
from shared.messaging.wire import Delivery, Outgoing, Wire
from shared.mongo import Doc, Store, SystemStore, connect
from shared.settings import Settings
from tests.support.ground import REPOSITORY, Cell
from tests.support.patience import eventually
from tests.support.probe import contracts as c
from tests.support.probe.follower import FollowerStore
from tests.support.probe.owner import Owner, OwnerStore

Value = TypeVar("Value")
OWNER, FOLLOWER = "membership", "scheduling"
STORES: dict[str, type[Store]] = {OWNER: OwnerStore, FOLLOWER: FollowerStore}
# The promises are the same with short waits; the tests are not.
QUICK = {
    "SANGGAR_RETRY_LADDER": "200ms,400ms",
    "SANGGAR_MISSING_EVERY": "300ms",
    "SANGGAR_MISSING_TRIES": "60",
    "SANGGAR_LEASE_SECONDS": "1",
    "SANGGAR_WORKERS": "8",
}


class Probes:
    """A cell in which probes can be started, told what to do, and looked into."""

    def __init__(self, cell: Cell) -> None:
        cell.environment.update({**QUICK, **cell.environment})
        self.cell = cell
        self.settings: Settings = cell.settings
        self._mongo = connect(self.settings.mongo_uri, "tests")
        self.owner = self._mongo[self.settings.database(OWNER)]
        self.follower = self._mongo[self.settings.database(FOLLOWER)]
        self._signer = Signer.from_file(self.settings.signing_key)
        self.client = RpcClient(self.settings.amqp_uri, "tests")
        self._processes: list[Process] = []

    def migrate(self) -> None:
        topology.declare(self.settings.amqp_uri, rungs_of(self.settings), SERVICES)
        for service, store_cls in STORES.items():
            create_indexes(self._mongo[self.settings.database(service)], store_cls)

    # --- processes

    def start(self, service: str, *, environment: Mapping[str, str] | None = None) -> Process:
        """One more replica of a probe, ready to work."""
        name = f"{service}-{len(self._processes)}"
        log = self.cell.run_dir.folder("logs") / f"{name}.log"
        process = Process(
            Spec(
                name,
                [sys.executable, "-m", "tests.support.probe", service],
                {
                    "PATH": os.environ["PATH"],
                    "PYTHONPATH": str(REPOSITORY),
                    "PYTHONUNBUFFERED": "1",
                    "AMQP_URI": self.settings.amqp_uri,
                    "MONGO_URI": self.settings.mongo_uri,
                    "SANGGAR_DB_PREFIX": self.settings.db_prefix,
                    "SANGGAR_VERIFY_KEYS": self.settings.verify_keys,
                    **self.cell.environment,
                    **(environment or {}),
                },
                REPOSITORY,
                log,
            )
        )
        self._processes.append(process)
        self.restart(process)
        return process

    def restart(self, process: Process) -> None:
        """Start a process that ended; it is ready afterwards."""
        already = log_of(process).count('"message": "started"')
        process.start()
        eventually(lambda: log_of(process).count('"message": "started"') > already or process.exit_code is not None, 30)
        assert process.exit_code is None, process.last_words()

    def both(self) -> tuple[Process, Process]:
        """An owner and a follower, ready."""
        self.migrate()
        pair = self.start(OWNER), self.start(FOLLOWER)
        for service in STORES:
            self.ping(service)
        return pair

    def ping(self, service: str) -> None:
        """Wait until the service answers."""

        def answers() -> bool:
            try:
                return bool(
                    self.client.call(kernel_contracts.ping(service), {}, CallContext(new_id())).data["database"]
                )
            except Refusal:
                return False

        eventually(answers, 30)

    # --- acting

    def caller(self, district: str) -> Caller:
        """A person of a district, known to both probes."""
        caller = self.stranger(district)
        self.introduce(caller)
        return caller

    def stranger(self, district: str) -> Caller:
        """A person with a good token of whom no probe has heard."""
        person_id = new_id()
        return Caller(self, district, person_id, self._signer.issue(person_id, district, new_id())[0])

    def introduce(self, caller: Caller) -> None:
        """Make a caller known to both probes."""
        for service in STORES:
            people = self.open(service, caller.district).people
            people.insert({"id": caller.person_id, "name": "Siti Aminah", "status": "active"})

    def open(self, service: str, district: str) -> Any:
        """A probe's store of one district."""
        return STORES[service](self._mongo[self.settings.database(service)], district)

    @contextmanager
    def listening(self) -> Iterator[Heard]:
        """Hear the answers to one's own requests, and every event that membership publishes."""
        heard = Heard(f"replies.tests.{new_id()}")
        with closing(Wire(self.settings.amqp_uri, "tests")) as wire:
            bind = {"exclusive": True, "auto_delete": True, "durable": False}
            Queue(heard.reply_to, topology.REPLIES, heard.reply_to, **bind)(wire.channel).declare()
            events = Queue(f"events.{new_id()}", topology.events_exchange(OWNER), "#", **bind)
            events(wire.channel).declare()
            wire.consume(heard.reply_to, heard.replies.append, prefetch=10)
            wire.consume(events.name, heard.events.append, prefetch=1000)
            wire.start()
            yield heard

    def send(self, *messages: Outgoing) -> set[str]:
        """Publish messages as they are, confirmed. Returns the ids of those that no queue took."""
        with closing(Wire(self.settings.amqp_uri, "tests", confirms=True)) as wire:
            wire.start()
            return wire.publish_confirmed(messages, timeout=10)

    def publish(self, *events: Doc) -> None:
        """Publish events as membership's relay would."""
        self.send(*(relay.message_of(OWNER, event) for event in events))

    def resync(self) -> int:
        """Fill the follower's copies anew, as `sanggar resync` does."""
        with closing(Wire(self.settings.amqp_uri, "tests", confirms=True)) as wire:
            wire.start()
            return resync.resync(SystemStore(self.owner, OwnerStore), Owner.kernel.sources, FOLLOWER, wire)

    def replay(self, letter_id: str) -> bool:
        """Replay a dead letter of the follower's, as `sanggar dlq replay` does."""
        with closing(Wire(self.settings.amqp_uri, "tests", confirms=True)) as wire:
            wire.start()
            return deadletters.replay(self.follower, wire, FOLLOWER, letter_id)

    def patiently(self, ask: Callable[[], Value], within: float = 60.0) -> Value:
        """What a good client does: repeat while the platform asks to, with the same key. Raises other refusals."""
        give_up = time.monotonic() + within
        while True:
            try:
                return ask()
            except (Unavailable, OutcomeUnknown, InProgress, NotYet):
                if time.monotonic() > give_up:
                    raise
                time.sleep(0.1)

    def remove_inboxes(self) -> None:
        """Delete every service's inbox, as if nobody had migrated."""
        with Connection(self.settings.amqp_uri) as connection:
            for service in SERVICES:
                connection.channel().queue_delete(topology.inbox_name(service))

    def unbind_inbox(self, service: str) -> None:
        """Take away the way by which a service's own messages return to its inbox."""
        with Connection(self.settings.amqp_uri) as connection:
            queue = topology.inbox_queue(service)(connection.channel())
            queue.unbind_from(topology.inbox_exchange(service), topology.INBOX_KEY)

    # --- looking

    def effects(self, community_id: str) -> int:
        """How often the follower's reaction took effect for a community."""
        doc = self.follower["effects"].find_one({"_id": {"$regex": f"/{community_id}$"}})
        return 0 if doc is None else int(doc["times"])

    def copy(self, community_id: str) -> Doc | None:
        """The follower's copy of a community."""
        return self.follower["communities"].find_one({"_id": {"$regex": f"/{community_id}$"}})

    def begun(self, event_id: str) -> int:
        """How often the follower's reaction to an event was begun."""
        return self.follower["begun"].count_documents({"event": event_id})

    def log(self, service: str = OWNER) -> list[Doc]:
        """The event log of a service in its order."""
        return sorted(self._mongo[self.settings.database(service)][relay.LOG].find(), key=lambda entry: entry["seq"])

    def event_of(self, community_id: str) -> Doc:
        """The log entry of the latest event about a community."""
        return eventually(lambda: [e for e in self.log() if e["subject"] == f"community:{community_id}"])[-1]

    def outbox(self, service: str = OWNER) -> int:
        return self._mongo[self.settings.database(service)][unit_of_work.OUTBOX].count_documents({})

    def dead_letters(self) -> dict[str, Doc]:
        """The follower's dead letters by id."""
        return {letter["_id"]: letter for letter in self.follower[deadletters.TABLE].find()}

    def waiting(self, queue: str) -> int:
        """How many messages wait in a queue, those that a consumer has at hand left out."""
        with Connection(self.settings.amqp_uri) as connection:
            return int(connection.channel().queue_declare(queue, passive=True).message_count)

    def _end_transactions(self) -> None:
        """End what the killed left open: a database cannot be dropped before."""
        for database in (self.owner, self.follower):
            for replica in database[rollcall.TABLE].find():
                if replica["sessions"]:
                    self._mongo.admin.command("killSessions", [{"id": lsid} for lsid in replica["sessions"]])

    def close(self) -> None:
        self.client.close()
        for process in self._processes:
            process.kill()
        self._end_transactions()
        self._mongo.close()


@dataclass
class Heard:
    """What was heard while listening."""

    reply_to: str
    replies: list[Delivery] = field(default_factory=list)
    events: list[Delivery] = field(default_factory=list)


class Caller:
    """A person who asks the probes for something."""

    def __init__(self, probes: Probes, district: str, person_id: str, token: str) -> None:
        self._probes = probes
        self.district = district
        self.person_id = person_id
        self.context = CallContext(new_id(), token=token)

    def ask(
        self,
        operation: Operation,
        *,
        key: str | None = None,
        after: tuple[str, ...] = (),
        within: float | None = None,
        **data: Any,
    ) -> Answer:
        """Ask a probe. Raises what it refuses."""
        context = replace(self.context, correlation_id=new_id(), idempotency_key=key, after=after)
        return self._probes.client.call(operation, data, context, timeout=within)

    def found(self, name: str = "calm", **options: Any) -> str:
        """Found a community; answers its id."""
        return str(self.ask(c.FOUND, name=name, **options).data["community_id"])


def community_event(district: str, **changes: Any) -> Doc:
    """A log entry of membership's that tells of a community: what its relay would publish."""
    data = {
        "community_id": new_id(),
        "name": "calm",
        "kind": "mgmp",
        "level": None,
        "subject": None,
        "phase": None,
        "npsn": None,
        "join_policy": "open",
        "status": "active",
        "founder_id": new_id(),
        **changes,
    }
    return {
        "_id": new_id(),
        "district": district,
        "type": COMMUNITY_CHANGED.type,
        "subject": f"community:{data['community_id']}",
        "sequence": clock.next_version(),
        "time": clock.now(),
        "data": data,
    }


def as_message(event: Doc, body: bytes | None = None, exchange: str = "membership.events") -> Outgoing:
    """An event as a message, with another body or through another exchange where given."""
    body = envelope.encode(event) if body is None else body
    return replace(relay.message_of(OWNER, event), body=body, exchange=exchange)


def log_of(process: Process) -> str:
    """All that a process has logged."""
    path: Path = process.spec.log
    return path.read_text("utf-8") if path.exists() else ""
