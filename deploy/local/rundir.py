"""The folder a platform keeps everything in: data, logs, keys, and what was chosen at its first start."""

from __future__ import annotations

import fcntl
import json
import os
import random
import socket
import tempfile
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

# Below the range that the system hands out to outgoing connections, so a chosen port stays free between two runs.
_PORTS = range(20_000, 32_000)


class InUse(Exception):
    """Another process holds the folder."""


class RunDir:
    """``RUN_DIR``: made when missing, readable by its owner alone."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.path.mkdir(parents=True, exist_ok=True)
        self.path.chmod(0o700)
        self._memory = self.path / "state.json"

    def folder(self, name: str) -> Path:
        """A folder inside, made when missing."""
        folder = self.path / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def lock(self) -> int:
        """Take the folder for this process and those it starts; the lock falls when the last of them is gone.

        Answers the lock's descriptor, to be inherited. Raises :class:`InUse`.
        """
        descriptor = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise InUse(str(self.path)) from None
        return descriptor

    def recall(self, key: str, make: Callable[[], Any]) -> Any:
        """What was chosen for ``key`` at an earlier start; chosen now and remembered when nothing was."""
        known = self._known()
        if key not in known:
            known[key] = make()
            write_json(self._memory, known)
        return known[key]

    def port(self, name: str) -> int:
        """The port of this name: the one of earlier starts, or another if somebody else took it meanwhile."""
        known = self._known()
        port = known.get(f"port.{name}")
        if port is None or not is_free(port):
            taken = {value for key, value in known.items() if key.startswith("port.")}
            port = known[f"port.{name}"] = free_port(taken)
            write_json(self._memory, known)
        return int(port)

    def _known(self) -> dict[str, Any]:
        return read_json(self._memory) or {}


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen there now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def free_port(taken: AbstractSet[int] = frozenset()) -> int:
    """A port of the loopback address that nobody listens on and that is not among ``taken``."""
    for port in random.SystemRandom().sample(_PORTS, 200):
        if port not in taken and is_free(port):
            return port
    raise OSError("no free port was found")


def read_json(path: Path) -> Any:
    """What a JSON file holds, or ``None`` when there is none."""
    try:
        return json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None


def write_json(path: Path, value: Any) -> None:
    """Write a JSON file in one step, readable by its owner alone."""
    write_private(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def write_private(path: Path, text: str) -> None:
    """Write a file in one step, readable by its owner alone."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(draft, path)
