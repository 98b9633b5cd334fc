"""How names are compared and found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership.domain import names, search
from shared.errors import Invalid

NAMES = st.lists(st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=9), min_size=1, max_size=4).map(" ".join)


@pytest.mark.parametrize(
    "written",
    ["Drs. H. Budi Santoso, M.Pd.", "BUDI SANTOSO", "budi  santoso", "Budi Santoso, S.Pd., M.M.", "H Budi Santoso"],
)
def test_titles_and_degrees_are_no_part_of_a_name(written):
    assert names.core(written) == "budi santoso"


def test_somebody_whose_whole_name_is_a_title_keeps_it():
    assert names.core("Hj.") == "hj"
    assert names.core("Ibu Drs.") == "drs"


def test_spellings_with_and_without_apostrophe_are_one():
    assert names.core("Nu'aini") == names.core("Nuaini") == names.core("Nu\u2019aini")


def test_names_are_alike_when_most_words_are():
    assert names.alike("Siti Nur Aminah", "Hj. Siti Aminah, S.Pd.")
    assert names.alike("Sukarno", "SUKARNO")
    assert not names.alike("Siti Aminah", "Siti Rahayu")
    assert not names.alike("Budi Santoso", "Sri Wahyuni")


@given(NAMES, NAMES)
def test_being_alike_works_both_ways(one, other):
    assert names.alike(one, other) == names.alike(other, one)
    assert names.alike(one, one)


@given(NAMES)
def test_whoever_types_the_beginning_of_a_word_finds_the_name(name):
    record = {"name": name, "keys": search.name_keys(name)}
    for word in name.split():
        for length in range(search.SHORTEST, len(word) + 1):
            wanted = search.narrowed(word[:length])
            assert wanted.where["keys"] in record["keys"]
            assert wanted.keep(record)


def test_a_search_asks_for_every_word_and_every_other_key():
    wanted = search.narrowed("sit ami", after=["subject:ipa"])
    siti = {"name": "Siti Aminah", "keys": [*search.name_keys("Siti Aminah"), "subject:ipa"]}
    assert wanted.keep(siti)
    assert not wanted.keep({**siti, "keys": search.name_keys("Siti Aminah")})
    assert not wanted.keep({**siti, "name": "Siti Rahayu"})


def test_the_narrowest_key_is_looked_up():
    assert search.narrowed("sit", before=["school:20306577"]).where == {"keys": "school:20306577"}
    assert search.narrowed(None, after=["subject:ipa"]).where == {"keys": "subject:ipa"}
    assert search.narrowed(None).where == {"keys": search.ALL}


def test_two_letters_find_the_short_word_and_whatever_begins_so():
    wanted = search.narrowed("SD")
    for name, there in (("SD Negeri 1 Kepil", True), ("SDIT Insan Mulia", True), ("SMP N 1 Kepil", False)):
        assert wanted.fits({"name": name, "keys": search.name_keys(name)}) == there
    numbered = search.narrowed("sd 1")
    assert numbered.fits({"name": "SD N 1 Kepil", "keys": search.name_keys("SD N 1 Kepil")})
    assert not numbered.fits({"name": "SD N 2 Kepil", "keys": search.name_keys("SD N 2 Kepil")})


@given(NAMES)
def test_a_name_has_two_keys_a_word_at_most_and_none_of_one_letter_of_a_longer_word(name):
    words, keys = names.fold(name).split(), search.name_keys(name)
    assert len(keys) <= 1 + 2 * len(words)
    assert all(len(key) > len("name:s") or key.removeprefix("name:") in words for key in keys if key != search.ALL)


@pytest.mark.parametrize("typed", ["s", "a b", "!!!", ".*", "  "])
def test_too_short_a_search_is_refused(typed):
    with pytest.raises(Invalid) as refused:
        search.narrowed(typed)
    assert refused.value.fields["q"][0].key == "membership.query_too_short"


@given(NAMES)
def test_a_username_begins_with_plain_letters(name):
    word = names.first_word(name)
    assert word.isascii() and word.isalpha() and 0 < len(word) <= 12


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Siti Aminah, S.Pd.", "Sitti Aminah"),
        ("Achmad Yusuf", "Ahmad Yusup Hidayat"),
        ("Muh. Hidayat", "Muhammad Hidayat"),
        ("M. Hidayat", "Muhammad Hidayat"),
        ("Dwi Rahmawati", "Dwi Rahmawaty"),
        ("Budi Santoso", "Budi Snatoso"),
        ("Soekarno Putra", "Sukarno Putra"),
    ],
)
def test_two_spellings_may_be_one_name(one, other):
    assert names.similar(one, other) and names.similar(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Budi Santoso", "Rudi Santoso"),
        ("Siti Aminah", "Siti Rahayu"),
        ("Siti", "Siti Aminah"),
        ("Sri Wahyuni", "Sri Wahyudi Utomo Putra"),
        ("Dewi", ""),
    ],
)
def test_two_names_are_two(one, other):
    assert not names.similar(one, other) and not names.similar(other, one)


@given(st.text(max_size=30), st.text(max_size=30))
def test_likeness_of_names_is_mutual(one, other):
    assert names.similar(one, other) == names.similar(other, one)
