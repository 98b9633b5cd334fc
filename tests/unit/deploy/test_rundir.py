"""The run dir: what was chosen at the first start holds at the next, and nobody else reads it."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest

from deploy.local.keys import keys_in
from deploy.local.rundir import InUse, RunDir, free_port, is_free


def test_what_was_chosen_once_is_chosen_again(tmp_path: Path) -> None:
    first = RunDir(tmp_path / "run")
    password = first.recall("password", lambda: "made once")
    assert password == RunDir(tmp_path / "run").recall("password", lambda: "made twice") == "made once"


def test_a_port_is_kept(tmp_path: Path) -> None:
    assert RunDir(tmp_path).port("web") == RunDir(tmp_path).port("web")


def test_two_names_never_share_a_port(tmp_path: Path) -> None:
    run_dir = RunDir(tmp_path)
    ports = [run_dir.port(str(number)) for number in range(50)]
    assert len(set(ports)) == len(ports)


def test_a_port_that_somebody_else_took_is_given_up(tmp_path: Path) -> None:
    run_dir = RunDir(tmp_path)
    port = run_dir.port("web")
    with socket.create_server(("127.0.0.1", port)):
        assert not is_free(port)
        assert run_dir.port("web") != port


def test_a_free_port_can_be_listened_on() -> None:
    with socket.create_server(("127.0.0.1", free_port())):
        pass


def test_a_run_dir_is_held_by_one_run_at_a_time(tmp_path: Path) -> None:
    lock = RunDir(tmp_path).lock()
    with pytest.raises(InUse):
        RunDir(tmp_path).lock()
    os.close(lock)
    os.close(RunDir(tmp_path).lock())


def test_only_its_owner_reads_a_run_dir(tmp_path: Path) -> None:
    run_dir = RunDir(tmp_path / "run")
    run_dir.recall("password", lambda: "secret")
    keys = keys_in(run_dir.folder("keys"))
    assert stat.S_IMODE(run_dir.path.stat().st_mode) == 0o700
    for file in (run_dir.path / "state.json", *map(Path, keys.environment.values())):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


def test_keys_that_are_there_are_never_written_again(tmp_path: Path) -> None:
    keys = keys_in(tmp_path)
    files = list(map(Path, keys.environment.values()))
    before = [file.read_bytes() for file in files]
    keys_in(tmp_path)
    assert before == [file.read_bytes() for file in files]
