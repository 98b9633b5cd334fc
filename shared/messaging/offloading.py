"""Real threads for what is heavy on the CPU, so that the event loop goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from shared import logs
from shared.messaging.lease import Lease

_log = logs.get(__name__)


def offload(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Run what is heavy on the CPU (hashing, parsing) in a real thread; a plain call outside eventlet."""
    import eventlet.patcher

    if not eventlet.patcher.is_monkey_patched("thread"):
        return function(*args, **kwargs)
    import eventlet.tpool

    return eventlet.tpool.execute(function, *args, **kwargs)


@contextmanager
def kept(lease: Lease) -> Iterator[None]:
    """Renew a lease for as long as the block lasts. Who loses it all the same goes on: what is written is fenced."""
    over = threading.Event()

    def renew() -> None:
        while not over.wait(lease.seconds / 3):
            try:
                lease.keep()
            except Exception as error:
                _log.info("a lease could not be renewed", error=type(error).__name__)

    renewing = threading.Thread(target=renew, daemon=True)
    renewing.start()
    try:
        yield
    finally:
        over.set()
        renewing.join()
