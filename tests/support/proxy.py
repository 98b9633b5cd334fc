"""A TCP proxy that misbehaves on demand: what stands between a process and its broker or database in a fault test."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit

Spy = Callable[[bytes], bool]


class Proxy:
    """Forwards to ``uri``'s host and port; :attr:`uri` is the same address through the proxy.

    * :meth:`down`: connections are cut and new ones refused, as when a server is stopped.
    * :meth:`freeze`: bytes stay where they are, as when a server hangs or a network drops packets.
    * :meth:`cut_after`: a client's connection is cut when it has sent bytes that hold a marker, and the answer is lost.
    """

    def __init__(self, uri: str) -> None:
        parts = urlsplit(uri)
        self._target = (parts.hostname or "127.0.0.1", parts.port or 0)
        self._listener = self._listen(0)
        self.port: int = self._listener.getsockname()[1]
        login = parts.netloc.rpartition("@")[0]
        here = f"127.0.0.1:{self.port}"
        through = parts._replace(netloc=f"{login}@{here}" if login else here)
        if parts.scheme == "mongodb":
            # Otherwise the driver asks the server where it is and goes there past us.
            through = through._replace(query="&".join(filter(None, (parts.query, "directConnection=true"))))
        self.uri = through.geturl()
        self._flow = threading.Event()
        self._flow.set()
        self._guard = threading.Lock()
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._marker: bytes | None = None
        self.cuts = 0
        self._closed = False
        threading.Thread(target=self._accept, daemon=True).start()

    def down(self) -> None:
        """Cut every connection and refuse new ones."""
        # shutdown wakes the thread that waits in accept(); close alone would leave it, and the port, hanging.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def up(self) -> None:
        """Take connections again."""
        self._listener = self._listen(self.port)
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Cut the present connections; new ones are taken."""
        with self._guard:
            pairs, self._pairs = self._pairs, []
        for pair in pairs:
            _close(*pair)

    def freeze(self) -> None:
        self._flow.clear()

    def thaw(self) -> None:
        self._flow.set()

    def cut_after(self, marker: bytes) -> None:
        """Cut the connection of whoever next sends ``marker``, once the server has it and before its answer comes."""
        self._marker = marker

    def close(self) -> None:
        self._flow.set()
        self.down()

    @staticmethod
    def _listen(port: int) -> socket.socket:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(128)
        return listener

    def _accept(self) -> None:
        listener = self._listener
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(self._target, timeout=5)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            with self._guard:
                self._pairs.append((client, server))
            muted = threading.Event()
            threading.Thread(target=self._pump, args=(client, server, muted, True), daemon=True).start()
            threading.Thread(target=self._pump, args=(server, client, muted, False), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, muted: threading.Event, requests: bool) -> None:
        try:
            while data := source.recv(65536):
                self._flow.wait()
                marker = self._marker
                if requests and marker is not None and marker in data:
                    self._marker = None
                    muted.set()
                    sink.sendall(data)
                    # Long enough for the server to have done what it was asked.
                    time.sleep(0.3)
                    self.cuts += 1
                    break
                if not (muted.is_set() and not requests):
                    sink.sendall(data)
        except OSError:
            pass
        _close(source, sink)


def _close(*sockets: socket.socket) -> None:
    for each in sockets:
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()
