"""Membership's long work is cut off again and again, at each of its steps: nothing is lost, and nothing done twice."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from shared import clock
from shared.contracts import membership as m
from shared.contracts.events import membership as events
from tests.faults.conftest import SHORT
from tests.service.membership.conftest import Data, Town
from tests.support.ground import Ground, Platform
from tests.support.patience import eventually
from tests.support.roster import SCHOOL_COLUMNS, TEACHER_COLUMNS, Gaps, Roster, csv_bytes, make_roster

COMMUNITY = ("nama", "jenis", "npsn", "ketua")
MEMBER = ("komunitas", "npsn_komunitas", "nama", "nuptk", "nip", "hp", "npsn", "peran")
WITHIN = 150
JAKARTA = timedelta(hours=7)


@contextmanager
def dying(ground: Ground, district: str, faults: str) -> Iterator[tuple[Town, Callable[[], int]]]:
    """A town whose service dies at these points and is started again at once; the function counts its deaths."""
    cell = ground.new_cell()
    over, deaths = threading.Event(), Counter[str]()

    def restart(platform: Platform) -> None:
        process = platform.process("membership")
        while not over.wait(0.05):
            if not process.running:
                deaths["membership"] += 1
                process.start()

    try:
        with cell.running(
            "membership", environment={"SANGGAR_FAULTS": faults, "SANGGAR_LEASE_SECONDS": "1"}
        ) as platform:
            watch = threading.Thread(target=restart, args=(platform,), daemon=True)
            watch.start()
            town = Town(cell, district)
            try:
                yield town, lambda: deaths["membership"]
            finally:
                town.close()
                over.set()
                watch.join()
    finally:
        cell.close()


@pytest.fixture(scope="module")
def lists() -> Roster:
    return make_roster(levels={"SD": 14, "SMP": 10}, teachers=700, seed=12, gaps=Gaps(same_name=0))


def done(town: Town, kind: str, rows: Any, columns: Any, **said: Any) -> dict[str, int]:
    """What a file came to, judged and applied by a service that keeps dying."""
    dry = town.start_import(kind, csv_bytes(rows, columns), **said)
    judged = town.followed(dry, "ready", "failed")
    town.ask(town.operator, m.APPLY_IMPORT, import_id=dry)
    applied = town.followed(dry, "applied", "failed")
    assert applied["counts"] == judged["counts"]
    return {outcome: count for outcome, count in applied["counts"].items() if count and outcome != "reported"}


def told_once(town: Town, *kinds: Any) -> Counter[str]:
    """How many events of each type there are; none is told twice of one state."""
    found: Counter[str] = Counter()
    for kind in kinds:
        told = town.emitted(kind)
        found[kind.type.split(".")[1]] = len(told)
    return found


@pytest.mark.parametrize(
    "faults",
    [
        "unit_of_work.committed@imports=kill:4,imports.unrolled=kill:3",
        "unit_of_work.before_commit@imports=kill:5,imports.unrolled=kill:2",
    ][: 1 if SHORT else None],
)
def test_imports_go_on_wherever_they_were_cut_off(ground: Ground, district: str, lists: Roster, faults: str) -> None:
    """Unrolling, judging, settling doubts, finding who is missing, applying; teachers, communities and members."""
    with dying(ground, district, faults) as (town, deaths):
        assert done(town, "schools", lists.schools, SCHOOL_COLUMNS) == {"created": 24}
        assert done(town, "teachers", lists.teachers, TEACHER_COLUMNS) == {"created": 700}
        gone = [row for school in lists.schools for row in lists.staff_of(school["npsn"])[-1:]]
        left = [row for row in lists.teachers if row not in gone]
        full = done(town, "teachers", left, TEACHER_COLUMNS, scope="full")
        assert full == {"unchanged": 700 - len(gone), "ended": len(gone)}

        leads = {school["npsn"]: lists.staff_of(school["npsn"])[0] for school in lists.schools}
        kombels = [
            {"nama": f"Kombel {npsn}", "jenis": "kombel", "npsn": npsn, "ketua": lead["nama"]}
            for npsn, lead in leads.items()
        ]
        assert done(town, "communities", kombels, COMMUNITY) == {"created": 24}
        members = [
            {
                "komunitas": f"Kombel {row['npsn']}",
                "npsn_komunitas": row["npsn"],
                "peran": "",
                **{name: row[name] for name in ("nama", "nuptk", "nip", "hp", "npsn")},
            }
            for row in left
            if row != leads[row["npsn"]]
        ]
        assert done(town, "members", members, MEMBER) == {"created": len(members)}

        assert deaths() >= 6
        assert told_once(town, events.SCHOOL_CHANGED, events.MEMBER_JOINED) == {
            "school_changed": 24,
            "member_joined": len(members) + 24,
        }
        begun = Counter(fact["person_id"] for fact in town.emitted(events.ASSIGNMENT_CHANGED))
        assert Counter(begun.values()) == {1: 700 - len(gone), 2: len(gone)}
        assert town.store.people.count() == 701
        rosters = town.store.rosters.find({}, limit=100)
        assert sum(roster["members"] for roster in rosters) == len(members) + 24
        for kind, rows, columns in (("teachers", left, TEACHER_COLUMNS), ("members", members, MEMBER)):
            assert done(town, kind, rows, columns).keys() == {"unchanged"}
        assert town.store.import_jobs.find({}, limit=9) == [] == town.store.chunks.find({}, limit=9)


@pytest.mark.parametrize("point", ["unit_of_work.committed", "unit_of_work.before_commit"][: 1 if SHORT else None])
def test_the_turn_of_the_day_happens_once_however_often_it_is_cut_off(
    ground: Ground, district: str, point: str
) -> None:
    with dying(ground, district, f"{point}@turn_of_the_day=kill:3") as (town, deaths):
        old, new = town.school("20306577"), town.school("20306578")
        head = town.with_role("principal", old, npsn=old)
        kombel = town.community(head, kind="kombel", npsn=old, subject=None)
        movers = [town.person(f"Guru Nomor {number}", npsn=old)["id"] for number in range(9)]
        town.ask(town.operator, m.ADD_MEMBERS, community_id=kombel, person_ids=movers)
        tomorrow = str((datetime.now(UTC) + JAKARTA).date() + timedelta(days=1))
        for person_id in movers:
            how = {"kind": "within", "to_npsn": new, "effective_on": tomorrow}
            town.ask(town.operator, m.TRANSFER, person_id=person_id, **how)
        assert {person["npsn"] for person in town.store.people.get_many(movers).values()} == {old}
        let_come(town, movers, (datetime.now(UTC) + JAKARTA).date())
        eventually(lambda: all(each["npsn"] == new for each in town.store.people.get_many(movers).values()), WITHIN)
        assert deaths() >= 2, "the last of nine may die when all is done: it is not counted on"
        left = Counter(each["person_id"] for each in town.emitted(events.MEMBER_LEFT))
        assert left == Counter(movers), "each left the kombel of the old school once"
        assert town.store.rosters.require(kombel)["members"] == 1
        assert town.store.turns.find({"due_on": {"$gt": "", "$lte": tomorrow}}, limit=99) == []


def let_come(town: Town, people: list[str], day: date) -> None:
    """What was planned for a later day falls on this one."""
    for person_id in people:
        for transfer in town.store.transfers.find({"person_id": person_id}, limit=9):
            town.store.transfers.update(transfer["id"], set={"effective_on": str(day)})
        for fact in town.store.assignments.find({"person_id": person_id}, limit=9):
            before = {"valid_from": "2024-07-01", "valid_until": str(day - timedelta(days=1))}
            town.store.assignments.update(fact["id"], set=before if fact["valid_until"] else {"valid_from": str(day)})
    for turn in town.store.turns.find({"due_on": {"$gt": "", "$lte": "9999"}}, limit=99):
        if turn["person_id"] in people:
            town.store.turns.update(turn["id"], set={"due_on": str(day)})


@pytest.mark.parametrize(
    "faults",
    [
        "unit_of_work.committed@erasures=kill:1,unit_of_work.committed@personal_data=kill:31",
        "unit_of_work.before_commit@erasures=kill:2,unit_of_work.before_commit@personal_data=kill:33",
    ][: 1 if SHORT else None],
)
def test_erasing_goes_on_wherever_it_was_cut_off(ground: Ground, district: str, faults: str) -> None:
    with dying(ground, district, faults) as (town, deaths):
        who = [town.teacher(f"Guru Terhapus {number}", phone=f"08123456789{number}") for number in range(3)]
        asked = [town.ask(each, m.REQUEST_ERASURE) for each in who]
        past = {"effective_at": clock.now() - timedelta(seconds=1)}
        for erasure in asked:
            town.store.erasures.update(erasure["id"], set=past)
            town.store.erasures_due.update(erasure["id"], set=past)
        eventually(lambda: all(is_done(town, erasure) for erasure in asked), WITHIN)
        assert deaths() >= 3
        told = Counter(each["person_id"] for each in town.emitted(events.PERSON_ERASED))
        assert told == Counter(str(each["person"]["id"]) for each in who)
        for number, each in enumerate(who):
            person = town.store.people.get(each["person"]["id"])
            assert f"Guru Terhapus {number}" not in str(person) and f"8123456789{number}" not in str(person)


def is_done(town: Town, erasure: Data) -> bool:
    return "membership" in town.store.erasures.require(erasure["id"])["parts"]
