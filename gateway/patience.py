"""Slow senders must not take every thread (docs/decisions/0021).

nginx buffers them in front of us. Without nginx two bounds keep ``/live`` answering: a sender that falls silent is
given up after some seconds, and only half of the threads may be reading bodies at a time.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.exceptions import RequestTimeout, ServiceUnavailable

_WAIT_FOR_A_PLACE = 0.25


class PatientBodies:
    """WSGI middleware. ``places`` bodies may be read at a time; ``silence`` is in seconds."""

    def __init__(self, app: Callable[..., Iterable[bytes]], *, places: int, silence: float) -> None:
        self._app = app
        self._places = threading.BoundedSemaphore(places)
        self._silence = silence

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or "0"
        if length == "0" and "HTTP_TRANSFER_ENCODING" not in environ:
            return self._app(environ, start_response)
        connection = environ.get("gunicorn.socket")
        if connection is not None:
            connection.settimeout(self._silence)
        body = _Body(environ["wsgi.input"], int(length) if length.isdecimal() else 0, self._places, connection)
        environ["wsgi.input"] = body
        try:
            return self._app(environ, start_response)
        finally:
            body.leave()


class _Body:
    """A request's body; it holds its place from the first byte that is asked for to the last one that came."""

    def __init__(
        self, stream: Any, length: int, places: threading.BoundedSemaphore, connection: socket.socket | None
    ) -> None:
        self._stream = stream
        self._left = length
        self._chunked = length == 0
        self._places = places
        self._connection = connection
        self._placed = False

    def read(self, size: int = -1) -> bytes:
        return self._take(self._stream.read, size)

    def readline(self, size: int = -1) -> bytes:
        return self._take(self._stream.readline, size)

    def leave(self) -> None:
        if self._placed:
            self._placed = False
            self._places.release()

    def _take(self, read: Callable[[int], bytes], size: int) -> bytes:
        if not self._placed and (self._chunked or self._left):
            if not self._places.acquire(timeout=_WAIT_FOR_A_PLACE):
                self._give_up()
                raise ServiceUnavailable
            self._placed = True
        try:
            data = read(size)
        except TimeoutError:
            self._give_up()
            raise RequestTimeout from None
        self._left -= len(data)
        if self._chunked and not data:
            self._chunked = False
        if not self._chunked and self._left <= 0:
            self.leave()
        return data

    def _give_up(self) -> None:
        """Read no more of this sender. gunicorn would else linger for the rest, on the loop that takes connections."""
        if self._connection is not None:
            with contextlib.suppress(OSError):
                self._connection.shutdown(socket.SHUT_RD)
