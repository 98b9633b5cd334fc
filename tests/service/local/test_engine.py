"""What the embedded database does faster than as it comes gives the same, and what it is told not to do it leaves."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from deploy.local.database import Database
from deploy.local.rundir import RunDir
from tests.support.ground import REPOSITORY

# In a process of its own: what it imports is under another licence (docs/decisions/0011).
_COMPARE = """
import random, sys
sys.path.insert(0, "deploy/local")
import engine
from wiredtiger.packing import pack, unpack

chance = random.Random(11)
texts = ["", "a", "guru", "bébé", "x" * 300, "a\\0b", "\\0"]
blobs = [b"", b"\\0", b"a\\0b", b"\\xff" * 40, "text", bytes(300)]
edges = [0, 63, 64, 8255, 8256, 8257, 2**32, 2**62]
numbers = [sign * (edge + step) for edge in edges for step in (-1, 0, 1) for sign in (-1, 1)]
kinds = {"S": texts, "u": blobs, "q": numbers, "Q": [abs(number) for number in numbers]}
formats = ["u", "q", "S", "SS", "SSS", "SSu", "SSq", "SSSu", "Su", "SuS", "QQ", "uS"]

for _ in range(20_000):
    fmt = chance.choice(formats)
    values = [chance.choice(kinds[letter]) for letter in fmt]
    packed = pack(fmt, *values)
    assert engine.pack(fmt, *values) == packed, (fmt, values)
    assert engine.unpack(fmt, packed) == unpack(fmt, packed), (fmt, packed)
assert engine.unpack("u", None) == unpack("u", None)
print("the same")
"""


def test_keys_and_values_are_written_and_read_as_the_engine_does_it_itself():
    ran = subprocess.run(
        [sys.executable, "-c", _COMPARE], cwd=REPOSITORY, capture_output=True, text=True, timeout=120, check=False
    )

    assert ran.stdout.strip() == "the same", ran.stderr


def test_what_is_over_is_removed_by_the_services_alone(tmp_path: Path):
    """Failure: each minute the database reads whole collections for what is over, and answers nobody. Promise: its
    sweeper does not run."""
    command = Database(RunDir(tmp_path)).process().spec.command
    read = "import sys, pathlib; from secantus.config import load_config; "
    read += "print(load_config(pathlib.Path(sys.argv[1]))[0].ttl_sweep_seconds)"
    config = command[command.index("--config") + 1]
    ran = subprocess.run([sys.executable, "-c", read, config], capture_output=True, text=True, timeout=60, check=False)

    assert float(ran.stdout) <= 0, ran.stderr
