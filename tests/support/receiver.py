"""A webhook's receiver: a real HTTP server on this machine that remembers what it was sent, and behaves as told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook

from shared.ids import new_id


@dataclass(frozen=True)
class Call:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        """The CloudEvent in it."""
        found: dict[str, Any] = json.loads(self.body)
        return found

    def verified(self, secret: str) -> dict[str, Any]:
        """The same, once its signature was checked as a receiver would. Raises what the library raises."""
        event: dict[str, Any] = Webhook(secret).verify(self.body, self.headers)
        return event


@dataclass
class Receiver:
    """``answer`` says with which status each call is met; ``stall`` seconds pass between the bytes of an answer."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    answer: Callable[[Call], int] = lambda call: 204
    stall: float = 0.0
    flood: int = 0
    location: str = ""

    def of_type(self, event_type: str) -> list[Call]:
        """The calls that brought events of a type."""
        return [call for call in self.calls if call.event["type"] == event_type]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver at work."""
    receiver = Receiver()
    hook = f"/hook/{new_id()}"

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if not self.path.startswith(hook):
                # Meant for an earlier receiver, whose port this one was given.
                self.send_error(404)
                return
            call = Call(self.path, dict(self.headers), body)
            receiver.calls.append(call)
            with suppress(OSError):
                self._meet(call)

        def _meet(self, call: Call) -> None:
            if receiver.stall:
                for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 500:
                    self.wfile.write(bytes([byte]))
                    time.sleep(receiver.stall)
                return
            self.send_response(receiver.answer(call))
            if receiver.location:
                self.send_header("Location", receiver.location)
            self.end_headers()
            for _ in range(receiver.flood):
                self.wfile.write(b"x" * 65536)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}{hook}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
