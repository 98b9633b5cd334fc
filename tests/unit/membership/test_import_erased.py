"""What is left in the rows of imports of somebody who is erased."""

import pytest

from services.membership.domain.imports import erased
from tests.unit.membership.rows import person, read

SITI = person(nip=None)
CALLED = "Guru (dihapus)"


def row(**said):
    blank = {"subject_id": None, "outcome": "created", "name": "Baris", "values": {}, "choice": None}
    return {**blank, "candidates": [], "problems": [], "changes": [], "guess": False, **said}


def of(**cells):
    values = read(**cells).values
    return row(name=values["name"], values=values)


def test_a_row_is_known_as_somebodys_by_id_number_contact_or_name():
    assert erased.has_number_of(row(subject_id=SITI["id"]), SITI)
    assert erased.has_number_of(row(subject_id=f"c1/{SITI['id']}"), SITI), "a row of members"
    assert erased.has_number_of(of(name="Lain Sekali"), SITI)
    assert erased.is_like(of(nuptk="", name="SITI AMINAH", phone="", email=""), SITI)
    assert erased.is_like(of(nuptk="", name="Siti", email=""), SITI), "by the phone"
    assert not erased.is_like(of(nuptk="", name="Budi Santoso", phone="", email=""), SITI)


def test_another_number_makes_a_row_of_the_same_name_somebody_elses():
    other = of(nuptk="4646765666300092")
    assert not erased.has_number_of(other, SITI) and not erased.is_like(other, SITI)


@pytest.mark.parametrize(
    ("outcome", "applied", "after"),
    [
        ("created", False, "rejected"),
        ("doubtful", False, "rejected"),
        ("ended", False, "unchanged"),
        ("unchanged", False, "unchanged"),
        ("created", True, "created"),
        ("ended", True, "ended"),
    ],
)
def test_what_was_not_done_is_not_done_any_more_and_what_was_stays_so(outcome, applied, after):
    left = erased.emptied(row(outcome=outcome, name="Siti Aminah", values={"npsn": "20306577"}), applied=applied)
    assert (left["outcome"], left["name"], left["values"]) == (after, None, {})


def test_others_rows_do_not_speak_of_the_erased_any_more():
    doubt = {"column": "nama", "text": ["membership.similar_name", {"name": SITI["name"]}], "suggestion": None}
    doubtful = row(outcome="doubtful", candidates=["p9", SITI["id"]], problems=[doubt])
    skipped = row(outcome="rejected", first={"candidates": [SITI["id"]], "problems": [doubt]})
    for left in (erased.without(doubtful, SITI, CALLED), erased.without(skipped, SITI, CALLED)):
        assert SITI["id"] not in str(left) and "Siti" not in str(left) and CALLED in str(left)
    assert erased.without(doubtful, SITI, CALLED)["candidates"] == ["p9"]
    assert erased.without(row(), SITI, CALLED) == {}


def test_a_communitys_row_loses_its_ketua_and_stays():
    lead = {name: SITI[name] for name in ("name", "nuptk", "nip", "phone")}
    community = row(values={"name": "MGMP IPA", "lead": lead}, choice=SITI["id"])
    left = erased.without(community, SITI, CALLED)
    assert left == {"values": {"name": "MGMP IPA", "lead": None}, "choice": None}
