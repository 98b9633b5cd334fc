"""What a file as a whole is, told by its header and its quotation marks."""

import io

import pytest

from services.membership.domain.imports.sheets import BEYOND, Unreadable, find_header
from services.membership.importing.readers import read_table
from tests.support.roster import SCHOOL_COLUMNS, TEACHER_COLUMNS

HEADERS = {
    "schools": list(SCHOOL_COLUMNS),
    "teachers": list(TEACHER_COLUMNS),
    "members": ["komunitas", "nama", "nuptk", "npsn", "peran"],
    "communities": ["nama", "jenis", "jenjang", "mata_pelajaran", "npsn", "kecamatan", "ketua", "nuptk_ketua"],
    "dapodik": ["No", "Nama", "NUPTK", "JK", "NIP", "Jenis PTK", "Status Kepegawaian", "HP"],
}


def reason(call, *args):
    with pytest.raises(Unreadable) as refused:
        call(*args)
    return refused.value.text.key


@pytest.mark.parametrize("kind", HEADERS)
def test_a_list_of_each_kind_is_taken_as_that_kind(kind):
    assert find_header(kind, [HEADERS[kind]]).at == 0


@pytest.mark.parametrize("handed_in", ["schools", "members", "communities"])
@pytest.mark.parametrize("kind", HEADERS)
def test_a_list_of_another_kind_is_taken_as_none_though_it_has_all_that_this_kind_needs(kind, handed_in):
    if kind != handed_in:
        assert reason(find_header, kind, [HEADERS[handed_in]]).startswith("membership.columns_")


@pytest.mark.parametrize(
    "header",
    [
        ["npsn", "nama"],
        ["npsn", "nama", "jenjang", "kecamatan", "hp"],
        ["NPSN", "Nama Guru", "Jenjang", "Kecamatan", "Jenis PTK"],
        ["npsn", "nama", "nuptk", "komunitas", "email"],
    ],
)
def test_a_list_of_teachers_may_say_what_other_lists_say_too(header):
    assert {"npsn", "name"} <= find_header("teachers", [header]).places.keys()


def rows(text, kind="teachers"):
    table = read_table(io.BytesIO(text.encode()), kind)
    try:
        return list(table.rows())
    finally:
        table.close()


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_quotation_mark_that_is_never_closed_swallows_nobody(end):
    text = '20306577,"Sari Buka,PNS\n20306577,Rini Dua,PNS\n20306577,Tono Tiga,PNS' + end
    assert reason(rows, "npsn,nama,status_kepegawaian\n" + text) == "membership.file_broken_csv"


def test_quotation_marks_that_belong_to_a_name_or_hold_two_lines_are_no_fault():
    names = ('"Sri ""Yanti"", S.Pd."', 'Budi 5" Santoso', '"Ani\nWati"', "Tono")
    said = rows("npsn,nama,hp\n" + "".join(f"20306577,{name},\n" for name in names))
    assert [cells["name"] for _, cells in said] == ['Sri "Yanti", S.Pd.', 'Budi 5" Santoso', "Ani\nWati", "Tono"]


def test_what_stands_beyond_all_columns_is_noticed_in_text_and_left_alone_elsewhere():
    [(_, moved), (_, right)] = rows("npsn,nama,hp\n20306577,Ani, S.Pd.,0812\n20306577,Budi,0813,,\n")
    assert (moved[BEYOND], right.get(BEYOND)) == ("0812", None)
