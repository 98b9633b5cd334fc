"""Lists of schools and teachers come in: judged row by row first, applied once, resumed after a crash."""

from functools import partial

import pytest

from shared.contracts import membership as m
from shared.contracts.events import membership as events
from shared.errors import Conflict, Forbidden, NotFound
from shared.ids import new_id
from tests.service.membership.conftest import Town
from tests.support import roster
from tests.support.neighbours import at_once
from tests.support.patience import eventually
from tests.support.roster import SCHOOL_COLUMNS, TEACHER_COLUMNS, WRITINGS, as_xlsx, csv_bytes, make_roster

UNTOUCHED = {"created": 0, "changed": 0, "unchanged": 0, "ended": 0, "doubtful": 0, "rejected": 0, "reported": 0}


@pytest.fixture(scope="module")
def lists():
    return make_roster(schools=12, teachers=150)


def schools_csv(lists, **how):
    return csv_bytes(lists.schools, SCHOOL_COLUMNS, **how)


def teachers_csv(rows, **how):
    return csv_bytes(rows, TEACHER_COLUMNS, **how)


@pytest.fixture
def settled(town, lists):
    """A town that has its schools."""
    town.apply(town.upload("schools", schools_csv(lists))["id"])
    return town


def counts(**some):
    return {**UNTOUCHED, **some}


def test_a_district_comes_in_and_a_second_time_changes_nothing(settled, lists):
    dry = settled.upload("teachers", teachers_csv(lists.teachers))
    assert dry["counts"] == counts(created=150)
    assert dry["progress"] == {"done": 150, "total": 150}
    assert settled.ask(settled.operator, m.LIST_PEOPLE, limit=100)["next"] is None, "a dry run changes nothing"
    applied = settled.apply(dry["id"])
    assert (applied["status"], applied["counts"]) == ("applied", counts(created=150))

    told = len(settled.emitted(events.PERSON_CHANGED)), len(settled.emitted(events.ASSIGNMENT_CHANGED))
    assert told == (152, 150), "the operator was told of twice: made and activated"
    for kind, data in (("schools", schools_csv(lists)), ("teachers", teachers_csv(lists.teachers))):
        again = settled.upload(kind, data)
        assert again["counts"] == counts(unchanged=again["progress"]["total"])
        assert settled.apply(again["id"])["status"] == "applied"
    assert (len(settled.emitted(events.PERSON_CHANGED)), len(settled.emitted(events.ASSIGNMENT_CHANGED))) == told


def test_applying_twice_is_applying_once(settled, lists):
    dry = settled.upload("teachers", teachers_csv(lists.teachers[:20]))
    at_once(*[partial(settled.ask, settled.operator, m.APPLY_IMPORT, import_id=dry["id"])] * 3)
    settled.followed(dry["id"], "applied")
    assert settled.ask(settled.operator, m.APPLY_IMPORT, import_id=dry["id"])["status"] == "applied"
    assert len(settled.emitted(events.ASSIGNMENT_CHANGED)) == 20


def test_a_list_is_read_whatever_program_wrote_it(settled, lists):
    rows = [*lists.teachers[:20], {**lists.teachers[20], "nama": "In\u00e9s Nu'aini, S.Pd."}]
    for writing, how in WRITINGS.items():
        dry = settled.upload("teachers", teachers_csv(rows, **how))
        assert dry["counts"] == counts(created=21), writing
        assert [row["name"] for row in settled.rows(dry["id"])] == [row["nama"] for row in rows], writing


def test_a_workbook_with_title_rows_is_read(settled, lists):
    data = as_xlsx(lists.teachers, TEACHER_COLUMNS, title_rows=["Daftar Guru", "Kabupaten Uji"])
    dry = settled.upload("teachers", data, "guru.xlsx")
    assert dry["counts"] == counts(created=150)
    assert settled.rows(dry["id"])[0]["row"] == 4


def test_numbers_that_a_workbook_has_rounded_are_refused_with_the_reason(settled, lists):
    data = as_xlsx(lists.teachers, TEACHER_COLUMNS, numeric=["nuptk"])
    dry = settled.upload("teachers", data, "guru.xlsx")
    numbered = sum(bool(row["nuptk"]) for row in lists.teachers)
    assert dry["counts"] == counts(created=150 - numbered, rejected=numbered)
    problem = settled.rows(dry["id"], outcome="rejected")[0]["problems"][0]
    assert (problem["column"], problem["code"]) == ("nuptk", "rounded_by_excel")
    assert "Excel" in problem["reason"] and "Teks" in problem["suggestion"]


def test_each_broken_row_is_told_apart_and_disturbs_no_other(settled, lists):
    spoiled = roster.spoil(lists.teachers)
    dry = settled.upload("teachers", teachers_csv(spoiled.rows))
    rows = settled.rows(dry["id"])
    assert len(rows) == len(spoiled.rows)
    taken_all_the_same = {"malformed e-mail", "malformed phone", "two phones in one cell", "control character in name"}
    for place, row in enumerate(rows):
        defect = spoiled.broken.get(place)
        refused = place in spoiled.repeated or (defect is not None and defect not in taken_all_the_same)
        assert row["outcome"] == ("rejected" if refused else "created"), defect
        assert bool(row["problems"]) >= refused
        assert all(problem["reason"] and problem["column"] for problem in row["problems"])
    for place, original in spoiled.repeated.items():
        assert str(original + 2) in rows[place]["problems"][0]["reason"]
    applied = settled.apply(dry["id"])
    assert len(settled.emitted(events.ASSIGNMENT_CHANGED)) == applied["counts"]["created"]
    assert not any(person["name"][0] in "={" for person in everybody(settled))


def everybody(town):
    return town.store.people.find({}, limit=10_000)


def test_the_next_semesters_list_moves_renames_and_adds(settled, lists):
    rows = [dict(row) for row in lists.teachers]
    settled.apply(settled.upload("teachers", teachers_csv(rows))["id"])
    moved, renamed, called = rows[0], rows[1], rows[2]
    npsn = next(row["npsn"] for row in lists.schools if row["npsn"] != moved["npsn"])
    old = {"npsn": moved["npsn"], "name": moved["nama"]}
    moved |= {"npsn": npsn, "jenis_ptk": "Guru Mapel"}
    renamed |= {"nama": f"{renamed['nama'].partition(',')[0]}, M.Pd."}
    called |= {"hp": "081299998888"}
    nothing = dict.fromkeys(("nuptk", "nip", "hp", "email"), "")
    rows.append({**rows[3], **nothing, "nama": "Guru Baru Sekali", "jenis_ptk": "Guru Mapel"})
    dry = settled.upload("teachers", teachers_csv(rows))
    assert dry["counts"] == counts(created=1, changed=3, unchanged=147)
    changes = {row["name"]: row["changes"] for row in settled.rows(dry["id"], outcome="changed")}
    assert "npsn" in changes[old["name"]]
    assert changes[renamed["nama"]] == ["name"]
    assert changes[called["nama"]] == ["phone"]
    settled.apply(dry["id"])
    [person] = [each for each in everybody(settled) if each["name"] == old["name"] and each["npsn"] == npsn]
    facts = settled.ask(settled.operator, m.LIST_ASSIGNMENTS, person_id=person["id"])["items"]
    assert [(fact["npsn"], fact["valid_until"] is None) for fact in facts] == [(old["npsn"], False), (npsn, True)]
    assert settled.upload("teachers", teachers_csv(rows))["counts"] == counts(unchanged=151)


def test_a_principal_who_is_one_no_longer_loses_the_role(settled, lists):
    rows = [dict(row) for row in lists.teachers]
    settled.apply(settled.upload("teachers", teachers_csv(rows))["id"])
    head = next(row for row in rows if row["jenis_ptk"] == "Kepala Sekolah")
    head["jenis_ptk"] = "Guru Mapel"
    settled.apply(settled.upload("teachers", teachers_csv(rows))["id"])
    [person] = [each for each in everybody(settled) if each["name"] == head["nama"] and each["npsn"] == head["npsn"]]
    [grant] = settled.store.roles.find({"person_id": person["id"]}, limit=9)
    assert grant["role"] == "principal" and grant["valid_until"] < grant["valid_from"]


def test_what_people_have_set_themselves_is_left_alone(settled, lists):
    rows = [dict(row) for row in lists.teachers if row["hp"]][:5]
    settled.apply(settled.upload("teachers", teachers_csv(rows))["id"])
    [person] = [each for each in everybody(settled) if each["name"] == rows[0]["nama"]]
    who = settled.log_in_first(person["id"])
    settled.ask(who, m.CHANGE_ME, version=settled.ask(who, m.GET_ME)["version"], phone="081299998888")
    assert settled.upload("teachers", teachers_csv(rows))["counts"] == counts(unchanged=5)


def test_records_that_change_between_dry_run_and_application_are_seen(settled, lists):
    row = next(row for row in lists.teachers if row["nuptk"])
    dry = settled.upload("teachers", teachers_csv([row]))
    settled.person(row["nama"], nuptk=row["nuptk"], npsn=row["npsn"], duty=row["jenis_ptk"])
    applied = settled.apply(dry["id"])
    assert applied["counts"]["created"] == 0
    assert len([person for person in everybody(settled) if person["nuptk"] == row["nuptk"]]) == 1


@pytest.mark.parametrize(
    ("data", "language"),
    [(b"nama,kelas\nSiti,7A\n", "npsn"), (b"%PDF-1.7", "CSV"), (b"npsn,nama\n", "judul kolom")],
)
def test_a_file_that_cannot_be_taken_says_why(town, data, language):
    failed = town.upload("teachers", data)
    assert failed["status"] == "failed"
    assert language in failed["problem"]
    with pytest.raises(Conflict):
        town.ask(town.operator, m.APPLY_IMPORT, import_id=failed["id"])


def test_a_file_that_did_not_arrive_whole_is_refused(town):
    sizes = {"size": 10, "chunks": 1, "sha256": "0" * 64}
    started = town.ask(town.operator, m.START_IMPORT, kind="schools", file_name="x.csv", **sizes)
    assert "utuh" in town.followed(started["id"], "failed")["problem"]


def test_imports_are_the_operators_alone_and_their_districts(town, elsewhere, lists):
    dry = town.upload("schools", schools_csv(lists))
    who = town.teacher()
    for operation in (m.GET_IMPORT, m.LIST_IMPORT_ROWS, m.APPLY_IMPORT):
        with pytest.raises(Forbidden):
            town.ask(who, operation, import_id=dry["id"])
        with pytest.raises(NotFound):
            elsewhere.ask(elsewhere.operator, operation, import_id=dry["id"])
    with pytest.raises(NotFound):
        town.ask(town.operator, m.GET_IMPORT, import_id=new_id())


@pytest.mark.slow
def test_an_import_goes_on_after_its_process_was_killed(ground, district):
    lists = make_roster(schools=20, teachers=700)
    cell = ground.new_cell()
    with cell.running("membership") as platform:
        town = Town(cell, district)
        town.apply(town.upload("schools", schools_csv(lists))["id"])
        membership = platform.process("membership")

        def kill_when(status, done):
            found = town.store.imports.find({}, limit=9)
            if any(each["status"] == status and each["progress"]["done"] >= done for each in found):
                membership.kill()
                return True
            return False

        dry = town.start_import("teachers", teachers_csv(lists.teachers))
        eventually(lambda: kill_when("reading", 300), 60, 0.005)
        platform.supervisor.start(membership)
        assert town.followed(dry, "ready", "failed")["counts"] == counts(created=700)
        town.ask(town.operator, m.APPLY_IMPORT, import_id=dry)
        eventually(lambda: kill_when("applying", 300), 60, 0.005)
        platform.supervisor.start(membership)
        assert town.followed(dry, "applied", "failed")["counts"] == counts(created=700)
        assert len(everybody(town)) == 701
        people = [told["person_id"] for told in town.emitted(events.ASSIGNMENT_CHANGED)]
        assert len(people) == len(set(people)) == 700
        assert town.upload("teachers", teachers_csv(lists.teachers))["counts"] == counts(unchanged=700)
        town.close()
    cell.close()
