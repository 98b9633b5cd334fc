"""Identifiers as people write them, and as they are kept."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.membership.domain import identifiers
from services.membership.domain.identifiers import Unusable
from services.membership.phones import phone_or_none, read_phone
from shared import texts

DIGITS = "0123456789"


def why(read, raw):
    with pytest.raises(Unusable) as refused:
        read(raw)
    assert texts.exists(refused.value.text.key)
    return refused.value.text.key.removeprefix("membership.")


@pytest.mark.parametrize("written", ["20306577", " 20306577 ", "'20306577", "2030 6577"])
def test_an_npsn_is_read_however_it_is_spaced(written):
    assert identifiers.npsn(written) == "20306577"


def test_a_non_formal_schools_npsn_begins_with_a_letter():
    assert identifiers.npsn("p2963425") == "P2963425"


def test_a_school_without_npsn_is_told_so():
    assert why(identifiers.npsn, " - ") == "npsn_missing"


@pytest.mark.parametrize("written", ["2030657", "203065771", "2030657X", "PP963425", "2,03E+07"])
def test_what_has_not_eight_characters_is_no_npsn(written):
    assert why(identifiers.npsn, written) == "npsn_form"


@given(st.text(DIGITS, min_size=16, max_size=16).filter(lambda digits: digits.strip("0")))
def test_sixteen_digits_are_a_nuptk(digits):
    assert identifiers.nuptk(digits) == digits
    assert identifiers.nuptk(f" {digits[:4]} {digits[4:8]} {digits[8:]} ") == digits


@given(st.text(DIGITS, min_size=1, max_size=30).filter(lambda digits: len(digits) != 16 and digits != "0"))
def test_any_other_number_of_digits_is_no_nuptk(digits):
    assert why(identifiers.nuptk, digits) == "nuptk_form"


@pytest.mark.parametrize("written", ["4.48773E+15", "4,48773426483389E+15", "4e15"])
def test_a_number_that_excel_rounded_is_refused_with_the_reason(written):
    assert why(identifiers.nuptk, written) == "rounded_by_excel"
    assert why(identifiers.nip, written) == "rounded_by_excel"


def test_a_nip_that_ends_in_three_zeros_was_rounded_because_no_serial_number_does():
    assert why(identifiers.nip, "198201202005012000") == "rounded_by_excel"
    assert identifiers.nip("198201202005012523") == "198201202005012523"


def test_a_contract_teachers_nip_is_not_taken_apart():
    assert identifiers.nip("199913452023211999") == "199913452023211999"


@pytest.mark.parametrize("written", ["", "-", " - ", "0", "n/a", "Tidak ada", "0000000000000000", "000000000000000000"])
def test_people_who_have_no_number_write_it_in_many_ways(written):
    reader = identifiers.nip if len(written) == 18 else identifiers.nuptk
    assert reader(written) is None


def test_a_masked_nip_tells_neither_birth_date_nor_sex():
    assert identifiers.mask_nip("198201202005012523") == "**************2523"
    assert identifiers.mask_nip(None) is None


@pytest.mark.parametrize("written", ["087396239763", "87396239763", "+62 873-9623-9763", "6287396239763"])
def test_a_phone_is_kept_in_one_form(written):
    assert read_phone(written) == "+6287396239763"


def test_of_two_phones_in_one_cell_the_first_is_kept():
    assert read_phone("0812 3456 7890 / 0813 1111 2222") == "+6281234567890"


@pytest.mark.parametrize("written", ["", "abc", "08123", "4487734264833898", "siti.481", "081234567890123456"])
def test_what_is_no_phone_is_refused(written):
    assert why(read_phone, written) == "phone_form"
    assert phone_or_none(written) is None


@given(st.text(max_size=40))
@example("+" * 30)
@example("٠٨١٢٣٤٥٦٧٨٩")
def test_whatever_is_typed_as_a_phone_is_kept_whole_or_refused(typed):
    found = phone_or_none(typed)
    assert found is None or (found[0] == "+" and found[1:].isdigit() and 8 <= len(found) <= 16)


@pytest.mark.parametrize("written", ["siti@guru.example", " Siti@Guru.Example ", "a.b+c@sub.belajar.id"])
def test_an_email_is_kept_in_lower_case(written):
    assert identifiers.email(written) == written.strip().lower()


@pytest.mark.parametrize("written", ["siti", "siti@", "@guru.example", "si ti@x.id", "siti@guru", "a@b,c.id"])
def test_what_is_no_email_is_refused(written):
    assert why(identifiers.email, written) == "email_form"


@given(st.text(max_size=200))
def test_tidying_twice_is_tidying_once(raw):
    tidy = identifiers.tidy(raw)
    assert identifiers.tidy(tidy) == tidy
    assert "  " not in tidy
    assert not any(ord(char) < 32 for char in tidy)
