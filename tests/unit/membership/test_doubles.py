"""The rows of one file among themselves."""

import pytest

from services.membership.domain.imports.doubles import Doubles, places
from tests.unit.membership.rows import SCHOOL, TEACHER, read


def doubles(*rows):
    seen = Doubles()
    found = [seen.of_teacher(number, read(**cells).values) for number, cells in enumerate(rows, 2)]
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
    seen = Doubles()
    assert seen.of_thing(2, "npsn", SCHOOL["npsn"]) is None
    assert seen.of_thing(3, "npsn", SCHOOL["npsn"]).text.params == {"row": 2}


def test_two_rows_that_mean_one_known_person_are_a_double():
    seen = Doubles()
    assert seen.meant_before(2, "p1") is None
    assert seen.meant_before(2, "p1") is None
    assert seen.meant_before(3, "p1").text.params == {"row": 2}
    assert seen.meant_before(4, None) is None
    assert seen.means("p1") and not seen.means("p2")


def test_the_row_of_a_second_school_doubles_only_another_one_for_that_school():
    second = {"npsn": "20306578", "primary": "Tidak"}
    assert doubles({}, second) == [None, None]
    assert doubles(second, second)[1] == ("nuptk", "row_twice_nuptk")


def test_one_person_is_meant_once_for_each_school():
    seen = Doubles()
    assert seen.meant_before(2, "p1") is None
    assert seen.meant_before(3, "p1", ["20306578"]) is None
    assert seen.meant_before(4, "p1", ["20306578"]).text.params == {"row": 3}


def test_a_row_that_was_refused_takes_no_school_from_those_after_it():
    seen = Doubles()
    assert seen.meant_before(2, "p1", places(read().values)) is None
    assert seen.meant_before(3, "p1", places(read(npsn="20306578").values)).text.params == {"row": 2}
    assert seen.meant_before(4, "p1", places(read(npsn="20306578", primary="Tidak").values)) is None


@pytest.mark.parametrize("first", ["Ya", "Tidak"])
def test_one_school_is_not_both_somebodys_primary_and_a_second_one(first):
    seen, second = Doubles(), "Tidak" if first == "Ya" else "Ya"
    assert seen.meant_before(2, "p1", places(read(primary=first).values)) is None
    assert seen.meant_before(3, "p1", places(read(primary=second).values)).text.params == {"row": 2}
    assert seen.meant_before(4, "p1", places(read(primary="Tidak", npsn="20306578").values)) is None


def test_somebody_new_is_made_by_one_row_though_two_schools_name_them():
    seen = Doubles()
    assert seen.of_new_person(2, read().values) is None
    assert seen.of_new_person(2, read().values) is None
    twice = seen.of_new_person(3, read(npsn="20306578", primary="Tidak").values)
    assert (twice.text.key, twice.text.params) == ("membership.person_twice", {"row": 2})
    nameless = {"nuptk": "", "nip": "", "phone": ""}
    assert seen.of_new_person(4, read(**nameless).values) is None
