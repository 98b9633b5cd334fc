"""The supervisor, with processes of a line each: order, restarts, deadlines, and that nothing stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from deploy.local.process import Process, Spec
from deploy.local.supervisor import NotReady, Stopped, Supervisor

ROOT = Path(__file__).parents[3]
SLEEP = "exec sleep 60"


def make(folder: Path, name: str, script: str, **options: Any) -> Process:
    return Process(Spec(name, ["sh", "-c", script], dict(os.environ), folder, folder / f"{name}.log", **options))


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def eventually(condition: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


@contextmanager
def watched(supervisor: Supervisor) -> Iterator[None]:
    thread = threading.Thread(target=supervisor.watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        supervisor.kill()
        thread.join(5)


def test_what_dies_is_started_again(tmp_path: Path) -> None:
    told: list[str] = []
    supervisor = Supervisor(told.append)
    process = make(tmp_path, "worker", SLEEP)
    supervisor.start(process)
    with watched(supervisor):
        first = process.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        assert eventually(lambda: process.pid not in (None, first))
    assert told == ["worker ended (signal 9); it is started again in 0.5 s"]


def test_what_keeps_dying_waits_longer_each_time(tmp_path: Path) -> None:
    told: list[str] = []
    supervisor = Supervisor(told.append)
    supervisor.start(make(tmp_path, "worker", "exit 3"))
    with watched(supervisor):
        assert eventually(lambda: len(told) == 3)
    assert [line.partition("again in ")[2] for line in told] == ["0.5 s", "1 s", "2 s"]


def test_a_held_process_stays_dead_until_it_is_released(tmp_path: Path) -> None:
    supervisor = Supervisor()
    process = make(tmp_path, "worker", SLEEP)
    supervisor.start(process)
    with watched(supervisor):
        supervisor.hold("worker").stop()
        assert not eventually(lambda: process.running, 1.5)
        supervisor.release("worker")
        assert process.running


def test_processes_drain_in_the_opposite_order(tmp_path: Path) -> None:
    ends = tmp_path / "ends"
    script = f"trap 'sleep 0.1; echo $0 >> {ends}; exit' TERM; touch $0.ready; while :; do sleep 0.02; done"
    supervisor = Supervisor()
    for name in ("first", "second", "third"):
        process = make(
            tmp_path, name, script.replace("$0", name), ready=lambda name=name: (tmp_path / f"{name}.ready").exists()
        )
        supervisor.start(process)
    supervisor.stop()
    assert ends.read_text().split() == ["third", "second", "first"]


def test_what_does_not_drain_in_time_is_killed(tmp_path: Path) -> None:
    told: list[str] = []
    supervisor = Supervisor(told.append)
    ready = tmp_path / "ready"
    process = make(
        tmp_path, "deaf", f"trap '' TERM; touch {ready}; while :; do sleep 0.02; done", ready=ready.exists,
        stop_within=0.3,
    )  # fmt: skip
    supervisor.start(process)
    supervisor.stop()
    assert not process.running
    assert told == ["deaf did not end within 0.3 s and is killed"]


def test_what_a_killed_process_started_is_ended_too(tmp_path: Path) -> None:
    child = tmp_path / "child"
    process = make(tmp_path, "master", f"sleep 60 & echo $! > {child}; wait", ready=child.exists)
    supervisor = Supervisor()
    supervisor.start(process)
    assert eventually(lambda: child.read_text().strip().isdecimal())
    process.kill()
    assert eventually(lambda: not alive(int(child.read_text())))


def test_one_that_ends_before_it_is_ready_tells_why(tmp_path: Path) -> None:
    supervisor = Supervisor()
    with pytest.raises(NotReady, match=r"(?s)worker ended \(7\).*no such luck"):
        supervisor.start(make(tmp_path, "worker", "echo no such luck; exit 7", ready=lambda: False))


def test_one_that_is_never_ready_is_not_waited_for_longer_than_promised(tmp_path: Path) -> None:
    supervisor = Supervisor()
    try:
        with pytest.raises(NotReady, match="not ready within"):
            supervisor.start(make(tmp_path, "worker", SLEEP, ready=lambda: False, ready_within=0.2))
    finally:
        supervisor.kill()


def test_who_waits_for_readiness_can_be_told_to_stop(tmp_path: Path) -> None:
    supervisor = Supervisor()
    threading.Timer(0.2, supervisor.tell_to_stop).start()
    try:
        with pytest.raises(Stopped):
            supervisor.start(make(tmp_path, "worker", SLEEP, ready=lambda: False))
    finally:
        supervisor.kill()


def test_a_log_stays_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.local.process._LOG_BYTES", 1000)
    process = make(tmp_path, "chatty", "while :; do echo a line that says little; sleep 0.001; done")
    supervisor = Supervisor()
    supervisor.start(process)
    with watched(supervisor):
        assert eventually(lambda: (tmp_path / "chatty.log.1").exists())
        assert (tmp_path / "chatty.log.1").stat().st_size >= 1000


def test_nothing_outlives_a_killed_parent(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            textwrap.dedent(f"""
                import os, time
                from pathlib import Path
                from deploy.local.process import Process, Spec
                folder = Path({str(tmp_path)!r})
                worker = Process(Spec("worker", ["sleep", "60"], dict(os.environ), folder, folder / "worker.log"))
                worker.start()
                Path({str(pids)!r}).write_text(str(worker.pid))
                time.sleep(60)
            """),
        ],
        cwd=ROOT,
    )
    try:
        assert eventually(lambda: pids.exists() and pids.read_text().isdecimal())
        worker = int(pids.read_text())
        assert eventually(lambda: "sleep" in Path(f"/proc/{worker}/comm").read_text())
    finally:
        parent.kill()
        parent.wait()
    assert eventually(lambda: not alive(worker))
