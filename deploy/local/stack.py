"""All the processes of a platform on one machine, put together."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local import web
from deploy.local.keys import Keys
from deploy.local.process import Process, Spec
from deploy.local.rundir import RunDir
from shared.contracts.words import SERVICES

REPOSITORY = Path(__file__).parents[2]
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "SSL_CERT_FILE", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")


@dataclass(frozen=True)
class Wires:
    """The broker and the database that a platform uses, and what its databases' names begin with."""

    amqp_uri: str
    mongo_uri: str
    db_prefix: str = "sanggar_"


@dataclass(frozen=True)
class Size:
    """How much of everything: replicas of each service that has not one, gateway worker processes."""

    replicas: Mapping[str, int] = field(default_factory=dict)
    gateway_workers: int = 2


class Stack:
    """Services, gateway and nginx, in the order in which they start: :attr:`services`, then :attr:`gateway`, then
    :attr:`nginx`. A second replica of a service is called ``<service>-2``.

    ``port`` is nginx's, on the loopback address. ``environment`` is added to that of every process.
    """

    def __init__(
        self,
        run_dir: RunDir,
        wires: Wires,
        keys: Keys,
        port: int,
        *,
        nginx: str,
        environment: Mapping[str, str] | None = None,
        size: Size | None = None,
        keep: Sequence[int] = (),
    ) -> None:
        size = size or Size()
        self._run_dir = run_dir
        self._keep = keep
        self.address = f"http://127.0.0.1:{port}"
        self.environment = {
            "AMQP_URI": wires.amqp_uri,
            "MONGO_URI": wires.mongo_uri,
            "SANGGAR_DB_PREFIX": wires.db_prefix,
            **keys.environment,
            # Where a proxy of the operator's own stands in front, links must begin with its address.
            "SANGGAR_PUBLIC_URL": os.environ.get("SANGGAR_PUBLIC_URL") or self.address,
            **(environment or {}),
        }
        self.metrics: dict[str, str] = {}
        self.services = [
            self._service(service, replica)
            for service in SERVICES
            for replica in range(1, size.replicas.get(service, 1) + 1)
        ]
        self.gateway_port = run_dir.port("gateway")
        self.gateway = self._gateway(size.gateway_workers)
        self.nginx = web.web_server(run_dir, nginx, port, self.gateway_port, keep)

    def _service(self, service: str, replica: int) -> Process:
        name = service if replica == 1 else f"{service}-{replica}"
        port = self._run_dir.port(name)
        self.metrics.setdefault(service, f"http://127.0.0.1:{port}")
        return self._process(
            name,
            ["-m", "shared.launcher", service],
            {"SANGGAR_METRICS_PORT": str(port)},
            port,
        )

    def _gateway(self, workers: int) -> Process:
        return self._process(
            "gateway",
            ["-m", "gunicorn", "--config", "gateway/gunicorn_conf.py", "gateway.app:create_app()"],
            {"SANGGAR_BIND": f"127.0.0.1:{self.gateway_port}", "SANGGAR_GATEWAY_WORKERS": str(workers)},
            self.gateway_port,
        )

    def _process(self, name: str, command: Sequence[str], environment: Mapping[str, str], port: int) -> Process:
        everywhere = {
            **{key: value for key, value in os.environ.items() if key in _PASSED_ON or key.startswith("SANGGAR_")},
            "PYTHONPATH": str(REPOSITORY),
            "PYTHONUNBUFFERED": "1",
            "TMPDIR": str(self._run_dir.folder("tmp")),
        }
        return Process(
            Spec(
                name,
                [sys.executable, *command],
                {**everywhere, **self.environment, **environment},
                REPOSITORY,
                self._run_dir.folder("logs") / f"{name}.log",
                ready=lambda: web.answers(port, "/live"),
                keep=self._keep,
            )
        )
