"""A private database: SecantusDB, which speaks MongoDB's protocol, as a process of its own on the loopback address."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from deploy.local.process import Process, Spec
from deploy.local.rundir import RunDir, write_private
from deploy.local.supervisor import Supervisor

_USER = "sanggar"
# Its threads are made to clean the cache only when that is nearly full (docs/decisions/0084).
_EVICTION = "eviction_dirty_target=20,eviction_dirty_trigger=80,eviction_updates_target=20,eviction_updates_trigger=80"

# Every minute it would read each collection with a time to live from end to end, and answer nobody meanwhile: services
# remove what is over by themselves (docs/decisions/0097).
_CONFIG = """\
[storage]
ttl_sweep_seconds = 0
"""


class Database:
    """The database of a run dir. It asks for a password, so that other users of the machine read nothing."""

    def __init__(self, run_dir: RunDir) -> None:
        self._run_dir = run_dir
        self._home = run_dir.folder("database")
        self._password = run_dir.recall("database.password", lambda: secrets.token_urlsafe(24))
        self.port = run_dir.port("database")

    @property
    def uri(self) -> str:
        # What the driver may repeat, the database must remember, and it looks through all of it (docs/decisions/0083).
        options = "authSource=admin&retryWrites=false"
        return f"mongodb://{_USER}:{quote(self._password)}@127.0.0.1:{self.port}/?{options}"

    @property
    def provisioned(self) -> bool:
        """Whether the database has its user."""
        return (self._home / "provisioned").exists()

    def provision(self, supervisor: Supervisor) -> None:
        """Give a new database its user: it takes one only while it asks for none, so it is started and ended once.

        ``supervisor`` is only waited with. Raises what :meth:`Supervisor.await_ready` raises.
        """
        if self.provisioned:
            return
        address = f"mongodb://127.0.0.1:{self.port}/"
        process = self._process((), address, ())
        try:
            process.start()
            supervisor.await_ready(process)
            with _client(address) as client:
                client.admin.command("createUser", _USER, pwd=self._password, roles=["root"])
        finally:
            process.stop()
        write_private(self._home / "provisioned", "")

    def process(self, keep: Sequence[int] = ()) -> Process:
        """The process to start, once :meth:`provision` was called."""
        return self._process(("--auth",), self.uri, keep)

    def _process(self, options: Sequence[str], uri: str, keep: Sequence[int]) -> Process:
        # A file of our own, or the program would look for one in the folder and home of whoever starts it.
        config = self._home / "secantusd.toml"
        write_private(config, _CONFIG)
        # Without syncing on commit a crash loses acknowledged writes (docs/decisions/0011). Alone it keeps no second
        # record of each write for change streams, which nothing here reads (docs/decisions/0085).
        command = [
            # Without our folder in its path, whose modules have names that others may have, too.
            *(sys.executable, "-P", str(Path(__file__).with_name("engine.py"))),
            *("--config", str(config)),
            *("--host", "127.0.0.1", "--port", str(self.port)),
            *("--storage-path", str(self._home / "data")),
            *("--cache-size", f"{_cache_mib()}M", "--log-level", "WARNING", "--sync-on-commit", "--standalone"),
            *options,
        ]
        return Process(
            Spec(
                "database",
                command,
                {
                    "PATH": os.environ.get("PATH", os.defpath),
                    "HOME": str(self._home),
                    "LANG": "C.UTF-8",
                    "WIREDTIGER_CONFIG": _EVICTION,
                },
                self._home,
                self._run_dir.folder("logs") / "database.log",
                ready=lambda: answers(uri),
                stop_within=30,
                keep=keep,
            )
        )


def _cache_mib() -> int:
    """A quarter of the machine's memory, within bounds; only what is in use is taken."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min(4096, max(512, memory // (4 << 20)))


def answers(uri: str) -> bool:
    """Whether the database at ``uri`` lets us in and takes writes."""
    try:
        with _client(uri) as client:
            hello = client.admin.command("hello")
            client.admin.command("listDatabases", nameOnly=True)
            return bool(hello.get("isWritablePrimary"))
    except PyMongoError:
        return False


def _client(uri: str) -> MongoClient[dict[str, object]]:
    return MongoClient(uri, serverSelectionTimeoutMS=500, connectTimeoutMS=500, socketTimeoutMS=5000)
