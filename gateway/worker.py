"""gunicorn's threaded worker, whose threads stay with a busy connection (docs/decisions/0082)."""

from __future__ import annotations

import select
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

LINGER_MS = 2


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """After an answer its thread looks for the connection's next request for a moment, unless others wait for a thread.

    gthread would hand each kept connection back to its loop, and take it from there: four system calls and two changes
    of thread a request, all of them under one lock with the threads that work.
    """

    def handle(self, conn: Any) -> Any:
        kept = super().handle(conn)
        while kept is True and self.alive and self._nobody_waits() and _more_comes(conn.sock):
            kept = super().handle(conn)
        return kept

    def _nobody_waits(self) -> bool:
        return bool(self.tpool._work_queue.empty())


def _more_comes(sock: Any) -> bool:
    watch = select.poll()
    watch.register(sock, select.POLLIN)
    return bool(watch.poll(LINGER_MS))
