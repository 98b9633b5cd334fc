"""What rows of communities and of their members say: one test for each way in which they can be wrong."""

import pytest

from services.membership.domain.imports import communities, members
from services.membership.domain.imports.rows import CHANGED, CREATED, REJECTED, UNCHANGED
from services.membership.phones import read_phone
from tests.unit.membership.rows import problems

MGMP = {"name": "MGMP IPA Kabupaten", "kind": "MGMP", "level": "SMP", "subject": "IPA", "lead_name": "Siti Aminah"}
MEMBER = {"community": "MGMP IPA Kabupaten", "name": "Siti Aminah", "nuptk": "4487734264833898"}


def read(**cells):
    return communities.read({**MGMP, **cells}, read_phone)


def read_member(**cells):
    return members.read({**MEMBER, **cells}, read_phone)


def test_a_communitys_row_is_read_into_its_kept_form():
    reading = read(
        kind="Musyawarah Guru Mata Pelajaran",
        phase="Fase D",
        subdistricts="Kertek; Kepil",
        jurisdiction="Kabupaten",
        join_policy="Persetujuan",
        decree="421/7/2026",
        decree_until="30 Juni 2027",
        lead_nip="198201202005012523",
    )
    assert not reading.problems
    assert reading.values == {
        "name": "MGMP IPA Kabupaten",
        "kind": "mgmp",
        "level": "SMP",
        "subject": "IPA",
        "phase": "D",
        "npsn": None,
        "subdistricts": ["Kertek", "Kepil"],
        "jurisdiction": "district",
        "join_policy": "approval",
        "decree": {"number": "421/7/2026", "until": "2027-06-30"},
        "lead": {
            "name": "Siti Aminah",
            "nuptk": None,
            "nip": "198201202005012523",
            "phone": None,
            "npsn": None,
            "email": None,
        },
    }


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"name": ""}, ("name", "name_missing", True)),
        ({"kind": ""}, ("kind", "kind_missing", True)),
        ({"kind": "arisan"}, ("kind", "unknown_kind", True)),
        ({"level": "Universitas"}, ("level", "unknown_level", True)),
        ({"subject": "x" * 101}, ("subject", "cell_too_long", True)),
        ({"phase": "G"}, ("phase", "unknown_phase", True)),
        ({"jurisdiction": "negara"}, ("jurisdiction", "unknown_jurisdiction", True)),
        ({"join_policy": "bayar"}, ("join_policy", "unknown_join_policy", True)),
        ({"npsn": "123"}, ("npsn", "npsn_form", True)),
        ({"kind": "kombel"}, ("npsn", "kombel_needs_school", True)),
        ({"npsn": "20306577"}, ("npsn", "only_kombel_has_school", True)),
        ({"decree": "1", "decree_until": "besok"}, ("decree_until", "day_form", True)),
        ({"decree_until": "2027-06-30"}, ("decree", "decree_number_missing", True)),
        ({"lead_name": "", "lead_nuptk": "4487734264833898"}, ("lead_name", "name_missing", True)),
        ({"lead_nuptk": "12"}, ("lead_nuptk", "nuptk_form", True)),
        ({"lead_phone": "rumah"}, ("lead_phone", "phone_form", False)),
        ({"lead_npsn": "12"}, ("lead_npsn", "npsn_form", True)),
        ({"name": "=A1"}, ("name", "cell_formula", True)),
    ],
)
def test_each_way_in_which_a_communitys_row_is_wrong_has_its_own_message(cells, problem):
    assert problems(read(**cells)) == [problem]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2027-06-30", "2027-06-30"),
        ("2027-06-30T00:00:00", "2027-06-30"),
        ("30/6/2027", "2027-06-30"),
        ("30-06-2027", "2027-06-30"),
        ("30 Juni 2027", "2027-06-30"),
        ("-", None),
    ],
)
def test_days_are_read_as_people_write_them(written, day):
    assert communities.day_of(written) == day


def test_a_kombels_ketua_is_looked_for_at_its_school():
    reading = read(kind="kombel", npsn="20306577", level="")
    assert reading.values["lead"]["npsn"] == "20306577"


def test_a_community_without_ketua_is_read():
    assert read(lead_name="").values["lead"] is None


def known(**said):
    values = read().values
    return {**values, "id": "c1", "status": "active", "subdistricts": [], **said}


def test_a_community_is_known_by_name_kind_and_school_or_level():
    values = read().values
    assert communities.same(values, known(name="mgmp ipa kabupaten", level=None))
    for other in ({"kind": "kkg"}, {"npsn": "20306577"}, {"level": "SMA"}, {"name": "MGMP IPS"}):
        assert not communities.same(values, known(**other))


def test_a_known_community_is_changed_left_or_closed():
    values = read(join_policy="undangan").values
    assert communities.decide_known(read().values, known(join_policy="open"), own=True).outcome == UNCHANGED
    changed = communities.decide_known(values, known(join_policy="open"), own=True)
    assert (changed.outcome, changed.changes) == (CHANGED, {"join_policy": "invitation"})
    assert communities.decide_known(values, known(status="archived"), own=True).outcome == REJECTED


def test_a_list_changes_nothing_of_a_community_that_others_run():
    values = read(join_policy="undangan").values
    assert communities.decide_known(values, known(join_policy="open"), own=False).outcome == REJECTED
    assert communities.decide_known(values, known(join_policy="invitation"), own=False).outcome == UNCHANGED


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({}, None),
        ({"level": "SMA"}, None),
        ({"level": "MTs", "lead_name": ""}, None),
        ({"level": "SMP", "jurisdiction": "provinsi"}, "jurisdiction_district"),
    ],
)
def test_what_an_operator_may_not_found_a_list_does_not_found(cells, reason):
    refused = communities.refused_founding(read(**cells).values, None, "3307")
    assert (refused and refused.problems[0].text.key) == (reason and f"membership.{reason}")


@pytest.mark.parametrize(
    ("cells", "remark"),
    [
        ({}, None),
        ({"level": "SMA"}, "decree_of_province"),
        ({"level": "MTs"}, "decree_of_ministry"),
        ({"level": "MTs", "decree": "1/2026"}, None),
    ],
)
def test_that_another_authoritys_decree_is_missing_is_remarked_and_rejects_nothing(cells, remark):
    found = communities.missing_decree(read(**cells).values, None, "3307")
    assert [(each.text.key, each.rejects) for each in found] == ([(f"membership.{remark}", False)] if remark else [])


def test_a_kombel_of_a_list_is_its_schools_whatever_level_it_names():
    values = read(kind="kombel", level="SMP", npsn="20306577", jurisdiction="kabupaten").values
    refused = communities.refused_founding(values, "SMA", "3307")
    assert refused.problems[0].text.key == "membership.jurisdiction_province"
    assert communities.refused_founding(values, "SMP", "3307") is None


def test_the_decree_of_an_smas_kombel_is_the_provinces():
    [remark] = communities.missing_decree(read(kind="kombel", level="", npsn="20306577").values, "SMA", "3307")
    assert remark.text.key == "membership.decree_of_province"


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"community": ""}, ("community", "community_missing", True)),
        ({"community_kind": "arisan"}, ("community_kind", "unknown_kind", True)),
        ({"community_npsn": "12"}, ("community_npsn", "npsn_form", True)),
        ({"role": "raja"}, ("role", "unknown_member_role", True)),
        ({"name": ""}, ("name", "name_missing", True)),
        ({"nuptk": "12"}, ("nuptk", "nuptk_form", True)),
        ({"nuptk": ""}, ("name", "person_needs_more", True)),
        ({"npsn": "12"}, ("npsn", "npsn_form", True)),
        ({"role": "=A1"}, ("role", "cell_formula", True)),
    ],
)
def test_each_way_in_which_a_members_row_is_wrong_has_its_own_message(cells, problem):
    assert problems(read_member(**cells)) == [problem]


def test_the_communities_that_a_row_may_mean():
    one, other = known(id="c1"), known(id="c2", kind="kombel", npsn="20306577")
    assert members.meant(read_member().values, [one, other]) == [one, other]
    assert members.meant(read_member(community_kind="kombel").values, [one, other]) == [other]
    assert members.meant(read_member(community_npsn="20306577").values, [one, other]) == [other]
    old = known(id="c3", status="archived")
    assert members.meant(read_member().values, [one, old]) == [one]
    assert members.meant(read_member().values, [old]) == [old]


def test_a_member_comes_changes_role_or_stays():
    values, who = read_member(role="Ketua").values, {"id": "p1"}
    assert members.decide(values, known(), who, None).outcome == CREATED
    assert members.decide(values, known(), who, {"active": False, "role": "ketua"}).outcome == CREATED
    assert members.decide(values, known(), who, {"active": True, "role": "ketua"}).outcome == UNCHANGED
    changed = members.decide(values, known(), who, {"active": True, "role": "member"})
    assert (changed.outcome, changed.subject_id, changed.changes) == (CHANGED, "c1/p1", {"role": "ketua"})


def test_an_empty_role_brings_in_a_member_and_leaves_an_officer_one():
    values, who = read_member(role="").values, {"id": "p1"}
    assert members.decide(values, known(), who, None).changes == {"role": "member"}
    assert members.decide(values, known(), who, {"active": False, "role": "ketua"}).changes == {"role": "member"}
    for role in ("ketua", "sekretaris", "member"):
        assert members.decide(values, known(), who, {"active": True, "role": role}).outcome == UNCHANGED
