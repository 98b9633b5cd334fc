"""The headers beside a request's data."""

import pytest
from flask import Request, Response
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import PreconditionRequired
from werkzeug.test import EnvironBuilder

from gateway import conditions
from shared.errors import Invalid, Stale, Unavailable
from shared.ids import is_id, new_id
from shared.messaging.context import MOST_AFTER
from shared.messaging.protocol import Answer
from shared.messaging.rpc_client import RpcClient


def request(**headers):
    return Request(
        EnvironBuilder(headers={name.replace("_", "-"): value for name, value in headers.items()}).get_environ()
    )


def test_a_sane_correlation_id_is_taken_and_any_other_replaced():
    assert conditions.correlation_id("phone-17.3") == "phone-17.3"
    for given_id in ("", "a b", "x" * 101, "ümlaut", "<script>", "a\tb"):
        assert is_id(conditions.correlation_id(given_id))


@pytest.mark.parametrize(
    ("accepts", "language"),
    [
        ("", "id"),
        ("id", "id"),
        ("en", "en"),
        ("en-US,en;q=0.9", "en"),
        ("id-ID,id;q=0.9,en;q=0.8", "id"),
        ("en;q=0.8,id;q=0.9", "id"),
        ("fr", "id"),
        ("*", "id"),
        (";;;q=x,,", "id"),
    ],
)
def test_indonesian_is_spoken_unless_english_is_preferred(accepts, language):
    assert conditions.language(accepts) == language


@pytest.mark.parametrize("key", ["a", "x" * 200, "order 17 / b"])
def test_an_idempotency_key_is_passed_on_as_it_is(key):
    assert conditions.idempotency_key(request(Idempotency_Key=key)) == key


@pytest.mark.parametrize("key", ["", "x" * 201, "é", "a\x7fb", " "])
def test_an_idempotency_key_that_cannot_be_kept_is_refused(key):
    with pytest.raises(Invalid):
        conditions.idempotency_key(request(Idempotency_Key=key))


def test_no_key_is_no_key():
    assert conditions.idempotency_key(request()) is None


def test_a_version_comes_back_as_it_was_given():
    for header in (conditions.etag(1767225600000), f"W/{conditions.etag(1767225600000)}"):
        assert conditions.expected_version(request(If_Match=header)) == 1767225600000


def test_changing_an_object_needs_its_version():
    with pytest.raises(PreconditionRequired):
        conditions.expected_version(request())


@pytest.mark.parametrize("header", ["*", "1", '"abc"', '"1", "2"', '"' + "9" * 30 + '"', ""])
def test_an_etag_that_was_never_ours_matches_nothing(header):
    with pytest.raises(Stale):
        conditions.expected_version(request(If_Match=header))


def told(before, written, secure=False):
    response = Response()
    conditions.tell_seen(response, before, written, secure=secure)
    return response


subjects = st.sampled_from(["district:3307", "member:a/b", "school:20306577", "rsvp:s/p"])
entries = st.lists(st.builds("{}:{}".format, subjects, st.integers(1, 10**13)), max_size=60)


@given(entries, entries.filter(bool))
def test_what_a_write_answers_can_be_sent_back_by_header_and_by_cookie(before, written):
    response = told(before, written)
    value = response.headers["Sanggar-After"]
    assert conditions.seen(request(Sanggar_After=value)) == conditions.seen(request(Cookie=f"sanggar_after={value}"))
    newest = {}
    for entry in (*before, *written):
        subject, _, sequence = entry.rpartition(":")
        newest[subject] = max(newest.get(subject, 0), int(sequence))
    assert set(conditions.seen(request(Sanggar_After=value))) == {f"{s}:{n}" for s, n in newest.items()}


def test_what_was_written_last_is_kept_when_there_is_too_much_of_it():
    written = [f"member:{n:0>36}/{n:0>36}:{n + 1}" for n in range(100)]
    value = told([], written).headers["Sanggar-After"]
    assert len(value) <= 1500
    seen = conditions.seen(request(Sanggar_After=value))
    assert seen[-1] == written[-1]
    assert len(seen) <= MOST_AFTER


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites():
    cookie = told([], ["school:1:2"], secure=True).headers["Set-Cookie"]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=Lax", "Secure", "Path=/v1", "Max-Age=60"))


@pytest.mark.parametrize("value", ["nonsense", "a b:1", "a:x", "~", "x" * 9000, "a:1~", "a:" + "9" * 30])
def test_a_header_that_is_not_ours_is_refused_and_a_cookie_left_aside(value):
    with pytest.raises(Invalid):
        conditions.seen(request(Sanggar_After=value))
    assert conditions.seen(request(Cookie=f"sanggar_after={value}")) in ((), ("a:1",))


def test_a_trace_context_is_passed_on_only_when_it_is_well_formed():
    good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    assert conditions.traceparent(request(traceparent=good)) == good
    assert conditions.traceparent(request(traceparent=good + "x")) is None


def test_every_command_has_a_key_but_one_that_may_be_done_twice(client, signed_in, monkeypatch):
    """A login costs a hash; a record that nobody asks for would be a tenth of what is left."""
    asked = []

    def call(self, operation, data, context, **how):
        asked.append(context.idempotency_key)
        raise Unavailable()

    monkeypatch.setattr(RpcClient, "call", call)
    login = {"district": "3307", "login": "siti.1", "password": "kopi hangat"}
    school = {"npsn": "20306577", "name": "SD 1", "level": "SD", "status": "Negeri", "subdistrict": "Kepil"}
    client.post("/v1/auth/login", json=login)
    client.post("/v1/auth/login", json=login, headers={"Idempotency-Key": "my-own-key-1"})
    client.post("/v1/schools", json=school, headers=signed_in)
    assert asked[:2] == [None, "my-own-key-1"]
    assert is_id(asked[2])


BEFORE = "3307/school:20306577:41"


@pytest.mark.parametrize("made", [(), ("3307/person:a:7",)])
def test_no_write_loses_what_was_to_be_seen_before_it(app, signed_in, monkeypatch, made):
    """A notification that is read makes no event; whoever keeps what the last write answered keeps the chain."""
    client = app.test_client(use_cookies=False)
    monkeypatch.setattr(RpcClient, "call", lambda *call, **how: Answer({}, after=made))
    for carried in ({"Sanggar-After": BEFORE}, {"Cookie": f"sanggar_after={BEFORE}"}):
        answer = client.post("/v1/notifications/read", json={"ids": [new_id()]}, headers={**signed_in, **carried})
        assert answer.status_code < 300
        assert answer.headers["Sanggar-After"].split("~") == [BEFORE, *made]
        assert BEFORE in answer.headers["Set-Cookie"]


def test_a_write_without_anything_to_be_seen_says_nothing_and_so_does_a_read(client, signed_in, monkeypatch):
    monkeypatch.setattr(RpcClient, "call", lambda *call, **how: Answer({}))
    written = client.post("/v1/notifications/read", json={"ids": [new_id()]}, headers=signed_in)
    read = client.get("/v1/district", headers={**signed_in, "Sanggar-After": BEFORE})
    for answer in (written, read):
        assert answer.status_code < 300
        assert not {"Sanggar-After", "Set-Cookie"} & set(answer.headers.keys())
