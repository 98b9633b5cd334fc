"""The `sanggar` command, as a script calls it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from deploy.cli.main import app
from deploy.local.rundir import write_json
from tests.support.ground import Cell, Platform


class Sanggar:
    """Calls commands against one cell, found through a ``platform.json``."""

    def __init__(self, cell: Cell, folder: Path, platform: Platform | None = None) -> None:
        self._run_dir = folder
        write_json(
            folder / "platform.json",
            {
                "address": platform.address if platform else "",
                "environment": platform.stack.environment if platform else environment_of(cell),
                "metrics": dict(platform.stack.metrics) if platform else {},
            },
        )

    def run(self, *words: str, **environment: str) -> Result:
        """One command, its exit code and what it wrote to stdout and stderr."""
        return CliRunner().invoke(app, ["--run-dir", str(self._run_dir), *words], env=environment)

    def json(self, *words: str, code: int = 0, **environment: str) -> Any:
        """What a command says with ``--json``: its result, or the trouble when it fails with ``code``."""
        result = self.run("--json", *words, **environment)
        assert result.exit_code == code, (result.exit_code, result.stdout, result.stderr, result.exception)
        return json.loads(result.stderr if code and result.stderr else result.stdout)

    def lines(self, *words: str) -> list[Any]:
        """What a command says with ``--json`` that writes a document a line."""
        result = self.run("--json", *words)
        assert result.exit_code == 0, (result.stdout, result.stderr, result.exception)
        return [json.loads(line) for line in result.stdout.splitlines()]


def environment_of(cell: Cell) -> dict[str, str]:
    """The environment of the cell's processes."""
    return {
        "AMQP_URI": cell.settings.amqp_uri,
        "MONGO_URI": cell.settings.mongo_uri,
        "SANGGAR_DB_PREFIX": cell.settings.db_prefix,
        **cell.keys.environment,
    }
