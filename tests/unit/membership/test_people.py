"""What people log in with, are found by, and who sees how much of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership.domain import people
from services.membership.domain.identifiers import Unusable
from services.membership.domain.people import Sight

SITI = {
    **people.new(
        "p1",
        {
            "name": "Hj. Siti Aminah, S.Pd.",
            "nuptk": "4487734264833898",
            "nip": "198201202005012523",
            "email": "siti@guru.example",
            "phone": "+6287396239763",
            "subjects": ["IPA"],
            "employment": "PNS",
        },
    ),
    "username": "siti.481",
}


def post(npsn, primary=True):
    return {"assignment_id": npsn, "npsn": npsn, "primary": primary, "duty": "Guru Mapel", "grant_id": None}


def test_a_person_is_found_by_contacts_school_subject_and_name():
    person = people.indexed(people.at(SITI, [post("20306577"), post("20306578", primary=False)]))
    assert set(person["keys"]) == {
        "phone:+6287396239763",
        "email:siti@guru.example",
        "nip:198201202005012523",
        "school:20306577",
        "school:20306578",
        "called:siti aminah",
        "subject:ipa",
        "name:si",
        "name:sit",
        "name:am",
        "name:ami",
        "all",
    }
    assert person["logins"] == ["siti.481", "4487734264833898"]


def test_the_primary_school_is_the_one_shown():
    person = people.at(SITI, [post("20306578", primary=False), post("20306577")])
    assert person["npsn"] == "20306577"
    assert person["schools"] == ["20306577", "20306578"]
    assert people.at(person, [])["npsn"] is None


def test_a_login_may_be_username_nuptk_email_or_phone():
    assert people.login_keys(" Siti.481 ", None) == ("siti.481", [])
    for typed in ("4487 7342 6483 3898", "4487-7342-6483-3898"):
        assert people.login_keys(typed, None)[0] in people.logins(SITI)
    assert people.login_keys("SITI@guru.example", None)[1] == ["email:siti@guru.example"]
    assert people.login_keys("0873 9623 9763", "+6287396239763")[1] == ["phone:+6287396239763"]


@given(st.integers(1, 50_000), st.integers(1, 50_000), st.text("abc ", min_size=1), st.text("abc ", min_size=1))
def test_no_two_people_are_given_one_username(number, other, name, other_name):
    if number != other:
        assert people.given_username(name, number) != people.given_username(other_name, other)


@pytest.mark.parametrize("chosen", ["siti.481", "ab", "1abc", "dinas kita", "a" * 41, "<script>", "4487734264833898"])
def test_a_chosen_username_can_never_be_a_given_one_or_a_nuptk(chosen):
    with pytest.raises(Unusable):
        people.own_username(chosen)


@pytest.mark.parametrize("chosen", ["dinas", "Operator.Wonosobo", "dinas-3307", "op1"])
def test_a_username_may_be_chosen(chosen):
    assert people.own_username(chosen) == chosen.lower()
    assert people.login_keys(chosen, None)[0] == people.own_username(chosen), "and logged in with"


def test_colleagues_see_the_name_alone():
    seen = people.seen(SITI, Sight.NAME, whole_nip=False)
    assert seen["name"] == SITI["name"]
    assert [seen[name] for name in ("username", "nuptk", "nip", "email", "phone", "employment")] == [None] * 6


def test_officers_see_contacts_but_no_numbers():
    seen = people.seen(SITI, Sight.CONTACTS, whole_nip=False)
    assert seen["phone"] == SITI["phone"]
    assert seen["nip"] is seen["nuptk"] is seen["username"] is None


@pytest.mark.parametrize("sight", Sight)
def test_what_other_systems_call_somebody_is_shown_to_those_who_see_all(sight):
    known = [{"system": "dapodik", "id": "198503302003121002"}]
    seen = people.seen({**SITI, "external_ids": known}, sight, whole_nip=False)
    assert seen["external_ids"] == (known if sight is Sight.ALL else [])


def test_leaders_of_the_school_see_a_masked_nip_and_only_owner_and_operator_the_whole():
    assert people.seen(SITI, Sight.ALL, whole_nip=False)["nip"] == "**************2523"
    assert people.seen(SITI, Sight.ALL, whole_nip=True)["nip"] == SITI["nip"]


def test_several_subjects_stand_in_one_cell():
    assert people.subjects_of("IPA; Prakarya / IPA") == ["IPA", "Prakarya"]
    assert people.subjects_of("Teknik Komputer dan Jaringan") == ["Teknik Komputer dan Jaringan"]
    assert people.subjects_of(" - ") == []
