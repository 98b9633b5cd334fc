"""A load generator that costs the machine little: prepared requests over kept-open connections, one thread.

Closed: each connection sends its next request when the last was answered. Open (``rate``): requests begin at fixed
moments, and a latency counts from that moment, so that a server which stalls is not asked less.
"""

from __future__ import annotations

import http.client
import json
import selectors
import socket
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = b"content-length:"


@dataclass(frozen=True)
class Shot:
    """One prepared request; ``kind`` is what its latency is counted under."""

    kind: str
    data: bytes


@dataclass
class Outcome:
    """What a volley came to; latencies and ``seconds`` in seconds. ``last`` is the last answer's body by kind."""

    seconds: float = 0.0
    latencies: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    statuses: Counter[int] = field(default_factory=Counter)
    last: dict[str, bytes] = field(default_factory=dict)

    @property
    def answered(self) -> int:
        return sum(self.statuses.values())

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answered / self.seconds

    @property
    def all_well(self) -> bool:
        return all(status < 400 for status in self.statuses)


def prepare(
    method: str,
    path: str,
    *,
    kind: str = "",
    token: str = "",
    body: Any = None,
    headers: Mapping[str, str] | None = None,
) -> Shot:
    """A request as bytes."""
    payload = b"" if body is None else json.dumps(body).encode()
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(payload)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return Shot(kind or method, "\r\n".join(lines).encode() + _END_OF_HEAD + payload)


def fire(
    port: int, next_shot: Callable[[], Shot], *, connections: int, seconds: float, rate: float | None = None
) -> Outcome:
    """Send what ``next_shot`` gives for so many seconds; answers that are late are still waited for."""
    return _Volley(port, next_shot, connections, seconds, rate).run()


def get_json(address: str, path: str) -> dict[str, Any]:
    """One plain ``GET``; ``{}`` while nothing answers."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=5)
    try:
        connection.request("GET", path)
        answer: dict[str, Any] = json.loads(connection.getresponse().read())
        return answer
    except (OSError, ValueError, http.client.HTTPException):
        return {}
    finally:
        connection.close()


class _Line:
    """One connection: what it waits for, and since when."""

    __slots__ = ("buffer", "kind", "needed", "since", "socket")

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.needed = -1
        self.kind = ""
        self.since = 0.0


class _Volley:
    def __init__(
        self, port: int, next_shot: Callable[[], Shot], connections: int, seconds: float, rate: float | None
    ) -> None:
        self._next_shot = next_shot
        self._seconds = seconds
        self._rate = rate
        self._selector = selectors.DefaultSelector()
        self._idle = [_Line(port) for _ in range(connections)]
        for line in self._idle:
            self._selector.register(line.socket, selectors.EVENT_READ, line)
        self._busy = 0
        self._outcome = Outcome()

    def run(self) -> Outcome:
        started = time.perf_counter()
        end = started + self._seconds
        due = started
        while True:
            now = time.perf_counter()
            while self._idle and due <= now and due < end:
                self._send(self._idle.pop(), due if self._rate else now)
                due = due + 1 / self._rate if self._rate else now
            if now >= end and not self._busy:
                break
            if self._rate is None:
                due = now
            wait = max(0.0, min(due, end) - now) if self._idle and now < end else 0.5
            for key, _ in self._selector.select(wait):
                self._receive(key.data)
        self._outcome.seconds = time.perf_counter() - started
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        self._selector.close()
        return self._outcome

    def _send(self, line: _Line, since: float) -> None:
        shot = self._next_shot()
        line.kind, line.since, line.buffer, line.needed = shot.kind, since, b"", -1
        line.socket.sendall(shot.data)
        self._busy += 1

    def _receive(self, line: _Line) -> None:
        piece = line.socket.recv(262_144)
        if not piece:
            raise ConnectionError("the server closed a connection")
        line.buffer += piece
        if line.needed < 0:
            end = line.buffer.find(_END_OF_HEAD)
            if end < 0:
                return
            line.needed = end + len(_END_OF_HEAD) + _length_of(line.buffer[:end])
        if len(line.buffer) < line.needed:
            return
        self._outcome.latencies[line.kind].append(time.perf_counter() - line.since)
        self._outcome.statuses[int(line.buffer[9:12])] += 1
        self._outcome.last[line.kind] = line.buffer
        self._idle.append(line)
        self._busy -= 1


def _length_of(head: bytes) -> int:
    at = head.lower().find(_LENGTH)
    if at < 0:
        return 0
    return int(head[at + len(_LENGTH) :].split(b"\r\n", 1)[0])
