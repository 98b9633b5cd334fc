"""Keeps processes running: starts them in order, starts again what dies, and drains them in the opposite order."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from deploy.local.process import Process

_FIRST_WAIT = 0.5
_LONGEST_WAIT = 5.0
_STEADY_AFTER = 60.0
_TICK = 0.2


class NotReady(Exception):
    """A process ended, or did not get ready in time; the message holds the end of its log."""


class Stopped(Exception):
    """The supervisor was told to stop while it waited."""


class Supervisor:
    """Processes in the order in which they were started. ``tell`` is given a line about what happens to them."""

    def __init__(self, tell: Callable[[str], None] = lambda line: None) -> None:
        self._tell = tell
        self._changed: Callable[[], None] = lambda: None
        self._stages: list[list[Process]] = []
        self._held: set[str] = set()
        self._due: dict[str, float] = {}
        self._waits: dict[str, float] = {}
        self._stopping = threading.Event()
        self._hurry = threading.Event()
        self._guard = threading.RLock()

    @property
    def processes(self) -> list[Process]:
        return [process for stage in self._stages for process in stage]

    @property
    def stopping(self) -> bool:
        return self._stopping.is_set()

    def process(self, name: str) -> Process:
        """The process of this name. Raises ``KeyError``."""
        for process in self.processes:
            if process.name == name:
                return process
        raise KeyError(name)

    def on_change(self, changed: Callable[[], None]) -> None:
        """Call ``changed`` from now on whenever processes were started."""
        self._changed = changed

    def launch(self, *processes: Process) -> None:
        """Start these side by side; they are watched from now on. Does not wait."""
        self._stages.append(list(processes))
        for process in processes:
            process.start()
        self._changed()

    def start(self, *processes: Process) -> None:
        """Start these side by side and wait until all are ready; they are watched from now on.

        Raises :class:`NotReady`, or :class:`Stopped`.
        """
        self.launch(*processes)
        for process in processes:
            self.await_ready(process)

    def await_ready(self, process: Process) -> None:
        """Wait until a started process is ready. Raises :class:`NotReady`, or :class:`Stopped`."""
        deadline = time.monotonic() + process.spec.ready_within
        while not process.spec.ready():
            if not process.running:
                raise NotReady(f"{process.name} ended ({process.exit_code}):\n{process.last_words()}")
            if time.monotonic() > deadline:
                raise NotReady(
                    f"{process.name} was not ready within {process.spec.ready_within:.0f} s:\n{process.last_words()}"
                )
            self.pause(0.05)

    def pause(self, seconds: float) -> None:
        """Wait. Raises :class:`Stopped` when told to stop meanwhile."""
        if self._stopping.wait(seconds):
            raise Stopped

    def tell_to_stop(self) -> None:
        """From a signal handler or another thread: end :meth:`watch`; the second time, end :meth:`stop` at once too."""
        if self._stopping.is_set():
            self._hurry.set()
        self._stopping.set()

    def watch(self, wanted: Callable[[], bool] = lambda: True) -> None:
        """Start again what dies, until told to stop or not ``wanted``. What keeps dying waits longer each time."""
        while wanted() and not self._stopping.wait(_TICK):
            with self._guard:
                for process in self.processes:
                    if process.name not in self._held:
                        self._look_after(process)

    def hold(self, name: str) -> Process:
        """Leave a process alone from now on, dead or alive, until :meth:`release`."""
        with self._guard:
            self._held.add(name)
            self._due.pop(name, None)
            return self.process(name)

    def release(self, name: str) -> None:
        """Look after a held process again: it is started at once if it does not run."""
        with self._guard:
            self._held.discard(name)
            self._waits.pop(name, None)
            process = self.process(name)
            if not process.running:
                process.start()
                self._changed()

    def stop(self) -> None:
        """Drain: the last started first, those that were started side by side together. Each has its own deadline."""
        self._stopping.set()
        with self._guard:
            for stage in reversed(self._stages):
                self._drain(stage)
            self._stages.clear()

    def kill(self) -> None:
        """End everything at once."""
        self._stopping.set()
        self._hurry.set()
        self.stop()

    def _look_after(self, process: Process) -> None:
        now = time.monotonic()
        if process.running:
            if now - process.started_at > _STEADY_AFTER:
                self._waits.pop(process.name, None)
            process.bound_log()
        elif process.name not in self._due:
            process.kill()
            wait = self._waits.get(process.name, _FIRST_WAIT)
            self._waits[process.name] = min(wait * 2, _LONGEST_WAIT)
            self._due[process.name] = now + wait
            self._tell(f"{process.name} ended ({_how(process.exit_code)}); it is started again in {wait:g} s")
        elif now >= self._due[process.name]:
            del self._due[process.name]
            process.start()
            self._changed()

    def _drain(self, stage: Sequence[Process]) -> None:
        if not self._hurry.is_set():
            for process in stage:
                process.ask_to_stop()
        asked = time.monotonic()
        for process in stage:
            while process.running and not self._hurry.is_set():
                if time.monotonic() - asked > process.spec.stop_within:
                    self._tell(f"{process.name} did not end within {process.spec.stop_within:g} s and is killed")
                    break
                self._hurry.wait(0.02)
            process.kill()


def _how(exit_code: int | None) -> str:
    if exit_code is not None and exit_code < 0:
        return f"signal {-exit_code}"
    return f"exit code {exit_code}"
