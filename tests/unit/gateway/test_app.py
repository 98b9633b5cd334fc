"""What the gateway answers by itself, and what it keeps to itself."""

import json
import re

import pytest

from gateway import rpc
from gateway.app import create_app
from gateway.problems import STATUSES
from shared.errors import Refusal, Stale, Text, Unavailable
from shared.ids import new_id
from shared.messaging.protocol import Answer
from shared.messaging.rpc_client import RpcClient
from shared.texts import LANGUAGES, catalogue, render


def test_live_asks_nobody(client):
    response = client.get("/live")
    assert (response.status_code, response.text) == (200, "ok\n")


def test_ready_names_what_is_away(client):
    response = client.get("/ready")
    assert response.status_code == 503
    assert response.get_json()["dependencies"] == {
        "broker": "away",
        "database": "unknown",
        **dict.fromkeys(("membership", "scheduling", "content", "learning", "notification"), "unknown"),
    }


@pytest.mark.parametrize(
    ("health", "database", "service", "status"),
    [
        (lambda service: {"database": True}, "ok", "ok", 200),
        (lambda service: {"database": service != "content"}, "away", "ok", 503),
        (lambda service: {"database": True} if service != "content" else Unavailable(), "ok", "ok", 503),
        (lambda service: Unavailable(), "unknown", "away", 503),
    ],
)
def test_ready_says_of_the_database_the_worst_that_a_service_reports(
    app, monkeypatch, health, database, service, status
):
    def ping(self, operation, data, context, **how):
        found = health(operation.service)
        if isinstance(found, Refusal):
            raise found
        return Answer(found)

    monkeypatch.setattr(RpcClient, "ready", lambda self, deadline: True)
    monkeypatch.setattr(RpcClient, "call", ping)
    response = create_app(app.backend.settings).test_client().get("/ready")
    found = response.get_json()["dependencies"]
    assert (response.status_code, found["database"], found["membership"]) == (status, database, service)


def test_metrics_count_requests_by_route_and_never_by_id(client, signed_in):
    client.get("/v1/people/somebody", headers=signed_in)
    text = client.get("/metrics").text
    assert 'sanggar_http_requests_total{method="GET",route="/v1/people/<person_id>",status="404"}' in text
    assert "somebody" not in text


def test_every_answer_is_guarded_against_browsers_that_guess(client):
    for path in ("/live", "/v1/me", "/docs", "/nothing"):
        headers = client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Frame-Options"] == "DENY"
        assert "Access-Control-Allow-Origin" not in headers


def test_answers_about_people_are_not_cached(client, signed_in):
    assert client.get("/v1/me", headers=signed_in).headers["Cache-Control"] == "no-store"


def test_the_access_log_tells_who_asked_what_without_telling_secrets(client, token, capsys):
    client.get("/v1/people?q=Rahasia&limit=900", headers={"Authorization": f"Bearer {token}"})
    client.post("/v1/auth/login", json={"district": "3307", "login": "siti", "password": ""})
    said = capsys.readouterr().out
    lines = [json.loads(line) for line in said.splitlines()]
    assert [(line["route"], line["status"]) for line in lines] == [("/v1/people", 422), ("/v1/auth/login", 422)]
    assert lines[0]["district"] == "3307"
    assert all({"correlation_id", "ms", "method", "code"} <= line.keys() for line in lines)
    assert not [secret for secret in (token, "Rahasia", "siti") if secret in said]


def test_a_fault_of_ours_is_told_without_its_cause(app):
    def stumble():
        raise RuntimeError("secret cause")

    stumbling = create_app(app.backend.settings)
    stumbling.add_url_rule("/stumble", view_func=stumble)
    response = stumbling.test_client().get("/stumble")
    assert response.status_code == 500
    assert response.mimetype == "application/problem+json"
    assert "secret cause" not in response.text


def test_every_problem_has_its_words_in_both_languages():
    for code in STATUSES:
        for language in LANGUAGES:
            assert render(Text(f"gateway.title_{code}"), language) != f"gateway.title_{code}"


@pytest.mark.parametrize("key", sorted(catalogue()))
def test_every_text_can_be_said_in_both_languages(key):
    for language in LANGUAGES:
        said = render(Text(key), language)
        assert said and said != key
        assert not re.search(r"\{\w+\}", said)


def test_the_docs_are_whole_without_anything_from_elsewhere(client):
    page = client.get("/docs").text
    assert '<script src="/docs/docs.js"' in page
    for outside in ("http://cdn", "https://", "//unpkg"):
        assert f'src="{outside}' not in page
        assert f'href="{outside}' not in page
    assert client.get("/docs/docs.js").mimetype == "text/javascript"
    assert client.get("/docs/docs.css").mimetype == "text/css"


def test_the_docs_speak_indonesian_first_and_english_when_asked(client):
    assert "Daftar sekolah" in client.get("/docs").text
    assert "List schools" in client.get("/docs?lang=en").text
    assert "List schools" in client.get("/docs", headers={"Accept-Language": "en"}).text


def test_the_docs_are_not_sent_twice_to_whoever_has_them(client):
    etag = client.get("/docs").headers["ETag"]
    assert client.get("/docs", headers={"If-None-Match": etag}).status_code == 304


def test_a_stale_save_is_answered_with_both_versions(client, signed_in, monkeypatch):
    def refuse(*call, **how):
        raise Stale("minutes.stale", details={"current": {"version": 2}, "sent": {"version": 1}})

    monkeypatch.setattr(rpc, "call", refuse)
    headers = {**signed_in, "If-Match": '"1"'}
    response = client.put(f"/v1/sessions/{new_id()}/minutes", json={"decisions": []}, headers=headers)
    told = response.get_json()
    assert (response.status_code, told["code"]) == (412, "stale")
    assert (told["current"], told["sent"]) == ({"version": 2}, {"version": 1})
