"""The API client promises: changes are never done twice, waiting is bounded, and problems are kept whole."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from deploy.client import Client, Refused, Trail, Unreachable


class Scripted:
    """A server that gives the answers it was told to, in their order, and remembers what it was asked.

    An answer is ``(status, headers, body)``, or ``None`` for hanging up without one.
    """

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, str, dict[str, str], Any]] = []
        script = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                script.asked.append(
                    (
                        self.command,
                        self.path,
                        dict(self.headers),
                        json.loads(body) if body[:1] in (b"{", b"[") else body,
                    )
                )
                answer = script.answers.pop(0)
                if answer is None:
                    self.close_connection = True
                    self.connection.close()
                    return
                status, headers, content = answer
                payload = b"" if content is None else json.dumps(content).encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

            do_GET = do_POST = do_PATCH = do_PUT = handle_any

            def log_message(self, *args: Any) -> None:
                """Nothing to say."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def scripted() -> Iterator[Callable[..., Scripted]]:
    servers: list[Scripted] = []

    def start(*answers: Any) -> Scripted:
        servers.append(Scripted(*answers))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


TOKENS = {"access_token": "first", "refresh_token": "3399-r1", "expires_in": 600, "person": {}}


def test_a_change_whose_answer_was_lost_is_repeated_with_the_same_key(scripted):
    server = scripted(None, (503, {"Retry-After": "0"}, {"code": "outcome_unknown"}), (201, {}, {"id": "x"}))

    assert Client(server.address).post("/v1/communities", {"name": "MGMP IPA"}) == {"id": "x"}

    keys = {headers["Idempotency-Key"] for _, _, headers, _ in server.asked}
    assert len(server.asked) == 3
    assert len(keys) == 1


def test_two_changes_have_two_keys_and_reading_has_none(scripted):
    server = scripted((201, {}, {}), (201, {}, {}), (200, {}, {}))
    client = Client(server.address)
    client.post("/v1/a")
    client.post("/v1/a")
    client.get("/v1/a")

    first, second, reading = (headers.get("Idempotency-Key") for _, _, headers, _ in server.asked)
    assert first and second and first != second
    assert reading is None


def test_a_refusal_is_told_whole_and_not_repeated(scripted):
    problem = {"title": "Invalid", "detail": "Check the fields.", "code": "invalid", "errors": {"name": ["Too long."]}}
    server = scripted((422, {}, problem))

    with pytest.raises(Refused, match=r"Check the fields\.") as caught:
        Client(server.address).post("/v1/communities", {"name": "x" * 500})

    assert caught.value.status == 422
    assert caught.value.problem == problem
    assert len(server.asked) == 1


def test_a_platform_that_stays_away_is_given_up_when_patience_ends(scripted):
    server = scripted(*[(503, {"Retry-After": "0"}, {"code": "unavailable"})] * 10_000)
    with pytest.raises(Refused, match="503"):
        Client(server.address, patience=0.3).get("/v1/schools")

    server.close()
    with pytest.raises(Unreachable, match="127"):
        Client(server.address, patience=0.3).get("/v1/schools")


def test_who_shares_a_trail_reads_what_the_others_wrote(scripted):
    server = scripted((201, {"Sanggar-After": "community:1:7"}, {}), (200, {}, {}), (200, {}, {}))
    trail = Trail()
    Client(server.address, trail=trail).post("/v1/communities")
    Client(server.address, trail=trail).get("/v1/sessions")
    Client(server.address).get("/v1/sessions")

    assert [headers.get("Sanggar-After") for _, _, headers, _ in server.asked] == [None, "community:1:7", None]


def test_an_expired_token_is_renewed_once_and_the_request_repeated(scripted):
    renewed = {**TOKENS, "access_token": "second", "refresh_token": "3399-r2"}
    server = scripted(
        (200, {}, TOKENS), (401, {}, {"code": "unauthenticated"}), (200, {}, renewed), (200, {}, {"id": "me"})
    )
    client = Client(server.address)
    client.log_in("3399", "operator", "a long password")

    assert client.get("/v1/me") == {"id": "me"}
    assert [path for _, path, _, _ in server.asked] == ["/v1/auth/login", "/v1/me", "/v1/auth/refresh", "/v1/me"]
    assert server.asked[2][3] == {"refresh_token": "3399-r1"}
    assert server.asked[3][2]["Authorization"] == "Bearer second"
    assert all("Idempotency-Key" not in headers for _, path, headers, _ in server.asked if "/auth/" in path)


def test_a_list_is_read_to_its_end(scripted):
    server = scripted((200, {}, {"items": [1, 2], "next": "c1"}), (200, {}, {"items": [3], "next": None}))

    assert list(Client(server.address).every("/v1/people", school="90100001")) == [1, 2, 3]
    assert "after=c1" in server.asked[1][1]
    assert all("school=90100001" in path for _, path, _, _ in server.asked)


def test_a_version_is_sent_as_an_entity_tag(scripted):
    server = scripted((200, {}, {}))
    Client(server.address).patch("/v1/schools/90100001", {"name": "SD Baru"}, version=17)
    assert server.asked[0][2]["If-Match"] == '"17"'
