"""Messages that are no events or requests of ours: kept or dropped, and they stop nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from shared.contracts.events.scheduling import RSVP_CHANGED
from shared.ids import new_id
from shared.messaging import envelope, relay, topology
from shared.messaging.wire import Outgoing
from shared.mongo import Doc
from tests.support.patience import eventually
from tests.support.probe import contracts as c
from tests.support.probe.stage import FOLLOWER, OWNER, Caller, Probes, as_message, community_event


def _with(**changes: Any) -> Callable[[Doc], Outgoing]:
    """The event with these attributes of its envelope changed."""

    def spoil(event: Doc) -> Outgoing:
        return as_message(event, json.dumps({**json.loads(envelope.encode(event)), **changes}).encode())

    return spoil


def _without(name: str) -> Callable[[Doc], Outgoing]:
    def spoil(event: Doc) -> Outgoing:
        attributes = json.loads(envelope.encode(event))
        del attributes[name]
        return as_message(event, json.dumps(attributes).encode())

    return spoil


def _body(body: bytes) -> Callable[[Doc], Outgoing]:
    return lambda event: as_message(event, body)


def _through_another_exchange(event: Doc) -> Outgoing:
    return replace(
        as_message(event),
        exchange=topology.inbox_exchange(FOLLOWER).name,
        routing_key=topology.INBOX_KEY,
        headers={"x-origin": "notification.events"},
    )


def _spoiled_data(event: Doc) -> Outgoing:
    return as_message({**event, "data": {**event["data"], "kind": "a chess club"}})


def _other_subject(event: Doc) -> Outgoing:
    return as_message({**event, "subject": f"community:{new_id()}"})


MALFORMED = {
    "not utf-8": _body(b"\xff\xfe\x00garbage"),
    "not json": _body(b"{"),
    "empty": _body(b""),
    "a list": _body(b"[]"),
    "nested too deep": _body(b"[" * 100_000),
    "too large": _body(b'{"padding": "' + b"x" * envelope.MOST_BYTES + b'"}'),
    "undeclared type": _with(type="membership.something_else.v1"),
    "another service's source": _with(source="sanggar/3307/content"),
    "another district's source": _with(source="sanggar/9999/membership"),
    "no id": _without("id"),
    "an id that is none": _with(id="../../etc"),
    "no district": _without("district"),
    "a sequence that is no number": _with(sequence="soon"),
    "data against the schema": _spoiled_data,
    "data missing": _without("data"),
    "subject and data differ": _other_subject,
    "through another service's exchange": _through_another_exchange,
}


@pytest.mark.parametrize("how", MALFORMED)
def test_a_malformed_event_is_a_dead_letter_and_stops_nothing(probes: Probes, district: str, how: str) -> None:
    """Failure: a message is no event of ours. Promise: it is kept with its body as malformed, at once, and the next
    event is applied; it has no effect."""
    event, healthy = community_event(district), community_event(district)
    spoiled = MALFORMED[how](event)
    probes.send(spoiled)
    probes.publish(healthy)
    letter = eventually(lambda: probes.dead_letters().get(event["_id"]))
    assert (letter["reason"], letter["error"]) == ("malformed", "Malformed")
    assert letter["body"] == spoiled.body
    eventually(lambda: probes.effects(healthy["data"]["community_id"]) == 1)
    assert probes.effects(event["data"]["community_id"]) == 0


def test_an_event_that_nobody_here_reacts_to_is_settled(probes: Probes, district: str) -> None:
    """Failure: a declared event comes that this service neither copies nor reacts to. Promise: it is settled."""
    event = community_event(district)
    data = {"session_id": new_id(), "community_id": new_id(), "person_id": new_id(), "answer": "yes"}
    stray = {
        **event,
        "type": RSVP_CHANGED.type,
        "subject": f"rsvp:{data['session_id']}/{data['person_id']}",
        "data": data,
    }
    probes.send(replace(relay.message_of(FOLLOWER, stray), routing_key=f"replay.{FOLLOWER}.{district}"))
    healthy = community_event(district)
    probes.publish(healthy)
    eventually(lambda: probes.effects(healthy["data"]["community_id"]) == 1)
    assert stray["_id"] not in probes.dead_letters()


ODD_HEADERS = {"x-origin": {"not": ["an", "exchange"]}, "x-attempt": "soon", "x-missing": [1], "x-death": "often"}


@pytest.mark.parametrize("name", ["calm", "raise"])
def test_odd_headers_stop_nothing(probes: Probes, district: str, name: str) -> None:
    """Failure: an event carries headers of the kernel's own names that hold nonsense. Promise: what it cannot read it
    ignores; a failing event becomes a dead letter and the next one is applied."""
    event, healthy = community_event(district, name=name), community_event(district)
    probes.send(replace(as_message(event), headers=ODD_HEADERS))
    probes.publish(healthy)
    eventually(lambda: probes.effects(healthy["data"]["community_id"]) == 1)
    if name == "raise":
        assert eventually(lambda: probes.dead_letters().get(event["_id"]))["attempts"] == 3
    else:
        eventually(lambda: probes.effects(event["data"]["community_id"]) == 1)


def _request(**changes: Any) -> Outgoing:
    properties = {
        "type": c.ECHO.name,
        "reply_to": "nobody",
        "correlation_id": new_id(),
        "content_type": "application/json",
        **changes.pop("properties", {}),
    }
    return Outgoing(
        body=changes.pop("body", b'{"said": "hello"}'),
        exchange=topology.rpc_exchange(OWNER).name,
        routing_key="rpc",
        headers=changes.pop("headers", {}),
        properties={name: value for name, value in properties.items() if value is not None},
        persistent=False,
    )


BAD_REQUESTS = {
    "no reply_to": _request(properties={"reply_to": None}),
    "no content type": _request(properties={"content_type": None}),
    "no correlation id": _request(properties={"correlation_id": None}),
    "no type": _request(properties={"type": None}),
    "an unknown operation": _request(properties={"type": "membership.drop_everything"}),
    "another service's operation": _request(properties={"type": c.SEE.name}),
    "garbage": _request(body=b"\xff\x00\x01"),
    "nothing": _request(body=b""),
    "a list": _request(body=b"[1, 2]"),
    "nested too deep": _request(body=b"[" * 100_000),
    "too large": _request(body=b'"' + b"x" * 2_000_000 + b'"'),
    "half a surrogate pair": _request(body=b'{"said": "\\ud800"}'),
    "headers of other kinds": _request(
        headers={"sanggar-token": 7, "sanggar-left-ms": "soon", "sanggar-after": ["x"], "sanggar-key": {"$ne": None}}
    ),
    "raw bytes without fields": _request(properties={"content_type": "application/octet-stream"}),
    "an encoding": _request(properties={"content_encoding": "gzip"}),
    "another content type": _request(properties={"content_type": "application/x-python-serialize"}),
    "a forged token": _request(headers={"sanggar-token": "e30.e30.e30"}),
}


@pytest.mark.parametrize("how", BAD_REQUESTS)
def test_a_malformed_request_hurts_nobody(probes: Probes, caller: Caller, how: str) -> None:
    """Failure: a request cannot be read or answered. Promise: the service goes on, answers the next at once, and keeps
    nothing of it (stock nameko dies of the first two, and every restarted process with it)."""
    for _ in range(12):
        probes.send(BAD_REQUESTS[how])
    assert caller.ask(c.ECHO, said="still here", within=5).data == {"said": "still here"}
    eventually(lambda: probes.waiting(topology.rpc_name(OWNER)) == 0)


@pytest.mark.parametrize("operation", [c.ECHO, c.REFUSE], ids=["answered", "refused"])
def test_text_that_cannot_be_encoded_hurts_nobody(probes: Probes, caller: Caller, operation: Any) -> None:
    """Failure: an answer or a refusal quotes half a surrogate pair. Promise: it is answered; the service goes on."""
    for _ in range(12):
        try:
            caller.ask(operation, said="\ud800", within=5)
        except Exception as refusal:
            assert type(refusal).__module__ == "shared.errors"
    assert caller.ask(c.ECHO, said="still here", within=5).data == {"said": "still here"}
