"""Scheduled work of a service: each job runs in one replica at a time, under a lease of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from shared import logs
from shared.messaging.away import is_away
from shared.messaging.lease import Lease
from shared.messaging.unit_of_work import SystemWork

_log = logs.get(__name__)


@dataclass(frozen=True)
class Job:
    """``do`` runs every ``seconds`` seconds, or when woken; it returns whether more waits to be done at once."""

    name: str
    seconds: float
    do: Callable[[SystemWork], bool | None]


class JobRunner:
    """Runs one job in this replica: :meth:`run` until :meth:`stop`."""

    def __init__(self, job: Job, lease: Lease, work: SystemWork) -> None:
        self.job = job
        self._lease = lease
        self._work = work
        self._woken = threading.Event()
        self._stopping = False
        self._done = threading.Event()

    def wake(self) -> None:
        self._woken.set()

    def stop(self, deadline: float) -> None:
        self._stopping = True
        self._woken.set()
        self._done.wait(deadline)

    def run(self) -> None:
        """Work until stopped; a job that fails is logged and tried again at its next turn. One that somebody else has,
        perhaps a process that died, is asked for again when their lease may have run out."""
        while not self._stopping:
            self._woken.clear()
            more: bool | None = False
            pause = min(self.job.seconds, self._lease.seconds)
            try:
                if self._lease.keep():
                    pause = self.job.seconds
                    more = self.job.do(self._work)
            except Exception as error:
                if not is_away(error):
                    _log.exception("a job failed", job=self.job.name, error=type(error).__name__)
            if not more:
                self._woken.wait(pause)
        try:
            for callback in self._work.leaving:
                callback()
            self._lease.release()
        except Exception as error:
            _log.info("a lease was left to expire", job=self.job.name, error=type(error).__name__)
        self._done.set()
