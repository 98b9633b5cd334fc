"""The roster generator promises: exact sizes, unique numbers, honest gaps, the same again from the same seed."""

from __future__ import annotations

import csv
import io
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from deploy.demo.roster import LEVELS
from tests.support.roster import (
    DEFECTS,
    SCHOOL_COLUMNS,
    TEACHER_COLUMNS,
    UNKNOWN_NPSN,
    WRITINGS,
    Gaps,
    as_xlsx,
    csv_bytes,
    make_roster,
    spoil,
)


@settings(max_examples=25)
@given(schools=st.integers(1, 60), beyond=st.integers(0, 300), seed=st.integers(0, 10_000))
def test_a_roster_has_exactly_the_size_asked_for_and_a_principal_in_each_school(schools, beyond, seed):
    roster = make_roster(seed=seed, schools=schools, teachers=schools + beyond)

    assert len(roster.schools) == schools
    assert len(roster.teachers) == schools + beyond
    principals = Counter(teacher["npsn"] for teacher in roster.teachers if teacher["jenis_ptk"] == "Kepala Sekolah")
    assert principals == {school["npsn"]: 1 for school in roster.schools}


def test_the_same_seed_gives_the_same_roster_and_another_seed_another():
    assert make_roster(seed=7, schools=5, teachers=40) == make_roster(seed=7, schools=5, teachers=40)
    assert make_roster(seed=7, schools=5, teachers=40) != make_roster(seed=8, schools=5, teachers=40)
    assert make_roster("3398", schools=5, teachers=40).teachers != make_roster("3399", schools=5, teachers=40).teachers


def test_a_whole_district_has_the_gaps_of_a_real_one():
    teachers = make_roster().teachers

    def share(column):
        return sum(1 for teacher in teachers if not teacher[column]) / len(teachers)

    assert share("nuptk") == pytest.approx(0.21, abs=0.02)
    assert share("hp") == pytest.approx(0.067, abs=0.02)
    assert share("email") == pytest.approx(0.31, abs=0.02)
    assert share("nip") == pytest.approx(0.45, abs=0.03)
    names = Counter(teacher["nama"] for teacher in teachers)
    assert max(names.values()) >= 2
    assert len(names) > 0.97 * len(teachers)


def test_numbers_and_addresses_belong_to_one_person_each():
    teachers = make_roster(schools=120, teachers=1500).teachers
    for column in ("nuptk", "nip", "hp", "email"):
        given_out = [teacher[column] for teacher in teachers if teacher[column]]
        assert len(given_out) == len(set(given_out)), column


def test_numbers_have_their_official_forms_and_nobody_can_be_written_to():
    for teacher in make_roster(schools=60, teachers=700).teachers:
        assert teacher["nuptk"] == "" or (teacher["nuptk"].isdigit() and len(teacher["nuptk"]) == 16)
        assert teacher["nip"] == "" or (teacher["nip"].isdigit() and len(teacher["nip"]) == 18)
        assert (teacher["nip"] != "") == (teacher["status_kepegawaian"] in ("PNS", "PPPK"))
        assert teacher["email"] == "" or teacher["email"].endswith(".example")
        assert teacher["hp"] == "" or teacher["hp"].startswith(("086", "087"))


def test_some_names_need_more_than_ascii_so_that_a_wrong_encoding_shows():
    teachers = make_roster(schools=60, teachers=700).teachers
    assert any(not teacher["nama"].isascii() for teacher in teachers)
    assert all(teacher["email"].isascii() for teacher in teachers)


def test_phones_are_shared_when_that_is_asked_for():
    teachers = make_roster(schools=20, teachers=300, gaps=Gaps(no_phone=0, shared_phone=0.2)).teachers
    assert len({teacher["hp"] for teacher in teachers}) < 280


def test_the_levels_of_a_small_district_can_be_chosen():
    roster = make_roster(levels={"SD": 2, "SMP": 3}, teachers=60)
    assert Counter(school["jenjang"] for school in roster.schools) == {"SD": 2, "SMP": 3}
    assert all(
        teacher["mata_pelajaran"] in (*LEVELS["SMP"].subjects, "Guru Kelas SD", "Pendidikan Agama Islam", "PJOK")
        for teacher in roster.teachers
    )


def test_a_district_with_fewer_teachers_than_schools_is_refused():
    with pytest.raises(ValueError, match="principal"):
        make_roster(schools=5, teachers=4)


def test_the_files_say_what_the_roster_says(tmp_path):
    roster = make_roster(schools=5, teachers=40)
    schools, teachers = roster.write(tmp_path / "new" / "folder")

    with schools.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        assert tuple(reader.fieldnames) == SCHOOL_COLUMNS
        assert tuple(reader) == roster.schools
    with teachers.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        assert tuple(reader.fieldnames) == TEACHER_COLUMNS
        assert tuple(reader) == roster.teachers


@pytest.mark.parametrize("writing", WRITINGS)
def test_each_way_of_writing_a_list_can_be_read_back_by_whoever_knows_it(writing):
    how = {"encoding": "utf-8", "delimiter": ",", "newline": "\r\n", **WRITINGS[writing]}
    rows = make_roster(schools=3, teachers=12).teachers

    text = csv_bytes(rows, TEACHER_COLUMNS, **how).decode(how["encoding"])

    assert text.count(how["newline"]) == len(rows) + 1
    read = csv.DictReader(text.replace(how["newline"], "\n").splitlines(), delimiter=how["delimiter"])
    assert tuple(read) == rows


def test_a_spoiled_list_breaks_one_row_for_each_defect_and_leaves_the_others_whole():
    rows = make_roster(schools=5, teachers=60).teachers
    spoiled = spoil(rows)

    assert sorted(spoiled.broken.values()) == sorted(DEFECTS)
    for place, row in enumerate(rows):
        if place in spoiled.broken:
            assert spoiled.rows[place] == {**row, **DEFECTS[spoiled.broken[place]]} != row
        else:
            assert spoiled.rows[place] == row
    assert len(spoiled.repeated) == 3
    for repetition, first in spoiled.repeated.items():
        assert spoiled.rows[repetition] == rows[first]
        assert first not in spoiled.broken


def test_too_short_a_list_cannot_be_spoiled():
    with pytest.raises(ValueError, match="at least"):
        spoil(make_roster(schools=2, teachers=5).teachers)


def test_the_unknown_school_is_in_no_roster():
    assert UNKNOWN_NPSN not in {school["npsn"] for school in make_roster(seed=99).schools}


def test_a_workbook_may_have_title_rows_and_numbers_where_text_belongs():
    rows = make_roster(schools=3, teachers=20, gaps=Gaps(no_nuptk=0.2)).teachers
    book = as_xlsx(rows, TEACHER_COLUMNS, title_rows=("DAFTAR GURU", "Kecamatan Contoh"), numeric=("nuptk",))

    sheet = list(load_workbook(io.BytesIO(book)).active.iter_rows(values_only=True))

    assert sheet[0][0] == "DAFTAR GURU"
    assert sheet[2] == TEACHER_COLUMNS
    nuptk = [line[2] for line in sheet[3:]]
    assert all(value is None or isinstance(value, int | float) for value in nuptk)
    assert sum(value is None for value in nuptk) == sum(not row["nuptk"] for row in rows)
