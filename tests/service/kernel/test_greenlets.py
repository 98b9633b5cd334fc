"""PyMongo under eventlet: officially no longer supported, so what we rely on is tested here (DESIGN 5)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

from tests.support.ground import REPOSITORY, Cell
from tests.support.proxy import Proxy


def test_transactions_under_monkey_patching_survive_lost_connections(cell: Cell) -> None:
    """Failure: greenlets run transactions on one document while connections break. Promise: every acknowledged
    transaction stands, once; the greenlets never block each other; connecting again works."""
    database = cell.open("membership").system.database
    database["counts"].insert_one({"_id": "all", "n": 0})
    proxy = Proxy(cell.wires.mongo_uri)
    script = subprocess.Popen(
        [sys.executable, "-m", "tests.support.greenlets", proxy.uri, database.name],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY)},
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        # One in the middle of a transaction for certain, however the others fall.
        proxy.cut_after(b"update")
        while script.poll() is None:
            time.sleep(0.4)
            proxy.cut()
        assert script.stdout is not None
        seen = json.loads(script.stdout.read().splitlines()[-1])
    finally:
        script.kill()
        script.wait()
        proxy.close()
    counted = database["counts"].find_one({"_id": "all"})
    assert script.returncode == 0
    assert seen["acknowledged"] == 96
    assert counted is not None
    assert seen["acknowledged"] <= counted["n"] <= seen["acknowledged"] + seen["unknown"]
    assert seen["lost"] > 0, "no connection was lost; the test showed nothing"
    assert seen["longest_pause"] < 1.0
