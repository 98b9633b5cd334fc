"""Whom a row means, and what becomes of it: one test for each way of being recognised."""

from hypothesis import given
from hypothesis import strategies as st

from services.membership.domain import people
from services.membership.domain.imports import recognition, schools, teachers
from services.membership.domain.imports.rows import CHANGED, CREATE, CREATED, DOUBTFUL, REJECTED, UNCHANGED, as_shown
from tests.unit.membership.rows import SCHOOL, TEACHER, decide, person, read


def ids(decision):
    return [candidate["id"] for candidate in decision.candidates]


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
    assert (decision.outcome, decision.problems[0].text.key) == (DOUBTFUL, "membership.nuptk_of_another")
    assert ids(decision) == ["p1"]


def test_a_person_without_nuptk_is_recognised_by_nip():
    decision = decide(person(nuptk=None, phone=None), npsn="20306578")
    assert decision.subject_id == "p1"
    assert decision.changes["nuptk"] == TEACHER["nuptk"]


def test_a_nip_of_somebody_with_another_nuptk_is_for_somebody_to_check():
    decision = decide(person(nuptk="1111222233334444"))
    assert (decision.outcome, decision.problems[0].text.key) == (DOUBTFUL, "membership.nip_of_another")


def test_a_person_is_recognised_by_phone_and_a_like_name():
    known = person(nuptk=None, nip=None)
    assert decide(known, nuptk="", nip="", name="Hj. Siti Aminah", npsn="20306578").subject_id == "p1"
    assert decide(known, nuptk="", nip="", name="Budi Santoso", npsn="20306578").outcome == CREATED


def test_a_person_is_recognised_by_name_and_school():
    known = person(nuptk=None, nip=None, phone=None)
    assert decide(known, phone="081234567890").subject_id == "p1"
    assert decide(known, name="SITI AMINAH").subject_id == "p1"
    assert decide(known, npsn="20306578", phone="081234567890", email="x@y.id").outcome == CREATED


def test_namesakes_with_other_numbers_are_other_people():
    assert decide(person(nip=None), nuptk="1111222233334444", nip="", phone="").outcome == CREATED
    assert decide(person(nuptk=None), nip="199901202005012523", phone="").outcome == CREATED


def test_where_several_people_match_none_is_chosen():
    bare = {"nuptk": None, "nip": None, "phone": None}
    decision = decide([person(id="p1", **bare), person(id="p2", **bare)], nuptk="", nip="", phone="")
    [problem] = decision.problems
    assert (decision.outcome, problem.text.key, problem.text.params) == (
        DOUBTFUL,
        "membership.several_match",
        {"count": 2},
    )
    assert ids(decision) == ["p1", "p2"]


def test_a_candidate_who_only_works_at_the_school_is_nobody():
    colleague = person(id="p2", name="Budi Santoso", nuptk=None, nip=None, phone=None)
    assert decide(colleague).outcome == CREATED


def test_schools_are_created_changed_or_left():
    known = {**schools.read(SCHOOL).values, "active": True}
    assert schools.decide(known, None).outcome == CREATED
    assert schools.decide(known, known).outcome == UNCHANGED
    renamed = schools.decide({**known, "name": "SDN 3 Kwadungan", "subdistrict_code": None}, known)
    assert (renamed.outcome, renamed.changes) == (CHANGED, {"name": "SDN 3 Kwadungan"})
    assert schools.decide(known, {**known, "active": False}).changes == {"active": True}


BARE = {"nuptk": None, "nip": None, "phone": None, "email": None}
UNSAID = dict.fromkeys(BARE, "")


def test_a_similar_name_at_the_same_school_is_for_somebody_to_decide():
    decision = decide(person(**BARE), **UNSAID, name="Sitti Aminah")
    assert (decision.outcome, decision.problems[0].text.key) == (DOUBTFUL, "membership.similar_name")
    assert ids(decision) == ["p1"] and decision.guess


def test_a_similar_name_with_another_number_is_somebody_else():
    assert decide(person(), nuptk="1111222233334444", nip="", phone="", name="Sitti Aminah").outcome == CREATED


def test_a_similar_name_at_another_school_is_somebody_else():
    assert decide(person(**BARE), **UNSAID, name="Sitti Aminah", npsn="20306578").outcome == CREATED


def test_a_similar_name_with_the_same_phone_is_the_same_person():
    assert decide(person(nuptk=None, nip=None), nuptk="", nip="", name="Sitti Aminah", npsn="20306578").changes == {
        "name": "Sitti Aminah",
        "npsn": "20306578",
        "duty": "Guru Mapel",
    }


def test_the_same_full_name_at_another_school_is_for_somebody_to_decide_when_nothing_tells_them_apart():
    decision = decide(person(**BARE), **UNSAID, npsn="20306578")
    assert (decision.outcome, decision.problems[0].text.key) == (DOUBTFUL, "membership.same_name_elsewhere")
    assert decide(person(**BARE, name="Siti"), **UNSAID, name="Siti", npsn="20306578").outcome == CREATED


def test_who_knows_a_name_only_creates_where_told_to():
    values = read(**UNSAID, name="Sitti Aminah").values
    found = recognition.recognise(values, [person(**BARE)])
    assert teachers.decide(values, found, CREATE).outcome == CREATED
    known = read(npsn="20306578", name="Budi Santoso").values
    assert teachers.decide(known, recognition.recognise(known, [person()]), CREATE).outcome == DOUBTFUL, "NUPTK owned"


def test_a_second_school_is_added_beside_the_first():
    assert decide(person(), npsn="20306578", primary="Tidak").changes == {
        "npsn": "20306578",
        "duty": "Guru Mapel",
        "primary": False,
    }


def test_another_primary_school_is_a_change_where_the_row_says_so():
    """A list without the column says nothing: a second school's own list makes it nobody's first."""
    assert decide(person(), primary="Tidak").changes == {"primary": False}
    assert decide(person(), primary="Ya").outcome == decide(person()).outcome == UNCHANGED
    known = person()
    second = people.at(known, [{**known["posts"][0], "primary": False}])
    assert decide(second, primary="Ya").changes == {"primary": True}
    assert decide(second).outcome == UNCHANGED


def test_no_more_is_done_than_was_shown():
    new_phone = decide(person(), phone="081234567890", name="Siti Aminah, M.Pd.")
    assert as_shown(new_phone, CHANGED, ["name"]).changes == {"name": "Siti Aminah, M.Pd."}
    assert as_shown(new_phone, CREATED, []).outcome == UNCHANGED, "somebody has put her on record since"
    assert as_shown(decide(), CHANGED, ["phone"]).outcome == REJECTED, "the one who was meant is not to be found"
    assert as_shown(decide(), CREATED, []).outcome == CREATED


def test_who_was_to_be_made_is_put_in_doubt_by_a_number_and_no_more_by_a_name():
    bare = {"nuptk": "", "nip": "", "phone": "", "email": ""}
    namesake = decide(person(**dict.fromkeys(bare)), npsn="20306578", **bare)
    assert namesake.outcome == as_shown(namesake, CHANGED, ["phone"]).outcome == DOUBTFUL
    assert as_shown(namesake, CREATED, []).outcome == CREATED
    number = decide(person(), npsn="20306578", name="Budi Santoso")
    assert as_shown(number, CREATED, []).outcome == DOUBTFUL


def test_who_was_moved_after_the_dry_run_is_not_moved_back():
    """The row showed another duty at her school, where she teaches no more."""
    elsewhere = decide(person(), npsn="20306578", duty="Guru BK", phone="081234567890")
    assert as_shown(elsewhere, CHANGED, ["duty", "phone"]).changes == {"phone": "+6281234567890"}
    assert as_shown(elsewhere, CHANGED, ["duty", "npsn"]).changes == {"npsn": "20306578", "duty": "Guru BK"}


@given(st.lists(st.sampled_from([person(id=f"p{n}", **BARE) for n in range(3)]), unique_by=lambda p: p["id"]))
def test_nobody_is_chosen_among_several(known):
    decision = decide(known, **UNSAID)
    wanted = {0: CREATED, 1: UNCHANGED}.get(len(known), DOUBTFUL)
    assert decision.outcome == wanted


def test_a_like_name_here_and_the_same_name_elsewhere_are_both_candidates():
    """Else the one here, who has a row of their own, would leave somebody of the very same name unseen."""
    bare = {"nuptk": None, "nip": None, "phone": None, "email": None}
    here = person(id="p1", name="Sitti Aminahh", **bare)
    elsewhere = person(id="p2", npsn="20306578", schools=["20306578"], **bare)
    decision = decide([here, elsewhere], nuptk="", nip="", phone="", email="")
    assert (decision.outcome, decision.guess, ids(decision)) == (DOUBTFUL, True, ["p1", "p2"])
