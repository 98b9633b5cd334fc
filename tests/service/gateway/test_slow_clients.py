"""gunicorn by itself, without nginx in front: slow senders are borne with, and nobody else waits for them."""

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import pytest

from deploy.local.rundir import free_port
from deploy.local.web import answers

THREADS = 4
SILENCE = 2


@contextmanager
def sending(port, head, body=b"", length=100_000):
    """A connection that sends the beginning of a body and then nothing more."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(
            f"{head} HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
            f"Content-Length: {length}\r\nConnection: close\r\n\r\n".encode()
            + body
        )
        yield connection


def answer(connection):
    """Status and JSON of what comes back on a connection that the other side closes."""
    received = b""
    while data := connection.recv(65536):
        received += data
    head, _, body = received.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    """A gateway with few threads, whose broker is away."""
    keys = tmp_path_factory.mktemp("keys") / "verify.json"
    keys.write_text("{}")
    port = free_port()
    environment = {
        **os.environ,
        "AMQP_URI": "amqp://127.0.0.1:1//",
        "SANGGAR_VERIFY_KEYS": str(keys),
        "SANGGAR_BIND": f"127.0.0.1:{port}",
        "SANGGAR_GATEWAY_WORKERS": "1",
        "SANGGAR_GATEWAY_THREADS": str(THREADS),
        "SANGGAR_BODY_SILENCE": str(SILENCE),
    }
    command = [sys.executable, "-m", "gunicorn", "--config", "gateway/gunicorn_conf.py", "gateway.app:create_app()"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 30
        while not answers(port, "/live"):
            assert time.monotonic() < deadline and process.poll() is None
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def test_as_many_slow_uploads_as_there_are_threads_do_not_stop_live(port):
    with ExitStack() as slow:
        for _ in range(THREADS):
            slow.enter_context(sending(port, "POST /v1/auth/login", b'{"district": '))
        time.sleep(0.5)
        for _ in range(5):
            started = time.monotonic()
            assert answers(port, "/live")
            assert time.monotonic() - started < 1.5


def test_a_sender_that_falls_silent_is_told_so_and_given_up(port):
    with sending(port, "POST /v1/auth/login", b'{"district": ') as connection:
        started = time.monotonic()
        status, problem = answer(connection)
        assert (status, problem["code"]) == (408, "timeout")
        assert time.monotonic() - started < SILENCE + 3


def test_a_sender_without_a_place_is_asked_to_come_back(port):
    with ExitStack() as slow:
        for _ in range(THREADS // 2):
            slow.enter_context(sending(port, "POST /v1/auth/login", b'{"district": '))
        time.sleep(0.3)
        with sending(port, "POST /v1/auth/login", b'{"district": ') as connection:
            status, problem = answer(connection)
        assert (status, problem["code"]) == (503, "unavailable")


def test_a_body_announced_over_a_megabyte_is_refused_before_it_comes(port):
    with sending(port, "POST /v1/auth/login", length=50_000_000) as connection:
        assert answer(connection)[0] == 413


def test_a_sender_who_hangs_up_in_the_middle_leaves_nothing_behind(port):
    for _ in range(THREADS * 2):
        with sending(port, "POST /v1/auth/login", b'{"district": '):
            pass
    started = time.monotonic()
    assert answers(port, "/live")
    assert time.monotonic() - started < 1


def test_connections_that_are_kept_busy_leave_a_thread_to_the_others(port):
    """More kept connections than threads, each asking again at once: a newcomer is answered all the same."""
    stop = threading.Event()
    answered = [0] * (THREADS + 2)

    def ask_again_and_again(number):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        while not stop.is_set():
            connection.request("GET", "/live")
            assert connection.getresponse().read()
            answered[number] += 1
        connection.close()

    with ThreadPoolExecutor(len(answered)) as busy:
        asking = [busy.submit(ask_again_and_again, number) for number in range(len(answered))]
        try:
            assert all(answers(port, "/live") for _ in range(20))
        finally:
            stop.set()
        for each in asking:
            each.result(20)
    assert all(answered)
