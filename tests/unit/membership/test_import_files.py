"""Files that are looked at when they are handed in, and imports that fail."""

import hashlib
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from services.membership.importing import files, job
from services.membership.importing.job import Importer
from services.membership.usecases import imports
from shared.errors import Unavailable
from tests.support.memory import MemoryWork
from tests.unit.membership.rows import person

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


def test_nobody_is_missing_from_a_list_whose_rows_two_processes_have_judged_in_turn(monkeypatch):
    monkeypatch.setattr(job, "BATCH", 1)
    nuptks = ["4487734264833898", "4646765666300092", "1542758660300013"]
    names = ["Siti Aminah", "Budi Santoso", "Joko Susilo"]
    staff = [
        person(id=f"p{at}", name=name, nuptk=nuptk, nip=None, phone=None, email=None)
        for at, (name, nuptk) in enumerate(zip(names, nuptks, strict=True))
    ]
    said = "npsn,nama,nuptk\n" + "".join(f"20306577,{who['name']},{who['nuptk']}\n" for who in staff)
    id_, work = _work_with_import(said.encode(), staff)
    one, other = Importer(), Importer()
    for importer in (one, one, other, other, *[one] * 9):
        importer.run_once(work)
    found = work.store("3307").imports.require(id_)
    assert (found["status"], found["counts"]["unchanged"], found["counts"]["ended"]) == ("ready", 3, 0)


def _work_with_import(data, staff):
    """What the imports job works with where a whole list waits."""
    tables = ("imports", "import_rows", "import_jobs", "chunks", "people", "schools")
    inner = MemoryWork(datetime(2026, 7, 1, tzinfo=UTC), *tables)
    inner.caller, inner.language = SimpleNamespace(person_id="operator"), "id"
    inner.allow = inner.wake = lambda *args, **about: None
    store = inner.store
    store.people.insert_many(staff)
    store.schools.insert({"id": "20306577", "name": "SMP N 1 Kepil"})
    digest = hashlib.sha256(data).hexdigest()
    store.chunks.insert({"id": files.chunk_id("operator", digest, 0), "data": data})
    file = {"kind": "teachers", "sha256": digest, "size": len(data), "chunks": 1, "schools": [], "scope": "full"}
    started = imports.start_import(inner, file)
    waiting = {"id": started["id"], "district": "3307"}
    return started["id"], SimpleNamespace(
        system=SimpleNamespace(find=lambda *asked: [waiting] if store.import_jobs.get(started["id"]) else []),
        store=lambda district: store,
        run=lambda district, step, bulk=False: step(inner),
        offload=lambda step, *args: step(*args),
    )
