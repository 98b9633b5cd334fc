"""A command has one effect for each key, answers in time or not at all, and waits for copies that must come."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared import clock, errors
from shared.contracts.base import Operation
from shared.ids import new_id
from shared.messaging import idempotency, protocol, relay, topology
from shared.messaging.context import CallContext
from shared.messaging.wire import Outgoing
from tests.support.patience import eventually
from tests.support.probe import contracts as c
from tests.support.probe.stage import OWNER, Caller, Probes, community_event

# --- keys


def _works(probes: Probes, name: str) -> int:
    return probes.owner["communities"].count_documents({"name": name})


def test_the_same_key_gives_the_same_answer_and_one_effect(probes: Probes, caller: Caller) -> None:
    """Failure: the reply was lost and the caller repeats. Promise: the same answer, the same trail, one effect."""
    key, name = new_id(), f"calm {new_id()}"
    first = caller.ask(c.FOUND, key=key, name=name)
    again = caller.ask(c.FOUND, key=key, name=name)
    assert (again.data, again.after) == (first.data, first.after)
    assert _works(probes, name) == 1


def test_the_same_key_with_another_body_is_refused(probes: Probes, caller: Caller) -> None:
    """Failure: a client uses a key twice for different things. Promise: 422, and nothing is done."""
    key, name = new_id(), f"calm {new_id()}"
    caller.ask(c.FOUND, key=key, name="calm")
    with pytest.raises(errors.Invalid) as refusal:
        caller.ask(c.FOUND, key=key, name=name)
    assert refusal.value.text.key == "common.key_reused"
    assert _works(probes, name) == 0


def test_a_key_belongs_to_its_caller(probes: Probes, district: str, other_district: str) -> None:
    """Failure: two people, or two districts, happen to choose the same key. Promise: an effect each."""
    key, name = new_id(), f"calm {new_id()}"
    callers = [probes.caller(district), probes.caller(district), probes.caller(other_district)]
    answers = [caller.ask(c.FOUND, key=key, name=name).data["community_id"] for caller in callers]
    assert len(set(answers)) == _works(probes, name) == 3


@pytest.mark.parametrize("at_once", [4, 12])
def test_the_same_key_at_the_same_time_has_one_effect(probes: Probes, caller: Caller, at_once: int) -> None:
    """Failure: an impatient client sends a command many times at once. Promise: one effect; whoever is answered is
    answered the same, the rest is told that it is in progress."""
    key, name = new_id(), f"calm {new_id()}"

    def ask(_: int) -> Any:
        try:
            return caller.ask(c.FOUND, key=key, name=name, seconds=0.2).data["community_id"]
        except errors.InProgress:
            return None

    with ThreadPoolExecutor(at_once) as pool:
        answers = set(pool.map(ask, range(at_once)))
    assert len(answers - {None}) == 1
    assert _works(probes, name) == 1


def test_those_who_would_meet_at_one_document_take_turns(probes: Probes, caller: Caller) -> None:
    """Failure: a burst of commands all write one document; at once, most of them are done several times in vain.
    Promise: in one process each is done once, and all of them stand."""
    community = caller.ask(c.FOUND, name="calm").data["community_id"]
    names = [f"calm {new_id()}" for _ in range(12)]
    with ThreadPoolExecutor(len(names)) as pool:
        given = list(pool.map(lambda name: caller.ask(c.RENAME, community_id=community, name=name).data, names))
    assert len({community["version"] for community in given}) == len(names)
    begun = [doc["name"] for doc in probes.owner["begun"].find({"name": {"$in": names}})]
    assert sorted(begun) == sorted(names)


@pytest.mark.parametrize("how", ["raise", "fault"])
def test_what_is_refused_undoes_everything_and_is_not_stored(probes: Probes, caller: Caller, how: str) -> None:
    """Failure: a command is refused, or breaks, after it wrote and emitted. Promise: nothing stands, no event goes out,
    and the same key may be used again."""
    key, name = new_id(), f"calm {new_id()}"
    options = {"refuse": "raise"} if how == "raise" else {"fault": "broken"}
    for _ in range(2):
        with pytest.raises(errors.Conflict if how == "raise" else errors.Unavailable):
            caller.ask(c.FOUND, key=key, name=name, **options)
    assert _works(probes, name) == 0
    assert caller.ask(c.FOUND, key=key, name=name).data["name"] == name
    assert _works(probes, name) == 1
    eventually(lambda: probes.outbox() == 0)
    assert sum(entry["data"]["name"] == name for entry in probes.log()) == 1


def test_a_refusal_that_is_returned_keeps_what_was_done(probes: Probes, caller: Caller) -> None:
    """Promise: a use case may refuse and yet keep what it did, and tell of it (a stolen token ends its session)."""
    name = f"calm {new_id()}"
    with pytest.raises(errors.Conflict):
        caller.ask(c.FOUND, key=new_id(), name=name, refuse="return")
    assert _works(probes, name) == 1
    eventually(lambda: sum(entry["data"]["name"] == name for entry in probes.log()) == 1)


def test_a_secret_answer_is_stored_nowhere(probes: Probes, caller: Caller) -> None:
    """Failure: an answer with a secret is repeated. Promise: one effect; the repetition is told so, without the secret,
    which stands in no collection."""
    key, name = new_id(), f"calm {new_id()}"
    secret = caller.ask(c.GIVE_SECRET, key=key, name=name).data["said"]
    with pytest.raises(errors.Conflict) as refusal:
        caller.ask(c.GIVE_SECRET, key=key, name=name)
    assert refusal.value.text.key == "common.already_done"
    assert probes.owner["works"].count_documents({"name": name}) == 1
    assert not [doc for doc in probes.owner[idempotency.TABLE].find() if secret in str(doc)]


# --- deadlines


def test_what_is_late_is_not_done(probes: Probes, caller: Caller) -> None:
    """Failure: a command outlives its deadline. Promise: its caller is told in time that the outcome is unknown, and it
    commits nothing afterwards."""
    name, begun = f"calm {new_id()}", time.monotonic()
    with pytest.raises(errors.OutcomeUnknown):
        caller.ask(c.FOUND, key=new_id(), within=0.5, name=name, seconds=1.0)
    assert time.monotonic() - begun < 0.8
    eventually(lambda: probes.owner["begun"].count_documents({"name": name}))
    time.sleep(1.2)
    assert _works(probes, name) == 0


def _request(caller: Caller, operation: Operation, body: bytes, left_ms: int) -> Outgoing:
    return Outgoing(
        body=body,
        exchange=topology.rpc_exchange(OWNER).name,
        routing_key="rpc",
        headers=caller.context.headers(left_ms),
        properties={
            "type": operation.name,
            "reply_to": "nobody",
            "correlation_id": new_id(),
            "content_type": protocol.JSON,
        },
        persistent=False,
    )


@pytest.mark.parametrize("left_ms", [0, -5000])
def test_an_expired_request_is_not_begun(probes: Probes, caller: Caller, left_ms: int) -> None:
    """Failure: a request arrives when nobody waits for it any more. Promise: it is not even begun."""
    name = f"calm {new_id()}"
    probes.send(_request(caller, c.FOUND, f'{{"name": "{name}"}}'.encode(), left_ms))
    assert caller.ask(c.ECHO, said="after it").data == {"said": "after it"}
    time.sleep(0.2)
    assert probes.owner["begun"].count_documents({"name": name}) == 0


# --- who asks


def test_a_token_is_needed_and_must_be_ours(probes: Probes, district: str) -> None:
    """Failure: a message reaches the service past the gateway. Promise: without the person's own good token it is
    refused, whatever it says."""
    for token in (None, "", "nonsense", "e30.e30.e30"):
        with pytest.raises(errors.Unauthenticated):
            probes.client.call(c.ECHO, {"said": "let me in"}, CallContext(new_id(), token=token))


def test_a_token_counts_no_more_once_its_session_was_revoked(probes: Probes, caller: Caller) -> None:
    """Failure: somebody logs out, is disabled or robbed. Promise: within seconds the tokens count no more."""
    assert caller.ask(c.ECHO, said="hello").data
    store: Any = probes.open(OWNER, caller.district)
    store.access.insert({"id": caller.person_id, "disabled": True, "tokens_valid_from": None, "revoked": []})

    def refused() -> bool:
        try:
            caller.ask(c.ECHO, said="hello")
        except errors.Unauthenticated:
            return True
        return False

    eventually(refused, within=5)


# --- reading one's own writes


def test_a_reader_waits_for_what_was_written(probes: Probes, caller: Caller) -> None:
    """Failure: the reader's copy is behind the write that she just made. Promise: with its trail she sees it."""
    for _ in range(10):
        answer = caller.ask(c.FOUND, name=f"calm {new_id()}")
        seen = caller.ask(c.SEE, after=answer.after, community_id=answer.data["community_id"])
        assert seen.data["version"] == answer.data["version"]
        renamed = caller.ask(c.RENAME, community_id=answer.data["community_id"], name="renamed")
        seen = caller.ask(c.SEE, after=renamed.after, community_id=answer.data["community_id"])
        assert seen.data["name"] == "renamed"


def _far(caller: Caller, community_id: str) -> tuple[str]:
    """The trail of a write that nobody made."""
    return (f"{caller.district}/community:{community_id}:{clock.now_ms() + 60_000}",)


def test_what_does_not_come_in_time_is_not_yet(probes: Probes, caller: Caller) -> None:
    """Failure: the copy does not catch up. Promise: "not yet" after two seconds; no stale answer."""
    community_id = caller.found()
    eventually(lambda: probes.copy(community_id))
    begun = time.monotonic()
    with pytest.raises(errors.NotYet) as refusal:
        caller.ask(c.SEE, after=_far(caller, community_id), community_id=community_id)
    assert 1.8 < time.monotonic() - begun < 4
    assert refusal.value.retry_after


@pytest.mark.parametrize("entry", ["nonsense", "community:", ":7", "community:x:seven", "pupil:1:1", "\u0000:1"])
def test_a_trail_that_says_nothing_is_passed_over(probes: Probes, caller: Caller, entry: str) -> None:
    """Failure: the trail that comes back is not one of ours. Promise: it is no reason to wait or to fail."""
    community_id = caller.found()
    eventually(lambda: probes.copy(community_id))
    begun = time.monotonic()
    for after in (entry, f"{caller.district}/{entry}"):
        assert caller.ask(c.SEE, after=(after,), community_id=community_id).data
    assert time.monotonic() - begun < 1.5


@pytest.mark.parametrize("operation", [c.SEE, c.REMARK], ids=["query", "command"])
def test_a_very_young_id_is_waited_for(probes: Probes, caller: Caller, operation: Operation) -> None:
    """Failure: a caller without a trail asks for something that was made a moment ago. Promise: the service waits for
    its copy before it says 404; an id that is not young is refused at once."""
    event = community_event(caller.district)
    threading.Timer(0.5, probes.publish, [event]).start()
    assert caller.ask(operation, community_id=event["data"]["community_id"]).data["version"] == event["sequence"]
    begun = time.monotonic()
    with pytest.raises(errors.NotFound):
        caller.ask(operation, community_id="01890000-0000-7000-8000-000000000000")
    assert time.monotonic() - begun < 1


def test_a_newcomer_unknown_here_is_waited_for(probes: Probes, district: str) -> None:
    """Failure: somebody activated a moment ago has a good token, and her record has not arrived. Promise: she is let in
    when it does, and refused if it does not."""
    stranger = probes.stranger(district)
    threading.Timer(0.5, probes.introduce, [stranger]).start()
    with pytest.raises(errors.NotFound):
        stranger.ask(c.SEE, community_id="01890000-0000-7000-8000-000000000000")
    with pytest.raises(errors.Unauthenticated):
        probes.stranger(district).ask(c.SEE, community_id="01890000-0000-7000-8000-000000000000")


def test_those_who_wait_leave_room_for_others(probes: Probes, caller: Caller) -> None:
    """Failure: many callers wait for a copy that does not come. Promise: at most a quarter of the workers wait, the
    others are told to come again, and whoever needs not wait is answered."""
    community_id = caller.found()
    eventually(lambda: probes.copy(community_id))
    far = _far(caller, community_id)
    answered: list[float] = []

    def wait(_: int) -> None:
        begun = time.monotonic()
        with pytest.raises(errors.NotYet):
            caller.ask(c.SEE, after=far, community_id=community_id)
        answered.append(time.monotonic() - begun)

    with ThreadPoolExecutor(16) as pool:
        waiting = pool.map(wait, range(16))
        time.sleep(0.5)
        begun = time.monotonic()
        assert caller.ask(c.SEE, community_id=community_id).data
        assert time.monotonic() - begun < 1
        list(waiting)
    assert sum(seconds > 1.5 for seconds in answered) <= 8 // 4


# --- what travels along


def test_only_our_own_headers_travel(probes: Probes, caller: Caller) -> None:
    """Failure: a request carries headers that are nobody's business. Promise: neither its answer nor the event that it
    causes carries any of them."""
    name = f"calm {new_id()}"
    request = _request(caller, c.FOUND, f'{{"name": "{name}"}}'.encode(), 5000)
    headers = {**request.headers, "x-secret": "s3cret", "nameko.call_id_stack": ["a"], "sanggar-other": "s3cret"}
    with probes.listening() as heard:
        probes.send(
            Outgoing(
                request.body,
                request.exchange,
                request.routing_key,
                headers=headers,
                properties={**request.properties, "reply_to": heard.reply_to},
            )
        )
        reply = eventually(lambda: heard.replies)[0]
        event = eventually(lambda: [each for each in heard.events if name.encode() in each.body])[0]
    assert reply.headers == {}
    assert event.headers == {}
    assert b"s3cret" not in reply.body + event.body


def test_events_say_who_caused_them(probes: Probes, caller: Caller) -> None:
    """Promise: an event tells its actor and the request; what a reaction emits tells its cause too."""
    context = CallContext(new_id(), token=caller.context.token, traceparent="00-" + "ab" * 16 + "-" + "cd" * 8 + "-01")
    community_id = probes.client.call(c.FOUND, {"name": "calm"}, context).data["community_id"]
    event = probes.event_of(community_id)
    assert event["actor"] == caller.person_id
    assert (event["correlation_id"], event["traceparent"]) == (context.correlation_id, context.traceparent)
    answers = eventually(lambda: [e for e in probes.log("scheduling") if e["causation_id"] == event["_id"]])
    assert (answers[0]["correlation_id"], answers[0]["traceparent"]) == (context.correlation_id, context.traceparent)
    assert relay.message_of("scheduling", answers[0]).routing_key.startswith(f"{caller.district}.rsvp_changed")
