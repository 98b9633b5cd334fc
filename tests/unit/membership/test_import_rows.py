"""What a row of an import says: one test for each way in which it can be wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership.domain import duties
from services.membership.domain.imports import schools, teachers
from services.membership.phones import read_phone
from shared import texts
from tests.unit.membership.rows import SCHOOL, TEACHER, problems, read


def test_a_teachers_row_is_read_into_its_kept_form():
    reading = read()
    assert not reading.problems
    assert reading.values == {**TEACHER, "phone": "+6287396239763", "subjects": ["IPA"], "primary": None}


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"npsn": ""}, ("npsn", "npsn_missing", True)),
        ({"npsn": "2030657"}, ("npsn", "npsn_form", True)),
        ({"name": " - "}, ("name", "name_missing", True)),
        ({"name": None}, ("name", "name_missing", True)),
        ({"name": "12345"}, ("name", "name_without_letters", True)),
        ({"name": "x" * 201}, ("name", "name_too_long", True)),
        ({"name": '=HYPERLINK("http://x.example","klik")'}, ("name", "cell_formula", True)),
        ({"name": "=cmd|' /C calc'!A0"}, ("name", "cell_formula", True)),
        ({"name": "@SUM(A1)"}, ("name", "cell_formula", True)),
        ({"npsn": "=B2"}, ("npsn", "cell_formula", True)),
        ({"nuptk": "=C2"}, ("nuptk", "cell_formula", True)),
        ({"phone": "+cmd|' /C calc'!A0"}, ("phone", "cell_formula", True)),
        ({"duty": "-cmd|' /C calc'!A0"}, ("duty", "cell_formula", True)),
        ({"subjects": "=cmd|' /C calc'!A0"}, ("subjects", "cell_formula", True)),
        ({"email": "#REF!"}, ("email", "cell_error", True)),
        ({"duty": "x" * 51}, ("duty", "cell_too_long", False)),
        ({"employment": "x" * 51}, ("employment", "cell_too_long", False)),
        ({"primary": "barangkali"}, ("primary", "unknown_yes_no", True)),
        ({"name": '{"$ne": null}'}, ("name", "name_form", True)),
        ({"nuptk": "448773426483389"}, ("nuptk", "nuptk_form", True)),
        ({"nuptk": "4487-7342-6483-389X"}, ("nuptk", "number_with_letters", True)),
        ({"nip": "19820120200501252A"}, ("nip", "number_with_letters", True)),
        ({"nuptk": 4487734264833898}, ("nuptk", "rounded_by_excel", True)),
        ({"nuptk": 4.487734264833898e15}, ("nuptk", "rounded_by_excel", True)),
        ({"nuptk": "4.48773E+15"}, ("nuptk", "rounded_by_excel", True)),
        ({"nip": 198201202005012523}, ("nip", "rounded_by_excel", True)),
        ({"nip": "198201202005012000"}, ("nip", "rounded_by_excel", True)),
        ({"nip": "1982012020050125"}, ("nip", "nip_form", True)),
        ({"phone": "rumah"}, ("phone", "phone_form", False)),
        ({"phone": "0812"}, ("phone", "phone_form", False)),
        ({"email": "siti(at)guru"}, ("email", "email_form", False)),
    ],
)
def test_each_way_in_which_a_cell_is_wrong_has_its_own_message(cells, problem):
    assert problems(read(**cells)) == [problem]


def test_a_rounded_number_comes_with_advice():
    assert read(nuptk=4487734264833898).problems[0].suggestion.key == "membership.suggest_text_column"


@pytest.mark.parametrize("cells", [{"phone": "rumah"}, {"email": "siti(at)guru"}, {"duty": "x" * 51}])
def test_what_is_left_out_of_a_row_is_said_to_be_where_it_is(cells):
    """A form that holds the same is refused, in the same words: they don't say that anything was left out."""
    [problem] = read(**cells).problems
    assert problem.suggestion.key == "membership.suggest_without_cell"
    assert "dilewatkan" not in texts.render(problem.text, "id")


def test_a_phone_that_excel_took_the_zero_from_is_mended():
    assert read(phone=87396239763).values["phone"] == "+6287396239763"


def test_somebody_without_numbers_phone_or_email_is_taken():
    reading = read(nuptk="", nip="-", phone=None, email="", subjects="", duty="", employment="")
    assert not reading.problems
    assert reading.values["subjects"] == [] and reading.values["nuptk"] is None


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"npsn": "20306"}, ("npsn", "npsn_form", True)),
        ({"name": ""}, ("name", "name_missing", True)),
        ({"level": ""}, ("level", "level_missing", True)),
        ({"status": "-"}, ("status", "status_missing", True)),
        ({"name": "=A1"}, ("name", "cell_formula", True)),
        ({"subdistrict_code": "1" * 21}, ("subdistrict_code", "cell_too_long", False)),
        ({"level": "Universitas"}, ("level", "unknown_level", True)),
        ({"status": "BUMN"}, ("status", "unknown_status", True)),
        ({"subdistrict": ""}, ("subdistrict", "subdistrict_missing", True)),
    ],
)
def test_each_way_in_which_a_schools_row_is_wrong_has_its_own_message(cells, problem):
    assert problems(schools.read({**SCHOOL, **cells})) == [problem]


@pytest.mark.parametrize(("said", "level"), [("sd", "SD"), ("MTS", "MTs"), ("TK", "PAUD"), ("Sekolah Dasar", "SD")])
def test_levels_are_known_by_what_people_call_them(said, level):
    assert schools.read({**SCHOOL, "level": said}).values["level"] == level


@given(st.dictionaries(st.sampled_from(list(TEACHER)), st.none() | st.text(max_size=30) | st.integers() | st.floats()))
def test_whatever_stands_in_the_cells_a_row_is_read_or_refused(cells):
    reading = read(**cells)
    problems(reading)
    assert reading.rejected or (reading.values["name"] and reading.values["npsn"])


def test_a_further_duty_counts_where_it_leads_the_school():
    assert read(duty="Guru Mapel", further_duty="Kepala Sekolah").values["duty"] == "Kepala Sekolah"
    assert read(duty="Guru Mapel", further_duty="Wali Kelas").values["duty"] == "Guru Mapel"


def test_numbers_that_were_rounded_all_through_a_file_are_refused_where_they_end_so():
    cells = {**TEACHER, "nuptk": "4487734264833890"}
    assert not teachers.read(cells, read_phone).problems
    assert problems(teachers.read(cells, read_phone, {"nuptk"})) == [("nuptk", "rounded_by_excel", True)]


@pytest.mark.parametrize(
    ("titles", "npsn"),
    [
        ([["Daftar Guru"], ["NPSN : 20306577"]], "20306577"),
        ([["NPSN", None, 20306577]], "20306577"),
        ([["Tanggal Unduh: 20261123"], ["SMP N 1 Kepil"]], None),
    ],
)
def test_a_workbooks_school_is_known_by_the_npsn_in_its_title_rows(titles, npsn):
    assert teachers.school_in_titles(titles) == npsn


@pytest.mark.parametrize("duty", ["Kepala Sekolah", "Plt. Kepala Sekolah", "KEPALA MADRASAH"])
def test_the_principal_is_known_by_the_duty(duty):
    assert duties.leads_school(duty)


@pytest.mark.parametrize("duty", ["Wakil Kepala Sekolah", "Guru Mapel", "Kepala Laboratorium", None])
def test_others_do_not_lead_the_school(duty):
    assert not duties.leads_school(duty)
