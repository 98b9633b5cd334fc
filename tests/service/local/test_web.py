"""nginx by itself, with nobody behind it: what it refuses is told like everything else (docs/decisions/0014)."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from deploy.local import packages
from deploy.local.rundir import RunDir
from deploy.local.supervisor import Supervisor
from deploy.local.web import PROGRAM, web_server
from gateway.settings import MIB, from_environment
from shared.contracts.content import LARGEST_FILE
from shared.contracts.membership import LARGEST_IMPORT

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def run_dir(tmp_path_factory: pytest.TempPathFactory) -> RunDir:
    return RunDir(tmp_path_factory.mktemp("nginx"))


@pytest.fixture(scope="module")
def address(run_dir: RunDir) -> Iterator[str]:
    program = packages.need([PROGRAM], run_dir.path / "apt.log", print)[PROGRAM]
    port = run_dir.port("web")
    supervisor = Supervisor()
    process = web_server(run_dir, program, port, run_dir.port("gateway"))
    supervisor.launch(process)
    try:
        while not listens(port):
            supervisor.pause(0.02)
        yield f"http://127.0.0.1:{port}"
    finally:
        supervisor.kill()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def problem(response: requests.Response, status: int, code: str) -> dict[str, Any]:
    told = response.json()
    assert response.headers["Content-Type"] == "application/problem+json"
    assert (response.status_code, told["status"], told["code"]) == (status, status, code)
    assert told["correlation_id"] == response.headers["X-Correlation-Id"]
    return told


def test_a_gateway_that_is_away_is_told_as_unavailable(address: str) -> None:
    response = requests.get(f"{address}/v1/me", timeout=10)
    assert problem(response, 503, "unavailable")["title"] == "Sedang tidak tersedia"
    assert response.headers["Retry-After"] == "5"


@pytest.mark.parametrize("length", [8_300, 20_000])
def test_an_address_that_is_too_long_is_told_as_malformed(address: str, length: int) -> None:
    answer = requests.get(f"{address}/v1/people?q=" + "a" * length, timeout=10)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_reader_of_english_is_told_in_english(address: str) -> None:
    response = requests.get(f"{address}/v1/me", headers={"Accept-Language": "en-GB, id;q=0.5"}, timeout=10)
    assert problem(response, 503, "unavailable")["title"] == "Not available now"


@pytest.mark.parametrize(
    ("path", "largest"),
    [("/v1/communities", MIB), ("/v1/imports", LARGEST_IMPORT + MIB), ("/v1/uploads/1", LARGEST_FILE)],
)
def test_a_body_over_the_limit_of_its_route_is_refused_before_it_is_sent(address: str, path: str, largest: int) -> None:
    def answer_to(length: int) -> requests.Response:
        def body() -> Iterator[bytes]:
            yield b"x"

        request = requests.Request("POST", address + path, data=body()).prepare()
        request.headers.pop("Transfer-Encoding")
        request.headers["Content-Length"] = str(length)
        with requests.Session() as session:
            return session.send(request, timeout=10)

    problem(answer_to(largest + 1), 413, "too_large")


def test_its_limit_for_json_is_the_gateways_own() -> None:
    nginx = re.search(r"^client_max_body_size (\d+)m;", (ROOT / "deploy/nginx/server.conf").read_text("utf-8"), re.M)
    gateway = from_environment({"AMQP_URI": "amqp://", "SANGGAR_VERIFY_KEYS": "none"})
    assert nginx is not None
    assert int(nginx[1]) * MIB == gateway.largest_json


def test_slow_senders_do_not_keep_others_waiting(run_dir: RunDir) -> None:
    """Fifty bodies that never come to an end reach no gateway; the one request that is whole does."""
    with socket.create_server(("127.0.0.1", 0)) as gateway:
        other = RunDir(run_dir.path / "slow")
        program = packages.need([PROGRAM], run_dir.path / "apt.log", print)[PROGRAM]
        port = other.port("web")
        supervisor = Supervisor()
        supervisor.launch(web_server(other, program, port, gateway.getsockname()[1]))
        seen: list[bytes] = []
        threading.Thread(target=serve, args=(gateway, seen), daemon=True).start()
        slow: list[socket.socket] = []
        try:
            while not listens(port):
                supervisor.pause(0.02)
            for number in range(50):
                sender = socket.create_connection(("127.0.0.1", port))
                sender.sendall(b"POST /slow/%d HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nx" % number)
                slow.append(sender)
            response = requests.post(f"http://127.0.0.1:{port}/whole", data=b"y" * 5000, timeout=5)
            assert response.status_code == 204
            assert [line.split()[1] for line in seen] == [b"/whole"]
        finally:
            for sender in slow:
                sender.close()
            supervisor.kill()


def serve(listener: socket.socket, seen: list[bytes]) -> None:
    """Takes requests one after the other, notes their first line, and answers each with nothing."""
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            head, _, body = connection.recv(65536).partition(b"\r\n\r\n")
            seen.append(head.partition(b"\r\n")[0])
            announced = re.search(rb"Content-Length: (\d+)", head)
            length = int(announced[1]) if announced else 0
            while len(body) < length:
                body += connection.recv(65536)
            connection.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")


def test_figures_are_for_this_machine_alone(run_dir: RunDir) -> None:
    """What a proxy forwards comes from somebody else, though it arrives from the loopback address."""
    with socket.create_server(("127.0.0.1", 0)) as gateway:
        other = RunDir(run_dir.path / "figures")
        program = packages.need([PROGRAM], run_dir.path / "apt.log", print)[PROGRAM]
        port = other.port("web")
        supervisor = Supervisor()
        supervisor.launch(web_server(other, program, port, gateway.getsockname()[1]))
        seen: list[bytes] = []
        threading.Thread(target=serve, args=(gateway, seen), daemon=True).start()

        def asked(path: str, **headers: str) -> bytes:
            head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
            with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
                line.sendall(f"GET {path} HTTP/1.0\r\n{head}\r\n".encode())
                while line.recv(4096):
                    pass
            return seen[-1].split()[1]

        try:
            while not listens(port):
                supervisor.pause(0.02)
            assert asked("/metrics") == b"/metrics"
            for path in ("/metrics", "/%6detrics", "//metrics", "/docs/../metrics", "/metrics?x=1"):
                for name in ("X_Forwarded_For", "X_Real_IP", "Forwarded"):
                    assert asked(path, **{name: "203.0.113.9"}).startswith(b"/nothing-here"), (path, name)
        finally:
            supervisor.kill()
