"""Everybody around one running service: the people who ask it, and the other services whose events it hears."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from deploy.services import all_parts, parts_of
from shared import clock
from shared.contracts.base import Event, Operation, read, write
from shared.contracts.events import membership
from shared.errors import NotYet, Refusal
from shared.identity import Signer
from shared.ids import new_id
from shared.messaging import envelope, topology
from shared.messaging.context import MOST_AFTER, CallContext
from shared.messaging.envelope import plain_data
from shared.messaging.protocol import Answer
from shared.messaging.relay import LOG
from shared.messaging.rpc_client import RpcClient
from shared.messaging.unit_of_work import OUTBOX
from shared.messaging.wire import Outgoing, Publisher
from tests.support.ground import Cell
from tests.support.patience import eventually

Data = dict[str, Any]
_PATIENCE = 20.0


class Neighbours:
    """One district's people and services, as ``service`` meets them. What they told last, it is asked to have seen."""

    def __init__(self, cell: Cell, service: str, district: str) -> None:
        self.service = service
        self.district = district
        self.database = cell.open(service).system.database
        parts, kinds = parts_of(service), {copy.subject for each in all_parts() for copy in each.copies}
        copied = [source for source in parts.sources if source.event.subject in kinds]
        self._copied = {parts.table_of(source).name: source.event.subject for source in copied}
        self._rpc = RpcClient(cell.settings.amqp_uri, "tests")
        self._publisher = Publisher(cell.settings.amqp_uri, "tests.events", confirms=True)
        self._signer = Signer.from_file(cell.settings.signing_key)
        self._versions: dict[str, int] = {}
        self._unseen: dict[str, int] = {}
        self._correlation = new_id()
        self.tell(membership.DISTRICT_CHANGED, district=district, name="Kabupaten Uji", timezone="Asia/Makassar")

    def __enter__(self) -> Neighbours:
        return self

    def __exit__(self, *raised: object) -> None:
        self._rpc.close()
        self._publisher.close()
        if raised[0] is None:
            self._assert_all_is_told()

    def _assert_all_is_told(self) -> None:
        """Each version of what other services copy has its event: without one their copies stay behind for good."""
        eventually(lambda: self.database[OUTBOX].find_one({}) is None)
        told: Counter[str] = Counter()
        for entry in self.database[LOG].find({"district": self.district}, {"subject": 1, "sequence": 1}):
            told[entry["subject"]] = max(told[entry["subject"]], entry["sequence"])
        for name, kind in self._copied.items():
            for doc in self.database[name].find({"district": self.district}, {"version": 1}):
                subject = f"{kind}:{doc['_id'].partition('/')[2]}"
                assert told[subject] >= doc["version"], f"a version of {subject} has no event"

    def tell(self, event: Event, /, **data: Any) -> str:
        """Publish another service's event; returns its id. Each event of a subject is newer than the last."""
        plain = plain_data(event, data)
        subject = event.subject_of(plain)
        sequence = clock.next_version(self._versions.get(subject, 0))
        self._versions[subject] = self._unseen[subject] = sequence
        event_id = new_id()
        entry = {
            "_id": event_id,
            "type": event.type,
            "subject": subject,
            "time": clock.now(),
            "data": plain,
            "district": self.district,
            "sequence": sequence,
        }
        message = Outgoing(
            body=envelope.encode(entry),
            exchange=topology.events_exchange(event.service).name,
            routing_key=f"{self.district}.{event.routing}",
            message_id=event_id,
            properties={"content_type": envelope.CONTENT_TYPE},
        )
        returned = self._publisher.wire().publish_confirmed([message], timeout=10)
        assert not returned, f"nobody subscribes to {event.type}"
        return event_id

    def person(self, name: str = "Siti Aminah", person_id: str = "") -> str:
        """A teacher of the district, known to the service; one who is known already has another name then."""
        person_id = person_id or grown_id()
        plain: Data = {"email": None, "phone": None, "subjects": [], "status": "active"}
        self.tell(membership.PERSON_CHANGED, person_id=person_id, name=name, **plain)
        return person_id

    def operator(self) -> str:
        """An operator of the district."""
        person_id = self.person("Operator")
        dates = {"valid_from": "2020-01-01", "valid_until": None}
        role = {"role": "district_operator", "scope_id": None}
        self.tell(membership.ROLE_CHANGED, grant_id=new_id(), person_id=person_id, **role, **dates)
        return person_id

    def school(self, npsn: str, name: str = "SMP Negeri 1 Kepil") -> str:
        """A school of the district, known to the service."""
        state = {"level": "SMP", "status": "Negeri", "subdistrict": "Kepil", "subdistrict_code": None, "active": True}
        self.tell(membership.SCHOOL_CHANGED, npsn=npsn, name=name, **state)
        return npsn

    def teaches(self, person_id: str, npsn: str) -> None:
        """Somebody has a post at a school, since long ago."""
        post = {"assignment_id": new_id(), "primary": True, "duty": None}
        dates = {"valid_from": "2020-01-01", "valid_until": None}
        self.tell(membership.ASSIGNMENT_CHANGED, person_id=person_id, npsn=npsn, **post, **dates)

    def leads(self, person_id: str, npsn: str, role: str = "principal") -> None:
        """Somebody leads a school."""
        dates = {"valid_from": "2020-01-01", "valid_until": None}
        self.tell(membership.ROLE_CHANGED, grant_id=new_id(), person_id=person_id, role=role, scope_id=npsn, **dates)

    def community(self, founder_id: str, *, community_id: str = "", **changes: Any) -> str:
        """A community with its founder as ketua."""
        state = {
            "community_id": community_id or grown_id(),
            "name": "MGMP Matematika SMP",
            "kind": "mgmp",
            "level": "SMP",
            "subject": "Matematika",
            "phase": "D",
            "npsn": None,
            "join_policy": "open",
            "status": "active",
            "founder_id": founder_id,
            **changes,
        }
        self.tell(membership.COMMUNITY_CHANGED, **state)
        if not community_id:
            self.member(state["community_id"], founder_id, role="ketua")
        return str(state["community_id"])

    def member(self, community_id: str, person_id: str = "", *, role: str = "member") -> str:
        """Someone who joins the community."""
        person_id = person_id or self.person("Budi Santoso")
        self.tell(
            membership.MEMBER_JOINED,
            community_id=community_id,
            person_id=person_id,
            role=role,
            active=True,
            joined_at=datetime.now(UTC),
            left_at=None,
        )
        return person_id

    def leave(self, community_id: str, person_id: str) -> None:
        """A member leaves."""
        now = datetime.now(UTC)
        times = {"joined_at": now, "left_at": now}
        member = {"community_id": community_id, "person_id": person_id, "role": "member", "active": False}
        self.tell(membership.MEMBER_LEFT, **member, **times)

    def ask(self, who: str | None, operation: Operation, /, *, key: str | None = None, **data: Any) -> Data:
        """What the service answers ``who`` (nobody logged in when ``None``), asked again while it has not seen yet what
        it was told, as a good client does. Raises its refusal."""
        return read(operation.gives, self._answer(who, operation, key, data).data)

    def fetch(self, who: str | None, operation: Operation, /, **data: Any) -> bytes:
        """The bytes that travel beside the answer to the same."""
        return self._answer(who, operation, None, data).body

    def ask_once(self, who: str | None, operation: Operation, *after: str, **data: Any) -> Answer:
        """One call that asks to see ``after`` first. Raises its refusal."""
        token = None if who is None else self._signer.issue(who, self.district, new_id())[0]
        context = CallContext(self._correlation, token=token, after=after)
        return self._rpc.call(operation, write(operation.takes, data), context)

    def _answer(self, who: str | None, operation: Operation, key: str | None, data: Data) -> Answer:
        token = None if who is None else self._signer.issue(who, self.district, new_id())[0]
        unseen = dict(list(self._unseen.items())[-MOST_AFTER:])
        after = tuple(f"{self.district}/{subject}:{sequence}" for subject, sequence in unseen.items())
        context = CallContext(self._correlation, token=token, idempotency_key=key or new_id(), after=after)
        give_up = time.monotonic() + _PATIENCE
        while True:
            try:
                answer = self._rpc.call(operation, write(operation.takes, data), context)
                break
            except NotYet:
                # The copies of a busy machine may be more than the service's two seconds behind.
                if time.monotonic() > give_up:
                    raise
        # The copies were as new as that, and they never grow older.
        self._unseen = {subject: at for subject, at in self._unseen.items() if unseen.get(subject) != at}
        return answer

    def emitted(self, *events: Event) -> list[Data]:
        """The data of the service's events of these types in this district, in the order of its log."""
        eventually(lambda: self.database[OUTBOX].find_one({}) is None)
        found = self.database[LOG].find({"district": self.district, "type": {"$in": [event.type for event in events]}})
        return [entry["data"] for entry in sorted(found, key=lambda entry: entry["seq"])]


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What these calls return or are refused with, all of them made at the same time."""

    def outcome(call: Callable[[], Any]) -> Any:
        try:
            return call()
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(outcome, calls))


def grown_id() -> str:
    """An id that was made a minute ago: a service does not wait for what it may not have heard of yet."""
    made = int(time.time() * 1000) - 60_000
    return str(UUID(f"{made:012x}{new_id().replace('-', '')[12:]}"))
