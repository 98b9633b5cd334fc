"""A stock nameko service that answers what membership answers: one school, to whoever holds a good token."""

from __future__ import annotations

# ruff: noqa: E402  # everything must be imported after the patch
import eventlet

eventlet.monkey_patch()

import os
import signal
import threading
from typing import Any

from nameko.extensions import DependencyProvider
from nameko.rpc import rpc
from nameko.runners import ServiceRunner

from bench.rivals.tokens import Tokens as Checked
from shared.contracts.membership import GET_SCHOOL
from shared.mongo import connect

_TAKES, _GIVES = GET_SCHOOL.takes(), GET_SCHOOL.gives()


class Schools(DependencyProvider):  # type: ignore[misc]
    """The collection of schools."""

    def setup(self) -> None:
        client = connect(os.environ["MONGO_URI"], "rival")
        self._schools = client[os.environ["SANGGAR_DB_PREFIX"] + "membership"]["schools"]

    def get_dependency(self, worker_ctx: Any) -> Any:
        return self._schools


class Tokens(DependencyProvider):  # type: ignore[misc]
    """Checks tokens."""

    def setup(self) -> None:
        self._tokens = Checked(os.environ["SANGGAR_VERIFY_KEYS"])

    def get_dependency(self, worker_ctx: Any) -> Checked:
        return self._tokens


class SchoolsService:
    name = "rival"
    schools = Schools()
    tokens = Tokens()

    @rpc
    def get_school(self, token: str, asked: dict[str, Any]) -> Any:
        district = self.tokens.claims(token)["district"]
        npsn = _TAKES.load(asked)["npsn"]
        school = self.schools.find_one({"_id": f"{district}/{npsn}"})
        return _GIVES.dump({**school, "id": npsn})


def main() -> None:
    runner = ServiceRunner({"AMQP_URI": os.environ["AMQP_URI"], "max_workers": 16})
    runner.add_service(SchoolsService)
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    runner.start()
    while not stopping.wait(0.2):
        pass
    runner.kill()


if __name__ == "__main__":
    main()
