"""Communities: which kinds there are places for, and what one finds them by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership.domain import communities
from shared.contracts.words import JURISDICTIONS, LEVELS
from shared.errors import Conflict, Invalid


def community(**changes):
    base = {"name": "MGMP IPA", "kind": "mgmp", "level": "SMP", "subject": "IPA", "npsn": None, "subdistricts": []}
    base |= {"parent_id": None, "jurisdiction": "district", "status": "active", "decree": None}
    return {**base, **changes}


@pytest.mark.parametrize(
    ("kind", "npsn", "fits"),
    [("kombel", None, False), ("mgmp", "20306577", False), ("kombel", "20306577", True), ("mgmp", None, True)],
)
def test_a_kombel_has_a_school_and_the_others_have_none(kind, npsn, fits):
    if fits:
        communities.check_shape(community(kind=kind, npsn=npsn))
    else:
        with pytest.raises(Invalid):
            communities.check_shape(community(kind=kind, npsn=npsn))


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "kind": st.just("mgmp"),
            "level": st.just("SMP"),
            "subject": st.just("ipa"),
            "subdistrict": st.just("Kepil"),
            "q": st.just("mgmp"),
        },
    )
)
def test_a_community_is_found_by_any_of_its_marks_together(where):
    found = community(subdistricts=["Kepil"])
    found["keys"] = communities.keys(found)
    wanted = communities.found_by(where)
    assert wanted.where["keys"] in found["keys"]
    assert wanted.keep(found)


def test_a_community_is_found_below_its_parent_and_by_whose_and_how_it_is():
    found = community(parent_id="p", status="archived")
    found["keys"] = communities.keys(found)
    wanted = communities.found_by({"parent_id": "p", "status": "archived", "jurisdiction": "district"})
    assert wanted.where["keys"] in found["keys"]
    assert wanted.keep(found)
    assert not communities.found_by({"status": "active"}).keep(found)
    assert not communities.found_by({"jurisdiction": "province"}).keep(found)


@pytest.mark.parametrize(("district", "whose"), [("3307", "district"), ("33c09", "province")])
def test_a_branch_office_is_the_provinces_and_a_kabupaten_its_own(district, whose):
    assert communities.authority(district) == whose


@pytest.mark.parametrize(
    ("levels", "whose"),
    [
        (("SMA", "SMK", "SLB"), "province"),
        (("MI", "MTs", "MA"), "ministry"),
        (("PAUD", "SD", "SMP", "PKBM"), "district"),
    ],
)
def test_the_level_says_whose_a_community_is(levels, whose):
    for level in levels:
        assert communities.jurisdiction(level, None, "district") == whose
        for said in JURISDICTIONS:
            if said == whose:
                assert communities.jurisdiction(level, said, "district") == whose
            else:
                with pytest.raises(Invalid):
                    communities.jurisdiction(level, said, "district")


def test_every_level_is_somebodys():
    assert {communities.jurisdiction(level, None, "district") for level in LEVELS} == set(JURISDICTIONS)


def test_without_a_level_it_is_as_said_or_the_districts_own():
    assert communities.jurisdiction(None, None, "province") == "province"
    assert communities.jurisdiction(None, "ministry", "district") == "ministry"


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({}, None),
        ({"id": "b"}, Invalid),
        ({"kind": "mgbk"}, Conflict),
        ({"npsn": "20306577"}, Conflict),
        ({"jurisdiction": "province"}, Conflict),
        ({"merged_into": "c"}, Conflict),
        ({"merged_from": ["c"] * 20}, Conflict),
        ({"status": "archived"}, None),
    ],
)
def test_only_doubles_are_merged(changes, refused):
    double, into = community(id="a") | changes, community(id="b")
    if refused is None:
        communities.check_merge(double, into)
    else:
        with pytest.raises(refused):
            communities.check_merge(double, into)


def test_nothing_is_merged_into_what_is_closed():
    with pytest.raises(Conflict):
        communities.check_merge(community(id="a"), community(id="b", status="archived"))


@pytest.mark.parametrize(
    ("group", "schools", "subjects", "levels", "is_theirs"),
    [
        ({}, ["20306577"], ["IPA"], {"SMP"}, True),
        ({}, ["20306577"], ["Matematika", "ipa"], {"SD", "SMP"}, True),
        ({}, ["20306577"], ["PJOK"], {"SMP"}, False),
        ({}, ["20306577"], ["IPA"], {"SMA"}, False),
        ({}, [], [], set(), True),
        ({"subject": None}, ["20306577"], ["PJOK"], {"SMP"}, True),
        ({"subject": None}, ["20306577"], ["PJOK"], {"SD"}, False),
        ({"kind": "online", "subject": None, "level": None}, ["20306577"], ["IPA"], {"SMP"}, False),
        ({"kind": "kombel", "npsn": "20306577"}, ["20306577"], [], {"SMP"}, True),
        ({"kind": "kombel", "npsn": "20306577"}, ["20306578"], ["IPA"], {"SMP"}, False),
    ],
)
def test_a_community_is_of_somebodys_work_by_school_or_by_subject_and_level(
    group, schools, subjects, levels, is_theirs
):
    person = {"schools": schools, "subjects": subjects}
    assert communities.is_of_their_work(community(**group), person, levels) == is_theirs
