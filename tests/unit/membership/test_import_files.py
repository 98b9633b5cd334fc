"""Files that are looked at when they are handed in."""

import hashlib
from types import SimpleNamespace

import pytest

from services.membership.importing import files
from shared.errors import Unavailable

DATA = b"npsn,nama\n20306577,Siti Aminah\n"
FILE = {"kind": "teachers", "sha256": hashlib.sha256(DATA).hexdigest(), "size": len(DATA), "chunks": 1}


def test_whoever_waits_long_for_a_glance_goes_on_without_one(monkeypatch):
    monkeypatch.setattr(files, "_WAIT_FOR_THE_PLACE", 0.01)
    chunks = SimpleNamespace(get=lambda id_: {"data": DATA})
    work = SimpleNamespace(store=SimpleNamespace(chunks=chunks), caller=SimpleNamespace(person_id="p1"))
    files.check_file(work, FILE)
    with files._PLACE, pytest.raises(Unavailable):
        files.check_file(work, FILE)
    files.check_file(work, FILE)
