"""Roll call: each replica says which database sessions its transactions use; those of one that fell silent are ended.

A process that dies in the middle of a transaction leaves it open on the server for a minute
(``transactionLifetimeLimitSeconds``), and with it everything that it wrote is locked: the relay's lease, counters, the
very records that its successor must write. As with leases no clocks are compared (docs/decisions/0070).
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections import OrderedDict
from typing import Any

import pymongo
from pymongo import MongoClient
from pymongo.client_session import ClientSession
from pymongo.database import Database

from shared import logs
from shared.ids import new_id
from shared.messaging.away import is_away
from shared.mongo import Doc

TABLE = "replicas"
# The driver reuses few sessions; it leaves one behind when a connection is lost.
_MOST_SESSIONS = 256
_TIMEOUT = 5.0
_log = logs.get(__name__)


class RollCall:
    """One replica's part: :meth:`note` its sessions, and watch the others in :meth:`run` until :meth:`stop`.

    ``seconds`` is how long a silent replica is believed to live. Ending the sessions of one that lives after all does
    no harm: its open transactions abort and are repeated.
    """

    def __init__(self, client: MongoClient[Doc], database: Database[Doc], seconds: float) -> None:
        self._client = client
        self._replicas = database[TABLE]
        self._seconds = seconds
        self._me = f"{socket.gethostname()}:{os.getpid()}:{new_id()}"
        self._sessions: OrderedDict[bytes, Any] = OrderedDict()
        self._writing = threading.Lock()
        self._watched: dict[str, tuple[int, float]] = {}
        self._stopping = threading.Event()
        self._left = threading.Event()

    def note(self, session: ClientSession) -> None:
        """Make a session known, before a transaction is started in it. Raises pymongo's error when that fails."""
        lsid = session.session_id["id"]
        if bytes(lsid) in self._sessions:
            return
        with self._writing:
            self._sessions[bytes(lsid)] = lsid
            while len(self._sessions) > _MOST_SESSIONS:
                self._sessions.popitem(last=False)
            try:
                self._answer()
            except BaseException:
                self._sessions.pop(bytes(lsid), None)
                raise

    def run(self) -> None:
        """Answer and watch until stopped."""
        while not self._stopping.wait(self._seconds / 3):
            try:
                with pymongo.timeout(_TIMEOUT):
                    with self._writing:
                        self._answer()
                    self._watch()
            except Exception as error:
                # While nobody can answer nobody can be called silent.
                self._watched.clear()
                if not is_away(error):
                    _log.exception("the roll call stumbled", error=type(error).__name__)
        self._left.set()

    def stop(self, deadline: float) -> None:
        """Leave the roll, once no transaction is open any more."""
        self._stopping.set()
        self._left.wait(deadline)
        try:
            with pymongo.timeout(_TIMEOUT):
                self._replicas.delete_one({"_id": self._me})
        except Exception as error:
            _log.info("a replica left without saying so", error=type(error).__name__)

    def _answer(self) -> None:
        self._replicas.update_one(
            {"_id": self._me}, {"$inc": {"beat": 1}, "$set": {"sessions": list(self._sessions.values())}}, upsert=True
        )

    def _watch(self) -> None:
        now = time.monotonic()
        others = {doc["_id"]: doc for doc in self._replicas.find({"_id": {"$ne": self._me}})}
        for name in self._watched.keys() - others.keys():
            del self._watched[name]
        for name, doc in others.items():
            beat, since = self._watched.setdefault(name, (doc["beat"], now))
            if beat != doc["beat"]:
                self._watched[name] = (doc["beat"], now)
            elif now - since >= self._seconds:
                _log.warning("a replica fell silent; its open transactions are ended", replica=name)
                if doc["sessions"]:
                    self._client.admin.command("killSessions", [{"id": lsid} for lsid in doc["sessions"]])
                self._replicas.delete_one({"_id": name, "beat": beat})
