"""What tests stand on: one private broker and database a test run, and cells in them that share nothing."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import requests

from deploy.local import packages, web
from deploy.local.broker import PROGRAMS, Broker
from deploy.local.database import Database
from deploy.local.keys import Keys, keys_in
from deploy.local.process import Process
from deploy.local.rundir import InUse, RunDir
from deploy.local.stack import Size, Stack, Wires
from deploy.local.supervisor import NotReady, Supervisor
from deploy.migration import rungs_of
from deploy.services import parts_of
from shared.contracts.words import SERVICES
from shared.ids import new_id
from shared.messaging import topology
from shared.messaging.schema import create_indexes, renew_keys
from shared.messaging.scripts import open_service
from shared.messaging.unit_of_work import SystemWork
from shared.mongo import connect
from shared.settings import Settings, from_environment

REPOSITORY = Path(__file__).parents[2]
_IN_MEMORY = Path("/dev/shm")  # noqa: S108  # a folder of our own in it, see below
_ENOUGH = 4 << 30


def _folder() -> Path:
    """Where test runs keep their data: in memory, where there is enough of it (docs/decisions/0071)."""
    with suppress(OSError):
        if shutil.disk_usage(_IN_MEMORY).free >= _ENOUGH:
            folder = _IN_MEMORY / f"sanggar-tests-{os.geteuid()}"
            folder.mkdir(mode=0o700, exist_ok=True)
            if folder.lstat().st_uid == os.geteuid() and not folder.is_symlink():
                return folder
    return REPOSITORY / ".test"


FOLDER = _folder()


class Ground:
    """A broker and a database of this test run; those of ``AMQP_URI`` and ``MONGO_URI`` where these are set.

    Both end with the test run, however it ends; what a killed run left on disk is removed by the next one. A broker
    that is not ours needs its management interface (``AMQP_MANAGEMENT_URI``, port 15672 of its host unless set) and an
    administrator's login, for vhosts are made and removed.
    """

    def __init__(self) -> None:
        _remove_remains()
        self.run_dir = RunDir(FOLDER / new_id())
        self._lock = self.run_dir.lock()
        self.supervisor = Supervisor()
        self.programs = packages.need([*PROGRAMS, web.PROGRAM], self.run_dir.folder("logs") / "apt.log", print)
        self.keys: Keys = keys_in(self.run_dir.folder("keys"))
        self._amqp_uri = os.environ.get("AMQP_URI", "")
        self._mongo_uri = os.environ.get("MONGO_URI", "")
        self._management = os.environ.get("AMQP_MANAGEMENT_URI", f"http://{urlsplit(self._amqp_uri).hostname}:15672")
        self._cells = 0

    def start(self) -> None:
        """Start what the environment does not bring."""
        node: Process | None = None
        if not self._amqp_uri:
            broker = Broker(self.run_dir, management=True)
            epmd, node = broker.processes(self.programs)
            self.supervisor.start(epmd)
            self.supervisor.launch(node)
            self._amqp_uri = broker.uri
            self._management = f"http://127.0.0.1:{broker.management_port}"
        if not self._mongo_uri:
            database = Database(self.run_dir)
            database.provision(self.supervisor)
            self.supervisor.start(database.process())
            self._mongo_uri = database.uri
        if node is not None:
            self.supervisor.await_ready(node)
        if not _wait(self._management_answers, 30):
            raise NotReady(f"the broker's management interface does not answer at {self._management}")

    def close(self) -> None:
        """End everything at once and remove it: nobody misses these data."""
        self.supervisor.kill()
        os.close(self._lock)
        shutil.rmtree(self.run_dir.path, ignore_errors=True)

    def new_cell(self) -> Cell:
        """A cell with a vhost and databases of its own, both empty."""
        self._cells += 1
        name = f"t{os.getpid()}x{self._cells}"
        folder = RunDir(self.run_dir.folder("cells") / name)
        self._manage("PUT", f"vhosts/{name}").raise_for_status()
        wires = Wires(urlsplit(self._amqp_uri)._replace(path=f"/{name}").geturl(), self._mongo_uri, f"{name}_")
        return Cell(wires, self.keys, folder, self.programs[web.PROGRAM], lambda: self._remove(wires, name))

    def load_definitions(self, definitions: Mapping[str, Any]) -> None:
        """Have the broker take users and permissions; they hold for the rest of the run."""
        self._manage("POST", "definitions", definitions).raise_for_status()

    def _remove(self, wires: Wires, vhost: str) -> None:
        self._manage("DELETE", f"vhosts/{vhost}")
        if not os.environ.get("MONGO_URI"):
            # Ours ends with the run; to drop 40,000 documents takes it a minute.
            return
        client = connect(wires.mongo_uri, "tests")
        try:
            for service in SERVICES:
                client.drop_database(wires.db_prefix + service)
        finally:
            client.close()

    def _management_answers(self) -> bool:
        try:
            return self._manage("GET", "whoami").status_code == 200
        except requests.ConnectionError:
            return False

    def _manage(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> requests.Response:
        broker = urlsplit(self._amqp_uri)
        login = (unquote(broker.username or ""), unquote(broker.password or ""))
        with requests.Session() as session:
            session.trust_env = False
            return session.request(method, f"{self._management}/api/{path}", auth=login, json=body, timeout=30)


@dataclass
class Cell:
    """One deployment: a vhost, databases, keys. Other cells do not exist for it."""

    wires: Wires
    keys: Keys
    run_dir: RunDir
    nginx: str
    remove: Callable[[], None]
    environment: dict[str, str] = field(default_factory=dict)
    """Added to the environment of whatever is started in the cell."""
    _opened: dict[str, SystemWork] = field(default_factory=dict)

    @cached_property
    def settings(self) -> Settings:
        """Those of every process of the cell."""
        return from_environment(self._environ())

    def migrate(self, *services: str) -> None:
        """Declare the topology, create the indexes of these services (of all when none is named), and renew keys."""
        topology.declare(self.wires.amqp_uri, rungs_of(self.settings))
        client = connect(self.wires.mongo_uri, "tests")
        try:
            for service in services or SERVICES:
                database, parts = client[self.settings.database(service)], parts_of(service)
                create_indexes(database, parts.store_cls)
                renew_keys(database, parts.store_cls)
        finally:
            client.close()

    def open(self, service: str) -> SystemWork:
        """A service's database, read and written from outside its process; opened once, until the cell is closed."""
        if service not in self._opened:
            self._opened[service] = open_service(self.settings, service, parts_of(service).store_cls)
        return self._opened[service]

    @contextmanager
    def running(self, *services: str, environment: Mapping[str, str] | None = None) -> Iterator[Platform]:
        """These services, without gateway and nginx, migrated, started and ready; they are stopped afterwards.

        What they do not know is not on its way: they refuse it at once, where others wait for two seconds.
        """
        self.migrate(*services)
        platform = self._platform(Size(), {"SANGGAR_YOUNG_SECONDS": "0", **(environment or {})})
        try:
            platform.supervisor.start(*(each for each in platform.stack.services if each.name in services))
            yield platform
        finally:
            platform.close()

    @contextmanager
    def platform(self, *, size: Size | None = None, environment: Mapping[str, str] | None = None) -> Iterator[Platform]:
        """All services, the gateway and nginx, migrated and ready; they are stopped afterwards."""
        self.migrate()
        platform = self._platform(size or Size(gateway_workers=1), environment)
        try:
            platform.start()
            yield platform
        finally:
            platform.close()

    def close(self) -> None:
        """Remove the vhost and, where they would outlive the run, the databases."""
        for work in self._opened.values():
            work.system.database.client.close()
        self.remove()

    def _environ(self) -> dict[str, str]:
        return {
            "AMQP_URI": self.wires.amqp_uri,
            "MONGO_URI": self.wires.mongo_uri,
            "SANGGAR_DB_PREFIX": self.wires.db_prefix,
            **self.keys.environment,
            **self.environment,
        }

    def _platform(self, size: Size, environment: Mapping[str, str] | None) -> Platform:
        stack = Stack(
            self.run_dir,
            self.wires,
            self.keys,
            self.run_dir.port("web"),
            nginx=self.nginx,
            environment={"SANGGAR_WEBHOOK_PRIVATE": "1", **self.environment, **(environment or {})},
            size=size,
        )
        return Platform(stack, Supervisor(), self)


class Platform:
    """Processes of one cell, watched: what dies is started again, unless it is held."""

    def __init__(self, stack: Stack, supervisor: Supervisor, cell: Cell) -> None:
        self.stack = stack
        self.supervisor = supervisor
        self.cell = cell
        self.address = stack.address
        self._watch: threading.Thread | None = None

    @property
    def settings(self) -> Settings:
        return from_environment(self.stack.environment)

    def start(self) -> None:
        """Start everything, and wait until the gateway finds every service."""
        self.supervisor.start(*self.stack.services, self.stack.gateway)
        self.supervisor.start(self.stack.nginx)
        if not _wait(lambda: self.http("GET", "/ready").status_code == 200, 60):
            raise NotReady(self.http("GET", "/ready").text)

    def watch(self) -> None:
        """Start again what dies, from now on."""
        self._watch = threading.Thread(target=self.supervisor.watch, daemon=True)
        self._watch.start()

    def process(self, name: str) -> Process:
        """A process by its name: a service's (its second replica is ``<service>-2``), ``gateway`` or ``nginx``."""
        return self.supervisor.process(name)

    def http(self, method: str, path: str, **options: Any) -> requests.Response:
        """One request to nginx, with no memory of earlier ones."""
        with requests.Session() as session:
            session.trust_env = False
            return session.request(method, self.address + path, timeout=options.pop("timeout", 30), **options)

    def logs(self, name: str) -> str:
        """All that a process has logged."""
        with suppress(FileNotFoundError):
            return self.process(name).spec.log.read_text("utf-8", "replace")
        return ""

    def close(self) -> None:
        self.supervisor.stop()
        if self._watch is not None:
            self._watch.join(10)


def _wait(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _remove_remains() -> None:
    """What earlier runs left behind, unless they still run: these hold their folder's lock."""
    for folder in FOLDER.glob("*"):
        with suppress(InUse, OSError):
            os.close(RunDir(folder).lock())
            shutil.rmtree(folder, ignore_errors=True)
