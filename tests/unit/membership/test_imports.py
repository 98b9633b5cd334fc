"""What becomes of a row: one test for each way in which it can be wrong, and for each way in which it is recognised."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership.domain import imports, people
from services.membership.domain.imports import CHANGED, CREATED, REJECTED, UNCHANGED, Rows
from services.membership.phones import read_phone
from shared import texts

SCHOOL = {
    "npsn": "20306577",
    "name": "SD NEGERI 3 KWADUNGAN",
    "level": "SD",
    "status": "Negeri",
    "subdistrict": "Kalikajar",
    "subdistrict_code": "3307070",
}
TEACHER = {
    "npsn": "20306577",
    "name": "Siti Aminah, S.Pd.",
    "nuptk": "4487734264833898",
    "nip": "198201202005012523",
    "employment": "PNS",
    "duty": "Guru Mapel",
    "subjects": "IPA",
    "phone": "087396239763",
    "email": "siti@guru.example",
}


def read(**cells):
    return imports.read_teacher({**TEACHER, **cells}, read_phone)


def problems(reading):
    for problem in reading.problems:
        assert texts.exists(problem.text.key)
        assert problem.suggestion is None or texts.exists(problem.suggestion.key)
    return [(p.field, p.text.key.removeprefix("membership."), p.rejects) for p in reading.problems]


def person(**said):
    """Siti as she stands on record after her row was imported."""
    values = {**read().values, **said}
    fields = {name: value for name, value in values.items() if name not in ("npsn", "duty")}
    known = people.new(fields.pop("id", "p1"), fields)
    known |= {"own_contacts": said.get("own_contacts", False)}
    post = {"assignment_id": "a1", "npsn": values["npsn"], "primary": True, "duty": values["duty"], "grant_id": None}
    return people.indexed(people.at({**known, "username": "siti.1"}, [post]))


def decide(known=(), **cells):
    return imports.decide_teacher(read(**cells).values, [known] if isinstance(known, dict) else list(known))


# --- what a row says


def test_a_teachers_row_is_read_into_its_kept_form():
    reading = read()
    assert not reading.problems
    assert reading.values == {**TEACHER, "phone": "+6287396239763", "subjects": ["IPA"]}


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"npsn": ""}, ("npsn", "npsn_form", True)),
        ({"npsn": "2030657"}, ("npsn", "npsn_form", True)),
        ({"name": " - "}, ("name", "name_missing", True)),
        ({"name": None}, ("name", "name_missing", True)),
        ({"name": "12345"}, ("name", "name_without_letters", True)),
        ({"name": "x" * 201}, ("name", "name_too_long", True)),
        ({"name": '=HYPERLINK("http://x.example","klik")'}, ("name", "name_form", True)),
        ({"name": "=cmd|' /C calc'!A0"}, ("name", "name_form", True)),
        ({"name": "@SUM(A1)"}, ("name", "name_form", True)),
        ({"name": '{"$ne": null}'}, ("name", "name_form", True)),
        ({"nuptk": "448773426483389"}, ("nuptk", "nuptk_form", True)),
        ({"nuptk": "4487-7342-6483-38X8"}, ("nuptk", "nuptk_form", True)),
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
        ({"level": "Universitas"}, ("level", "unknown_level", True)),
        ({"status": "BUMN"}, ("status", "unknown_status", True)),
        ({"subdistrict": ""}, ("subdistrict", "subdistrict_missing", True)),
    ],
)
def test_each_way_in_which_a_schools_row_is_wrong_has_its_own_message(cells, problem):
    assert problems(imports.read_school({**SCHOOL, **cells})) == [problem]


@pytest.mark.parametrize(("said", "level"), [("sd", "SD"), ("MTS", "MTs"), ("TK", "PAUD"), ("Sekolah Dasar", "SD")])
def test_levels_are_known_by_what_people_call_them(said, level):
    assert imports.read_school({**SCHOOL, "level": said}).values["level"] == level


@given(st.dictionaries(st.sampled_from(list(TEACHER)), st.none() | st.text(max_size=30) | st.integers() | st.floats()))
def test_whatever_stands_in_the_cells_a_row_is_read_or_refused(cells):
    reading = read(**cells)
    problems(reading)
    assert reading.rejected or (reading.values["name"] and reading.values["npsn"])


@pytest.mark.parametrize("duty", ["Kepala Sekolah", "Plt. Kepala Sekolah", "KEPALA MADRASAH"])
def test_the_principal_is_known_by_the_duty(duty):
    assert imports.leads_school(duty)


@pytest.mark.parametrize("duty", ["Wakil Kepala Sekolah", "Guru Mapel", "Kepala Laboratorium", None])
def test_others_do_not_lead_the_school(duty):
    assert not imports.leads_school(duty)


# --- rows among themselves


def doubles(*rows):
    seen = Rows()
    found = [seen.double_of_teacher(number, read(**cells).values) for number, cells in enumerate(rows, 2)]
    return [problem and (problem.field, problem.text.key.removeprefix("membership.")) for problem in found]


def test_the_same_row_twice_is_a_double():
    assert doubles({}, {}) == [None, ("nuptk", "row_twice_nuptk")]


def test_a_nip_may_stand_in_a_file_once():
    budi = {"nuptk": "", "name": "Budi", "phone": "", "email": ""}
    assert doubles({"nuptk": ""}, budi)[1] == ("nip", "row_twice_nip")


def test_the_same_name_and_phone_at_two_schools_is_a_double():
    bare = {"nuptk": "", "nip": ""}
    assert doubles(bare, {**bare, "npsn": "20306578", "email": ""})[1] == ("phone", "row_twice_phone")


def test_the_same_name_at_a_school_is_a_double_unless_something_tells_them_apart():
    bare = {"nuptk": "", "nip": "", "phone": "", "email": ""}
    assert doubles(bare, bare)[1] == ("name", "row_twice")
    assert doubles({**bare, "phone": "081234567890"}, {**bare, "phone": "081234567891"}) == [None, None]
    assert doubles({**bare, "nip": TEACHER["nip"]}, {**bare, "nuptk": TEACHER["nuptk"]})[1] == ("name", "row_twice")


def test_people_who_share_a_phone_are_several():
    bare = {"nuptk": "", "nip": "", "email": ""}
    assert doubles({**bare, "name": "Siti Aminah"}, {**bare, "name": "Budi Santoso"}) == [None, None]


def test_a_school_stands_in_a_file_once():
    seen = Rows()
    assert seen.double_of_school(2, SCHOOL) is None
    assert seen.double_of_school(3, SCHOOL).text.params == {"row": 2}


def test_two_rows_that_mean_one_known_person_are_a_double():
    seen = Rows()
    assert seen.meant_before(2, "p1") is None
    assert seen.meant_before(2, "p1") is None
    assert seen.meant_before(3, "p1").text.params == {"row": 2}
    assert seen.meant_before(4, None) is None


# --- rows beside the records


def test_somebody_unknown_is_created():
    assert decide().outcome == CREATED


def test_the_same_row_again_changes_nothing():
    assert decide(person()).outcome == UNCHANGED
    assert decide(person(), name="Siti Aminah, S.Pd.", phone=87396239763).outcome == UNCHANGED


def test_an_empty_cell_empties_nothing():
    assert decide(person(), phone="", email="-", nip="", subjects="", duty="", employment="").outcome == UNCHANGED


def test_what_differs_is_changed():
    decision = decide(person(), phone="081234567890", subjects="IPA; Prakarya")
    assert decision.outcome == CHANGED
    assert decision.subject_id == "p1"
    assert decision.changes == {"phone": "+6281234567890", "subjects": ["IPA", "Prakarya"]}


def test_contacts_that_their_owner_has_set_are_left_alone():
    assert decide(person(own_contacts=True), phone="081234567890", email="x@y.id").outcome == UNCHANGED


def test_another_school_is_a_move():
    assert decide(person(), npsn="20306578").changes == {"npsn": "20306578", "duty": "Guru Mapel"}


def test_another_duty_at_the_same_school_is_a_change_of_post():
    assert decide(person(), duty="Kepala Sekolah").changes == {"duty": "Kepala Sekolah"}


def test_a_person_is_recognised_by_nuptk_first():
    other = person(id="p2", nuptk=None, name="Budi")
    assert decide([other, person()]).subject_id == "p1"


def test_a_name_may_be_corrected_for_a_known_nuptk_at_the_same_school():
    assert decide(person(), name="Sitti Aminahh").changes == {"name": "Sitti Aminahh"}


def test_a_known_nuptk_with_another_name_at_another_school_is_for_somebody_to_check():
    decision = decide(person(), name="Budi Santoso", npsn="20306578")
    assert (decision.outcome, decision.problems[0].text.key) == (REJECTED, "membership.nuptk_of_another")


def test_a_person_without_nuptk_is_recognised_by_nip():
    decision = decide(person(nuptk=None, phone=None), npsn="20306578")
    assert decision.subject_id == "p1"
    assert decision.changes["nuptk"] == TEACHER["nuptk"]


def test_a_nip_of_somebody_with_another_nuptk_is_for_somebody_to_check():
    decision = decide(person(nuptk="1111222233334444"))
    assert (decision.outcome, decision.problems[0].text.key) == (REJECTED, "membership.nip_of_another")


def test_a_person_is_recognised_by_phone_and_a_like_name():
    known = person(nuptk=None, nip=None)
    assert decide(known, nuptk="", nip="", name="Hj. Siti Aminah", npsn="20306578").subject_id == "p1"
    assert decide(known, nuptk="", nip="", name="Budi Santoso", npsn="20306578").outcome == CREATED


def test_a_person_is_recognised_by_name_and_school():
    known = person(nuptk=None, nip=None, phone=None)
    assert decide(known, phone="081234567890").subject_id == "p1"
    assert decide(known, name="SITI AMINAH").subject_id == "p1"
    assert decide(known, npsn="20306578", phone="").outcome == CREATED


def test_namesakes_with_other_numbers_are_other_people():
    assert decide(person(nip=None), nuptk="1111222233334444", nip="", phone="").outcome == CREATED
    assert decide(person(nuptk=None), nip="199901202005012523", phone="").outcome == CREATED


def test_where_several_people_match_none_is_chosen():
    bare = {"nuptk": None, "nip": None, "phone": None}
    decision = decide([person(id="p1", **bare), person(id="p2", **bare)], nuptk="", nip="", phone="")
    assert (decision.outcome, decision.problems[0].text.params) == (REJECTED, {"count": 2})


def test_a_candidate_who_only_works_at_the_school_is_nobody():
    colleague = person(id="p2", name="Budi Santoso", nuptk=None, nip=None, phone=None)
    assert decide(colleague).outcome == CREATED


def test_schools_are_created_changed_or_left():
    known = {**imports.read_school(SCHOOL).values, "active": True}
    assert imports.decide_school(known, None).outcome == CREATED
    assert imports.decide_school(known, known).outcome == UNCHANGED
    renamed = imports.decide_school({**known, "name": "SDN 3 Kwadungan", "subdistrict_code": None}, known)
    assert (renamed.outcome, renamed.changes) == (CHANGED, {"name": "SDN 3 Kwadungan"})
    assert imports.decide_school(known, {**known, "active": False}).changes == {"active": True}
