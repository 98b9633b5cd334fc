"""One process of the platform: how it is started, known to be ready, stopped, and where its log goes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

_LEASH = Path(__file__).with_name("leash.py")
_LOG_BYTES = 10_000_000


@dataclass(frozen=True)
class Spec:
    """What to run. Durations are in seconds.

    ``ready`` is asked until it says yes. ``stop_signal`` asks the process to drain; after ``stop_within`` it is killed.
    ``keep`` are descriptors that the process inherits.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    log: Path
    ready: Callable[[], bool] = lambda: True
    ready_within: float = 60.0
    stop_signal: signal.Signals = signal.SIGTERM
    stop_within: float = 30.0
    keep: Sequence[int] = field(default=())


class Process:
    """A process and all that it starts. It ends when the process that started it ends (see ``leash``)."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.started_at = 0.0
        self._process: subprocess.Popen[bytes] | None = None
        self._group: int | None = None

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def pid(self) -> int | None:
        """The pid, or ``None`` while it does not run."""
        return self._process.pid if self._process is not None and self.running else None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """How it ended, as ``subprocess`` says it; ``None`` while it runs or before it was started."""
        return None if self._process is None else self._process.poll()

    def start(self) -> None:
        """Start it, if it does not run. Call it from a thread that lives as long as the process shall."""
        if self.running:
            return
        self._sweep()
        self.spec.log.parent.mkdir(parents=True, exist_ok=True)
        with self.spec.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(_LEASH), str(os.getpid()), *self.spec.command],
                env=dict(self.spec.environment),
                cwd=self.spec.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=tuple(self.spec.keep),
            )
        self._group = self._process.pid
        self.started_at = time.monotonic()

    def ask_to_stop(self) -> None:
        """Ask it to drain and end; does not wait."""
        if self._process is not None and self.running:
            self._process.send_signal(self.spec.stop_signal)

    def kill(self) -> None:
        """End it and all that it started, at once, and wait for it."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()
            self._process.wait()
        self._sweep()

    def stop(self) -> None:
        """Ask it to end, wait as long as it may take, then kill it."""
        self.ask_to_stop()
        if self._process is not None:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(self.spec.stop_within)
        self.kill()

    def last_words(self, lines: int = 15) -> str:
        """The end of its log."""
        try:
            with self.spec.log.open("rb") as log:
                log.seek(max(0, os.fstat(log.fileno()).st_size - 8192))
                return "\n".join(log.read().decode("utf-8", "replace").splitlines()[-lines:])
        except FileNotFoundError:
            return ""

    def bound_log(self) -> None:
        """Keep the log to about 20 MB in two files. A line written in that instant may be lost."""
        with suppress(FileNotFoundError):
            if self.spec.log.stat().st_size > _LOG_BYTES:
                shutil.copyfile(self.spec.log, self.spec.log.with_suffix(".log.1"))
                os.truncate(self.spec.log, 0)

    def _sweep(self) -> None:
        """Kill what the process left behind, such as workers whose master was killed: they would hold its port."""
        if self._group is not None and not self.running:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._group, signal.SIGKILL)
            self._group = None
