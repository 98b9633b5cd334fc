"""A portal at another address may use the API where the operator named it, and no other page may."""

import dataclasses

import pytest

from gateway import cors
from gateway.app import create_app
from gateway.settings import from_environment
from shared.settings import Misconfigured

PORTAL = "https://portal.example.id"
ENVIRONMENT = {"AMQP_URI": "amqp://127.0.0.1:1//"}


@pytest.fixture(scope="module")
def portals(app):
    """A gateway that one portal may use."""
    settings = dataclasses.replace(app.backend.settings, cors_origins=frozenset({PORTAL}))
    return create_app(settings).test_client()


def preflight(client, origin, path="/v1/sessions", method="PATCH"):
    asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": "authorization, if-match"}
    return client.options(path, headers={"Origin": origin, **asked})


def granted(headers):
    return {name: value for name, value in headers.items() if name.startswith("Access-Control-")}


@pytest.mark.parametrize("path", ["/v1/sessions", "/v1/uploads", "/v1/auth/login", "/v1/sessions/x/rsvp"])
def test_a_preflight_needs_no_token_and_allows_what_the_api_takes(portals, path):
    response = preflight(portals, PORTAL, path)
    assert response.status_code == 204
    assert response.headers["Access-Control-Allow-Origin"] == PORTAL
    for method in ("PATCH", "PUT", "DELETE"):
        assert method in response.headers["Access-Control-Allow-Methods"]
    for name in ("Authorization", "Idempotency-Key", "If-Match", "Sanggar-After", "Upload-Offset"):
        assert name in response.headers["Access-Control-Allow-Headers"]
    assert "Origin" in response.headers["Vary"]


def test_a_portal_reads_the_headers_that_the_api_speaks_with(portals, signed_in):
    response = portals.get("/v1/me", headers={**signed_in, "Origin": PORTAL})
    assert response.status_code == 503, "the broker is away"
    shown = response.headers["Access-Control-Expose-Headers"].split(", ")
    assert {"ETag", "Sanggar-After", "Location", "Retry-After", "Upload-Offset", "Tus-Resumable"} <= set(shown)
    assert response.headers["Access-Control-Allow-Origin"] == PORTAL


def test_refusals_can_be_read_too(portals):
    response = portals.get("/v1/me", headers={"Origin": PORTAL})
    assert response.status_code == 401
    assert response.headers["Access-Control-Allow-Origin"] == PORTAL


@pytest.mark.parametrize("origin", ["https://evil.example", "https://portal.example.id.evil.example", "null", "*", ""])
def test_other_origins_are_given_nothing(portals, origin):
    assert granted(preflight(portals, origin).headers) == {}
    response = portals.get("/v1/me", headers={"Origin": origin})
    assert granted(response.headers) == {}
    assert "Origin" in ", ".join(response.headers.getlist("Vary")), "a cache must not mix the origins' answers"


def test_the_browsers_own_credentials_are_never_asked_for(portals):
    for response in (preflight(portals, PORTAL), portals.get("/v1/me", headers={"Origin": PORTAL})):
        assert "Access-Control-Allow-Credentials" not in response.headers
        assert response.headers["Access-Control-Allow-Origin"] != "*"


def test_nobody_is_let_in_unless_the_operator_says_so(client):
    assert granted(preflight(client, PORTAL).headers) == {}
    assert granted(client.get("/v1/me", headers={"Origin": PORTAL}).headers) == {}


def test_only_the_api_itself_is_opened(portals):
    for path in ("/metrics", "/ready", "/docs"):
        assert granted(portals.get(path, headers={"Origin": PORTAL}).headers) == {}


def test_the_setting_holds_origins_between_commas(keys):
    environment = {**ENVIRONMENT, "SANGGAR_VERIFY_KEYS": str(keys[0])}
    assert from_environment(environment).cors_origins == frozenset()
    given = "https://Portal.example.id, http://localhost:5173"
    read = from_environment({**environment, "SANGGAR_CORS_ORIGINS": given}).cors_origins
    assert read == {"https://portal.example.id", "http://localhost:5173"}


@pytest.mark.parametrize("text", ["*", "null", "portal.example.id", "https://portal.example.id/", "https://*.id"])
def test_what_is_no_origin_stops_the_gateway(text):
    with pytest.raises(Misconfigured, match="SANGGAR_CORS_ORIGINS"):
        cors.origins(text)
