"""A private RabbitMQ node: own name, ports, data and password, on the loopback address alone."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping, Sequence

from amqp.exceptions import AMQPError
from kombu import Connection

from deploy.local.process import Process, Spec
from deploy.local.rundir import RunDir, write_private

PROGRAMS = ("rabbitmq-server", "epmd")
_USER = "sanggar"
_VHOST = "sanggar"

# The write-ahead log of quorum queues grows to 512 MB by default, held in memory too: too much for a small machine.
_CONF = """\
listeners.tcp.1 = 127.0.0.1:{amqp}
default_user = {user}
default_pass = {password}
default_vhost = {vhost}
loopback_users = none
log.console = true
log.console.level = warning
log.file = false
raft.wal_max_size_bytes = 67108864
disk_free_limit.absolute = 100MB
"""
_MANAGEMENT = """\
management.tcp.ip = 127.0.0.1
management.tcp.port = {management}
"""
_ERLANG = "-kernel inet_dist_use_interface {127,0,0,1} -noinput +sbwt none +sbwtdcpu none +sbwtdio none"


class Broker:
    """The node of a run dir. ``management`` adds RabbitMQ's HTTP interface, through which tests make vhosts.

    epmd, which Erlang would leave running behind, is a process of its own here, on a port of its own.
    """

    def __init__(self, run_dir: RunDir, *, management: bool = False) -> None:
        self._run_dir = run_dir
        self._home = run_dir.folder("broker")
        self._password = run_dir.recall("broker.password", lambda: secrets.token_urlsafe(24))
        self.port = run_dir.port("amqp")
        self._epmd_port = run_dir.port("epmd")
        self._distribution_port = run_dir.port("distribution")
        self.management_port = run_dir.port("management") if management else None

    @property
    def uri(self) -> str:
        return f"amqp://{_USER}:{self._password}@127.0.0.1:{self.port}/{_VHOST}"

    def processes(self, programs: Mapping[str, str], keep: Sequence[int] = ()) -> list[Process]:
        """The processes to start, in this order, once the configuration is written. ``programs`` are their paths."""
        self._configure()
        folder = self._home
        epmd = Spec(
            "epmd",
            [programs["epmd"], "-port", str(self._epmd_port), "-address", "127.0.0.1"],
            {"PATH": os.environ.get("PATH", os.defpath)},
            folder,
            self._run_dir.folder("logs") / "epmd.log",
            stop_within=5,
            keep=keep,
        )
        node = Spec(
            "broker",
            [programs["rabbitmq-server"]],
            self._environment(),
            folder,
            self._run_dir.folder("logs") / "broker.log",
            ready=lambda: answers(self.uri),
            ready_within=90,
            stop_within=45,
            keep=keep,
        )
        return [Process(epmd), Process(node)]

    def _configure(self) -> None:
        text = _CONF.format(amqp=self.port, user=_USER, password=self._password, vhost=_VHOST)
        if self.management_port is not None:
            text += _MANAGEMENT.format(management=self.management_port)
        write_private(self._home / "rabbitmq.conf", text)
        plugins = "[rabbitmq_management]." if self.management_port is not None else "[]."
        write_private(self._home / "enabled_plugins", plugins)

    def _environment(self) -> dict[str, str]:
        home = str(self._home)
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            # The cookie that guards the node is made in its home.
            "HOME": home,
            "RABBITMQ_NODENAME": "sanggar@localhost",
            "RABBITMQ_DIST_PORT": str(self._distribution_port),
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_CONFIG_FILE": f"{home}/rabbitmq.conf",
            "RABBITMQ_ADVANCED_CONFIG_FILE": f"{home}/advanced.config",
            "RABBITMQ_CONF_ENV_FILE": f"{home}/rabbitmq-env.conf",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{home}/enabled_plugins",
            "RABBITMQ_MNESIA_BASE": f"{home}/data",
            "RABBITMQ_LOG_BASE": f"{home}/log",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": _ERLANG,
            # Lets the start script become the node instead of its parent, so that signals reach the node itself.
            "RABBITMQ_ALLOW_INPUT": "1",
        }


def answers(uri: str) -> bool:
    """Whether the broker at ``uri`` lets us in."""
    try:
        with Connection(uri, connect_timeout=2) as connection:
            connection.connect()
            return True
    except (OSError, AMQPError):
        return False
