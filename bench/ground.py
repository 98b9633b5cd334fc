"""The ground that workloads stand on: a private broker and database, keys, and the platform's own processes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

from kombu import Connection
from pymongo import MongoClient
from pymongo.database import Database as MongoDatabase

from bench.volley import get_json
from deploy.local import broker as broker_
from deploy.local import packages, web
from deploy.local.broker import Broker
from deploy.local.database import Database
from deploy.local.keys import Keys, keys_in
from deploy.local.process import Process, Spec
from deploy.local.rundir import RunDir
from deploy.local.stack import REPOSITORY, Size, Stack, Wires
from deploy.local.supervisor import Supervisor
from deploy.migration import migrate
from shared.contracts.words import SERVICES
from shared.messaging import topology
from shared.messaging.unit_of_work import OUTBOX
from shared.mongo import connect
from shared.settings import Settings, from_environment

PREFIX = "bench_"


class Ground:
    """A broker and a database of its own, for as long as the ``with`` block lasts; nothing of it is kept."""

    settings: Settings
    keys: Keys

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="sanggar-bench-"))
        self._supervisor = Supervisor()
        self._exit = ExitStack()

    def __enter__(self) -> Ground:
        try:
            self._start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._exit.close()
        self._supervisor.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def address(self) -> str:
        """Where nginx answers, once the platform was started."""
        return self._stack.address

    @property
    def gateway_port(self) -> int:
        """Where the gateway answers without nginx."""
        return self._stack.gateway_port

    def start_platform(self, services: Collection[str] = SERVICES) -> None:
        """These services, the gateway with two workers, nginx; waits until they answer."""
        wanted = [process for process in self._stack.services if process.name in services]
        self._supervisor.start(*wanted, self._stack.gateway)
        self._supervisor.start(self._stack.nginx)
        deadline = time.monotonic() + 60
        while not self._answer(services):
            if time.monotonic() > deadline:
                raise TimeoutError("the platform does not get ready")
            time.sleep(0.2)

    def _answer(self, services: Collection[str]) -> bool:
        known = get_json(self.address, "/ready").get("dependencies", {})
        return all(known.get(service) == "ok" for service in services)

    def start(self, name: str, arguments: Sequence[str], environment: Mapping[str, str], port: int = 0) -> Process:
        """A further Python process beside the platform; with ``port``, ready once something answers there."""
        process = self._further(name, arguments, environment, port)
        self._supervisor.start(process)
        return process

    @contextmanager
    def alone(self, service: str) -> Iterator[None]:
        """One service without the others, for as long as the block lasts."""
        process = next(process for process in self._stack.services if process.name == service)
        process.start()
        try:
            yield
        finally:
            process.stop()

    @contextmanager
    def beside(self, name: str, module: str, environment: Mapping[str, str]) -> Iterator[None]:
        """A further Python process for as long as the block lasts."""
        process = self._further(name, ["-m", module], environment)
        process.start()
        try:
            yield
        finally:
            process.stop()

    def output(self, *arguments: str, environment: Mapping[str, str] | None = None) -> list[str]:
        """The words that a Python process prints."""
        command = [sys.executable, *arguments]
        environment = {**self._environment(), "PYTHONWARNINGS": "ignore", **(environment or {})}
        done = subprocess.run(command, env=environment, cwd=REPOSITORY, capture_output=True, check=False, text=True)  # noqa: S603
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout.split()

    def purge_inboxes(self) -> None:
        """Throw away what waits for services that do not run."""
        with Connection(self.settings.amqp_uri) as connection:
            channel = connection.channel()
            for service in SERVICES:
                channel.queue_purge(topology.inbox_name(service))

    def settle(self, within: float = 120.0) -> None:
        """Wait until every outbox is empty and nothing waits in an inbox. Raises ``TimeoutError``."""
        deadline = time.monotonic() + within
        with Connection(self.settings.amqp_uri) as connection:
            channel = connection.channel()
            while any(self.database(service)[OUTBOX].find_one({}) for service in SERVICES) or any(
                channel.queue_declare(topology.inbox_name(service), passive=True).message_count for service in SERVICES
            ):
                if time.monotonic() > deadline:
                    raise TimeoutError("the platform does not come to rest")
                time.sleep(0.2)

    @property
    def processes(self) -> list[Process]:
        """All that run now."""
        return self._supervisor.processes

    def process(self, name: str) -> Process:
        """A process of the platform by its name."""
        return self._supervisor.process(name)

    def database(self, service: str) -> MongoDatabase[dict[str, Any]]:
        """A service's database, seen from outside."""
        return self.client[self.settings.database(service)]

    def port(self, name: str) -> int:
        return self._run_dir.port(name)

    def folder(self, name: str) -> Path:
        return self._run_dir.folder(name)

    def _further(self, name: str, arguments: Sequence[str], environment: Mapping[str, str], port: int = 0) -> Process:
        return Process(
            Spec(
                name,
                [sys.executable, *arguments],
                {**self._environment(), **environment},
                REPOSITORY,
                self._run_dir.folder("logs") / f"{name}.log",
                ready=(lambda: web.answers(port, "/live")) if port else (lambda: True),
            )
        )

    def _environment(self) -> dict[str, str]:
        return {**self._stack.environment, "PYTHONPATH": str(REPOSITORY), "PATH": os.environ.get("PATH", os.defpath)}

    def _start(self) -> None:
        self._run_dir = RunDir(self._folder)
        programs = packages.need([*broker_.PROGRAMS, web.PROGRAM], self._folder / "apt.log", print)
        database = Database(self._run_dir)
        database.provision(self._supervisor)
        self._supervisor.start(database.process())
        broker = Broker(self._run_dir)
        for process in broker.processes(programs):
            self._supervisor.start(process)
        self.keys = keys_in(self._run_dir.folder("keys"))
        self._stack = Stack(
            self._run_dir,
            Wires(broker.uri, database.uri, PREFIX),
            self.keys,
            self._run_dir.port("nginx"),
            nginx=programs[web.PROGRAM],
            environment={"SANGGAR_LOG_LEVEL": "WARNING"},
            size=Size(gateway_workers=2),
        )
        self.settings = from_environment(self._stack.environment)
        migrate(self.settings)
        self.client: MongoClient[dict[str, Any]] = self._exit.enter_context(connect(database.uri, "bench"))
