"""The envelope of events, and the form of requests and answers."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import clock, errors
from shared.contracts.events import EVENTS
from shared.contracts.events.membership import COMMUNITY_CHANGED
from shared.ids import new_id
from shared.messaging import envelope, protocol
from shared.messaging.context import MOST_AFTER, CallContext, read_headers
from shared.messaging.envelope import Malformed


def entry(**changes):
    data = {
        "community_id": new_id(),
        "name": "MGMP IPA",
        "kind": "mgmp",
        "level": None,
        "subject": None,
        "phase": None,
        "npsn": None,
        "join_policy": "open",
        "status": "active",
        "founder_id": new_id(),
    }
    return {
        "_id": new_id(),
        "district": "3307",
        "type": COMMUNITY_CHANGED.type,
        "subject": f"community:{data['community_id']}",
        "sequence": clock.next_version(),
        "time": clock.now(),
        "data": data,
        **changes,
    }


def test_an_event_arrives_as_it_was_sent():
    sent = entry(actor=new_id(), correlation_id="c", causation_id="d", traceparent="t")
    got = envelope.decode(envelope.encode(sent), "membership.events")
    assert (got.id, got.district, got.subject, got.sequence, got.time) == (
        sent["_id"],
        "3307",
        sent["subject"],
        sent["sequence"],
        sent["time"],
    )
    assert got.plain == sent["data"]
    assert (got.actor, got.correlation_id, got.causation_id, got.traceparent) == (sent["actor"], "c", "d", "t")
    assert not got.replay
    assert envelope.decode(envelope.encode(sent, replay=True)).replay


def test_an_event_is_a_cloudevent_to_others():
    sent = entry()
    event = json.loads(envelope.encode(sent))
    assert {"id", "source", "specversion", "type"} <= event.keys()
    assert (event["id"], event["type"], event["specversion"]) == (sent["_id"], COMMUNITY_CHANGED.type, "1.0")
    assert event["data"] == sent["data"]
    # The "Sequence" extension is text.
    assert event["sequence"] == str(sent["sequence"])
    # An attribute's name is lower-case letters and digits, and its value is never null (CloudEvents 1.0, section 3.1).
    for name, value in event.items():
        assert name.isalnum() and name.islower() and value is not None


def test_a_newer_sender_s_further_fields_are_passed_over():
    raw = json.loads(envelope.encode(entry()))
    raw["a_new_extension"] = 1
    raw["data"]["a_new_field"] = {"x": 1}
    got = envelope.decode(json.dumps(raw).encode())
    assert "a_new_field" not in got.data
    assert got.plain["a_new_field"] == {"x": 1}


@given(st.binary(max_size=300))
def test_any_other_bytes_are_malformed(body):
    with pytest.raises(Malformed):
        envelope.decode(body)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(name=st.sampled_from(sorted(json.loads(envelope.encode(entry())))), value=JSON)
def test_an_attribute_of_any_other_value_is_malformed_or_harmless(name, value):
    raw = json.loads(envelope.encode(entry()))
    raw[name] = value
    try:
        got = envelope.decode(json.dumps(raw).encode(), "membership.events")
    except Malformed:
        return
    assert got.event is COMMUNITY_CHANGED
    assert got.subject == raw["subject"]


def test_malformed_says_why_without_quoting():
    secret = "Siti Aminah"
    with pytest.raises(Malformed) as malformed:
        envelope.decode(json.dumps({**json.loads(envelope.encode(entry())), "district": secret}).encode())
    assert "district" in str(malformed.value) and secret not in str(malformed.value)


@pytest.mark.parametrize("service", sorted({event.service for event in EVENTS.values()} - {"membership"}))
def test_nobody_speaks_for_another_service(service):
    with pytest.raises(Malformed):
        envelope.decode(envelope.encode(entry()), f"{service}.events")


# --- requests and answers


@given(JSON, st.none() | st.binary(max_size=50))
def test_fields_and_bytes_come_through(data, raw):
    body, headers, content_type = protocol.encode(data, raw)
    fields, got = protocol.decode(body, headers, content_type)
    assert json.dumps(fields) == json.dumps(json.loads(json.dumps(data).encode(errors="replace"))) or "\\ud" in (
        json.dumps(data)
    )
    assert got == (raw or b"")


@pytest.mark.parametrize("refusal", errors.REFUSALS.values(), ids=lambda refusal: refusal.code)
def test_a_refusal_crosses_the_wire_whole(refusal):
    sent = refusal(
        "common.conflict",
        fields={"npsn": [errors.Text("common.invalid", {"a": 1})]},
        retry_after=3,
        details={"current": {"version": 2}},
        name="x",
    )
    wire = json.loads(json.dumps(protocol.refused(sent)))
    with pytest.raises(refusal) as got:
        protocol.read_answer(wire, b"")
    assert got.value.as_dict() == sent.as_dict()


def test_an_unknown_refusal_is_unavailable():
    with pytest.raises(errors.Unavailable):
        protocol.read_answer({"ok": False, "error": {"code": "from_the_future"}}, b"")
    with pytest.raises(errors.Unavailable):
        protocol.read_answer(["what"], b"")


# --- what travels along


def test_the_context_of_a_call_comes_through():
    sent = CallContext("c", "token", "key", ("a:1", "b:2"), "en", "trace")
    got, left = read_headers(sent.headers(1500))
    assert (got, left) == (sent, 1500)


@given(st.dictionaries(st.text(), JSON | st.binary(), max_size=5))
def test_strange_headers_are_passed_over(headers):
    own = {f"sanggar-{name}": value for name, value in headers.items()}
    context, _ = read_headers({**headers, **own})
    assert context.correlation_id and context.language in ("id", "en")


def test_a_context_is_bounded():
    context, left = read_headers(
        {
            "sanggar-after": " ".join(f"a:{n}" for n in range(200)),
            "sanggar-key": "k" * 201,
            "sanggar-token": "t" * 5000,
            "sanggar-correlation": "c" * 101,
            "sanggar-left-ms": True,
        }
    )
    assert len(context.after) == MOST_AFTER
    assert context.idempotency_key is None and context.token is None and len(context.correlation_id) == 36
    assert left is None
