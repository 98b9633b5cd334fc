"""What `make run` does, ``python -m deploy.local up``: ready, found, used once at a time, and gone when told."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from deploy.local.rundir import free_port
from deploy.platform import find_platform

ROOT = Path(__file__).parents[2]


class Run:
    """One run of a platform in ``run_dir``, as a person starts it."""

    def __init__(self, run_dir: Path, port: int) -> None:
        environment = {key: value for key, value in os.environ.items() if key not in ("AMQP_URI", "MONGO_URI")}
        self.run_dir = run_dir
        self.process = subprocess.Popen(
            [sys.executable, "-m", "deploy.local", "up"],
            cwd=ROOT,
            env={**environment, "RUN_DIR": str(run_dir), "PORT": str(port), "DEMO": "0"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def ready(self) -> str:
        """The line that it prints when it is ready."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    @property
    def platform(self) -> dict[str, Any]:
        return json.loads((self.run_dir / "platform.json").read_text("utf-8"))

    def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[str, str]:
        """What it printed since, on stdout and on stderr."""
        self.process.send_signal(number)
        return self.process.communicate(timeout=90)


@contextmanager
def running(run_dir: Path, port: int) -> Iterator[Run]:
    run = Run(run_dir, port)
    try:
        yield run
    finally:
        if run.process.poll() is None:
            run.end()


def gone(pid: int) -> bool:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.1)
    return False


@pytest.mark.slow
@pytest.mark.e2e
def test_a_platform_is_ready_found_guarded_drained_and_started_again(tmp_path: Path) -> None:
    run_dir, port = tmp_path / "a run", free_port()
    with running(run_dir, port) as run:
        assert run.ready() == f"Sanggar is ready at http://127.0.0.1:{port}"
        known = run.platform
        assert json.loads((run_dir / "demo.json").read_text("utf-8")) == {
            "address": f"http://127.0.0.1:{port}", "district": None, "logins": [],
        }  # fmt: skip
        assert stat.S_IMODE((run_dir / "platform.json").stat().st_mode) == 0o600
        assert find_platform(run_dir).address == f"http://127.0.0.1:{port}"
        assert requests.get(f"http://127.0.0.1:{port}/ready", timeout=10).status_code == 200

        second = Run(run_dir, free_port())
        _, said = second.process.communicate(timeout=60)
        assert second.process.returncode == 1
        assert f"a platform runs in {run_dir} already at http://127.0.0.1:{port}" in said

        out, said = run.end(signal.SIGINT)
        assert (run.process.returncode, out) == (0, "")
        assert "stopping" in said
    assert all(gone(pid) for pid in known["pids"].values())
    assert not (run_dir / "platform.json").exists()

    with running(run_dir, port) as run:
        assert run.ready() == f"Sanggar is ready at http://127.0.0.1:{port}"
        assert run.platform["environment"] == known["environment"]
        pids = run.platform["pids"]
        run.process.kill()
        run.process.communicate()
        # The broker needs some seconds to end in order; a new run waits for that.
        with running(run_dir, port) as after:
            assert after.ready() == f"Sanggar is ready at http://127.0.0.1:{port}"
            assert all(gone(pid) for pid in pids.values())


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"PORT": "eighty"}, "PORT must be a number from 1 to 65535"),
        ({"PORT": "70000"}, "PORT must be a number from 1 to 65535"),
    ],
)
def test_a_port_that_is_none_is_told(tmp_path: Path, environment: dict[str, str], said: str) -> None:
    assert said in refused(tmp_path, environment)


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        assert f"something else listens on port {port}" in refused(tmp_path, {"PORT": port})


def refused(run_dir: Path, environment: dict[str, str]) -> str:
    outcome = subprocess.run(
        [sys.executable, "-m", "deploy.local", "up"],
        cwd=ROOT,
        env={**os.environ, "RUN_DIR": str(run_dir), **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert outcome.returncode == 1
    return outcome.stderr
