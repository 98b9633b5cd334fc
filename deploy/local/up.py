"""Brings a platform up on this machine, keeps it up, and takes it down in order."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from deploy.client import Refused, Unreachable
from deploy.demo import load as load_demo
from deploy.importing import ImportFailed
from deploy.local import broker as broker_
from deploy.local import packages, web
from deploy.local.broker import Broker
from deploy.local.database import Database
from deploy.local.keys import keys_in
from deploy.local.process import Process
from deploy.local.rundir import InUse, RunDir, free_port, is_free, read_json, write_json
from deploy.local.stack import Stack, Wires
from deploy.local.supervisor import NotReady, Supervisor
from deploy.migration import migrate
from deploy.platform import FILE_NAME
from shared.settings import Settings, from_environment

_DEFAULT_PORT = 8080
_REMAINS_GO_WITHIN = 60.0


class Trouble(Exception):
    """The platform cannot run like this; the message says what to do."""


def tell(line: str) -> None:
    """Say something to whoever started the platform. Not on stdout: that holds the one line that it is ready."""
    print(f"sanggar: {line}", file=sys.stderr, flush=True)


def up(environ: Mapping[str, str]) -> None:
    """Run a platform until SIGINT or SIGTERM, then drain it; a second signal ends it at once.

    ``RUN_DIR`` (``.run``), ``PORT`` (8080, or the one of earlier starts), ``DEMO`` (1), ``AMQP_URI`` and ``MONGO_URI``
    (private ones, started here, unless set) are read from ``environ``. Raises :class:`Trouble`, :class:`Missing`,
    :class:`NotReady`, :class:`InUse` and :class:`Stopped`.
    """
    run_dir = RunDir(Path(environ.get("RUN_DIR") or ".run"))
    supervisor = Supervisor(tell)
    _listen_to_signals(supervisor)
    lock = _take(run_dir, supervisor)
    try:
        Run(run_dir, supervisor, environ, lock).bring_up()
        supervisor.watch()
    finally:
        if supervisor.processes:
            tell("stopping; what was begun is finished first")
        supervisor.stop()
        (run_dir.path / FILE_NAME).unlink(missing_ok=True)
        os.close(lock)


def _listen_to_signals(supervisor: Supervisor) -> None:
    def stop(*_: object) -> None:
        supervisor.tell_to_stop()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    # Whoever started us with nohup wants us to outlive the terminal.
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, stop)


class Run:
    """One run of a platform in its run dir."""

    def __init__(self, run_dir: RunDir, supervisor: Supervisor, environ: Mapping[str, str], lock: int) -> None:
        self._run_dir = run_dir
        self._supervisor = supervisor
        self._environ = environ
        self._keep = (lock,)
        self._port = _port(run_dir, environ)

    def bring_up(self) -> None:
        """Start everything in order, make the demo district unless told not to, and say where it answers."""
        wanted = [web.PROGRAM] if self._environ.get("AMQP_URI") else [*broker_.PROGRAMS, web.PROGRAM]
        programs = packages.need(wanted, self._run_dir.folder("logs") / "apt.log", tell)
        wires = self._wires(programs)
        stack = Stack(
            self._run_dir,
            wires,
            keys_in(self._run_dir.folder("keys")),
            self._port,
            nginx=programs[web.PROGRAM],
            environment=self._local_environment(),
            keep=self._keep,
        )
        settings = from_environment(stack.environment)
        tell("preparing queues and indexes")
        migrate(settings)
        self._supervisor.on_change(lambda: self._publish(stack))
        tell("starting services, gateway and nginx")
        self._supervisor.start(*stack.services, stack.gateway)
        self._supervisor.start(stack.nginx)
        self._await_readiness()
        demo = self._demo(stack, settings)
        write_json(self._run_dir.path / "demo.json", {"address": stack.address, **demo})
        self._publish(stack)
        for login in demo["logins"]:
            tell(f"  {login['role']:<20} {login['login']:<24} {login['password']}")
        print(f"Sanggar is ready at {stack.address}", flush=True)

    def _wires(self, programs: Mapping[str, str]) -> Wires:
        """The broker and the database: those of the environment, or private ones, started here."""
        amqp_uri, mongo_uri = self._environ.get("AMQP_URI"), self._environ.get("MONGO_URI")
        awaited: list[Process] = []
        if not amqp_uri:
            tell("starting the broker")
            broker = Broker(self._run_dir)
            epmd, node = broker.processes(programs, self._keep)
            self._supervisor.start(epmd)
            self._supervisor.launch(node)
            awaited.append(node)
            amqp_uri = broker.uri
        if not mongo_uri:
            tell("starting the database")
            database = Database(self._run_dir)
            database.provision(self._supervisor)
            self._supervisor.start(database.process(self._keep))
            mongo_uri = database.uri
        for process in awaited:
            self._supervisor.await_ready(process)
        return Wires(amqp_uri, mongo_uri, self._environ.get("SANGGAR_DB_PREFIX", "sanggar_"))

    def _local_environment(self) -> dict[str, str]:
        """A platform on loopback may send webhooks to receivers on loopback, unless its operator says no."""
        return {"SANGGAR_WEBHOOK_PRIVATE": self._environ.get("SANGGAR_WEBHOOK_PRIVATE", "1")}

    def _demo(self, stack: Stack, settings: Settings) -> Mapping[str, Any]:
        """The demo district and its logins, made at the first start; the platform is watched meanwhile."""
        if self._environ.get("DEMO") == "0":
            return {"district": None, "logins": []}
        made: Future[Mapping[str, Any]] = Future()

        def make() -> None:
            try:
                made.set_result(load_demo(stack.address, self._run_dir.path, settings, tell))
            except Exception as error:
                made.set_exception(error)

        threading.Thread(target=make, daemon=True).start()
        self._supervisor.watch(lambda: not made.done())
        self._supervisor.pause(0)
        try:
            return made.result()
        except (ImportFailed, Refused, Unreachable) as error:
            raise Trouble(f"the demo district could not be made: {error}") from None

    def _await_readiness(self) -> None:
        """Wait until every service answers through the gateway."""
        deadline = time.monotonic() + 60
        while not web.answers(self._port, "/ready"):
            if time.monotonic() > deadline:
                raise NotReady(f"the services do not answer; see the logs in {self._run_dir.folder('logs')}")
            self._supervisor.pause(0.1)

    def _publish(self, stack: Stack) -> None:
        """Write ``platform.json``, through which `sanggar` finds the running platform."""
        demo = read_json(self._run_dir.path / "demo.json") or {}
        write_json(
            self._run_dir.path / FILE_NAME,
            {
                "address": stack.address,
                "district": demo.get("district"),
                "environment": stack.environment,
                "metrics": stack.metrics,
                "pids": {"supervisor": os.getpid(), **{each.name: each.pid for each in self._supervisor.processes}},
            },
        )


def _take(run_dir: RunDir, supervisor: Supervisor) -> int:
    """Take the run dir. What a killed run left behind is still ending: it is waited for. Raises :class:`InUse`."""
    deadline = time.monotonic() + _REMAINS_GO_WITHIN
    waiting = False
    while True:
        try:
            return run_dir.lock()
        except InUse:
            known: dict[str, Any] = read_json(run_dir.path / FILE_NAME) or {}
            if _alive(known.get("pids", {}).get("supervisor")) or time.monotonic() > deadline:
                where = f" at {known['address']}" if known else ""
                raise InUse(f"a platform runs in {run_dir.path} already{where}") from None
            if not waiting:
                tell("waiting for the last run to end")
                waiting = True
            supervisor.pause(0.2)


def _alive(pid: int | None) -> bool:
    if pid is None:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _port(run_dir: RunDir, environ: Mapping[str, str]) -> int:
    """The port to answer at: ``PORT``, or that of earlier starts, or 8080, or any free one. Raises :class:`Trouble`."""
    text = environ.get("PORT")
    if not text:
        port = int(run_dir.recall("port", lambda: _DEFAULT_PORT if is_free(_DEFAULT_PORT) else free_port()))
    elif text.isdecimal() and 0 < int(text) < 65536:
        port = int(text)
    else:
        raise Trouble(f"PORT must be a number from 1 to 65535, not {text!r}")
    if not is_free(port):
        raise Trouble(f"something else listens on port {port}; choose another: make run PORT=...")
    return port
