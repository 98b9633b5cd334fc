"""Files that are looked at when they are handed in, and imports that fail."""

import hashlib
from types import SimpleNamespace

import pytest

from services.membership.importing import files
from services.membership.importing.job import Importer
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


def test_an_import_that_was_given_up_leaves_nothing_behind():
    """Three tries, and the fourth is another import's first."""
    given_up = []

    def broken(district):
        raise ValueError(district)

    system = SimpleNamespace(find=lambda *asked: [{"id": "i1", "district": "3307"}])
    work = SimpleNamespace(system=system, store=broken, run=lambda district, step: given_up.append(district))
    importer = Importer()
    for _ in range(4):
        with pytest.raises(ValueError, match="3307"):
            importer.run_once(work)
    assert given_up == ["3307"]
    assert importer._failures == {"i1": 1}
