"""Files as people hand them in: whatever program wrote them, wherever the header stands."""

import csv
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from services.membership import readers
from services.membership.domain.sheets import Unreadable, is_number, text_of
from services.membership.readers import read_table
from shared import texts

HEADER = ["npsn", "nama", "nuptk", "mata_pelajaran", "hp"]
SITI = ["20306577", "Siti Aminah, S.Pd.", "4487734264833898", "IPA", "087396239763"]
BUDI = ["20306578", "Budi Santoso", "", "PJOK", ""]


def written(rows, separator=",", newline="\n"):
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator=newline).writerows(rows)
    return out.getvalue()


def people_in(data, kind="teachers"):
    table = read_table(data, kind)
    return [(number, text_of(table.header.cells(row)["name"])) for number, row in table.rows]


def refusal(data, kind="teachers"):
    with pytest.raises(Unreadable) as refused:
        read_table(data, kind)
    assert texts.exists(refused.value.text.key)
    return refused.value.text.key.removeprefix("membership.")


def workbook(*sheets):
    book = Workbook()
    book.remove(book.active)
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16"])
def test_a_csv_is_read_whatever_program_wrote_it(separator, newline, encoding):
    ines = ["20306577", "In\u00e9s, S.Pd.", "", "", ""]
    data = written([HEADER, SITI, ines], separator, newline).encode(encoding)
    assert people_in(data) == [(2, "Siti Aminah, S.Pd."), (3, "In\u00e9s, S.Pd.")]


def test_windows_quotes_are_read_as_windows_meant_them():
    data = written([HEADER, ["20306577", "Nu\u2019aini", "", "", ""]]).encode("cp1252")
    assert people_in(data) == [(2, "Nu\u2019aini")]


def test_title_rows_may_stand_above_the_header_and_columns_in_any_order():
    rows = [
        ["Daftar Guru, Kabupaten Wonosobo"],
        [],
        ["Dicetak: 23 November 2026"],
        ["No", "Nomor HP", "Nama Lengkap", "JK", "NPSN"],
        ["1", "0812", "Siti Aminah", "P", "20306577"],
    ]
    table = read_table(written(rows, ";").encode(), "teachers")
    assert [number for number, _ in table.rows] == [5]
    assert table.header.cells(table.rows[0][1]) == {"npsn": "20306577", "name": "Siti Aminah", "phone": "0812"}
    assert table.header.titles["phone"] == "Nomor HP"


def test_a_workbook_is_read_like_a_csv_from_whichever_sheet_holds_the_table():
    data = workbook([["Petunjuk"], ["Isi lembar kedua"]], [["Daftar Guru"], [], HEADER, SITI, [None], BUDI])
    assert people_in(data) == [(4, "Siti Aminah, S.Pd."), (6, "Budi Santoso")]


def test_numbers_of_a_workbook_are_told_from_text():
    data = workbook([HEADER, ["20306577", "Siti", 4487734264833898, "IPA", 87396239763]])
    cells = read_table(data, "teachers")
    row = cells.header.cells(cells.rows[0][1])
    assert is_number(row["nuptk"]) and not is_number(row["npsn"])
    assert text_of(row["phone"]) == "87396239763"


def test_a_formula_in_a_workbook_is_not_evaluated():
    data = workbook([HEADER, ["20306577", "=1+1", "", "", ""]])
    table = read_table(data, "teachers")
    assert table.header.cells(table.rows[0][1])["name"] is None


def test_a_formula_in_a_csv_is_text():
    data = written([HEADER, ["20306577", "=cmd|'/C calc'!A0", "", "", ""]]).encode()
    assert people_in(data) == [(2, "=cmd|'/C calc'!A0")]


def test_rows_of_blanks_are_no_rows_and_short_ones_are_filled():
    table = read_table(b"npsn,nama,hp\n , ,\n20306577,Siti\n\n", "teachers")
    assert [(number, table.header.cells(row)["phone"]) for number, row in table.rows] == [(3, None)]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "file_empty"),
        (b" \n \n", "file_empty"),
        (b",,\n,,\n", "file_empty"),
        (b"npsn,nama\n", "file_without_rows"),
        (b"%PDF-1.7 ...", "file_not_a_table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "file_not_a_table"),
        (b"PK\x03\x04 not really a zip", "file_not_a_table"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "file_not_a_table"),
        (b"nama,kelas\nSiti,7A\n", "columns_missing"),
        (b'npsn,nama\n20306577,"' + b"x" * 200_000, "file_broken_csv"),
        (b"npsn,nama" + b",x" * 200 + b"\n20306577,Siti", "file_too_wide"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_with_a_reason(data, reason):
    assert refusal(data) == reason


def test_a_file_of_another_kind_is_told_by_its_columns():
    with pytest.raises(Unreadable) as refused:
        read_table(written([HEADER, SITI]).encode(), "schools")
    assert refused.value.text.params["columns"] == "jenjang, status, kecamatan"


def test_what_is_missing_is_told_of_the_likeliest_separator():
    with pytest.raises(Unreadable) as refused:
        read_table(b"nama;nuptk;hp\nSiti;;0812\n", "teachers")
    assert refused.value.text.params["columns"] == "npsn"


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(monkeypatch):
    monkeypatch.setattr(readers, "MOST_UNPACKED", 50_000)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/worksheets/sheet1.xml", b"0" * 1_000_000)
    assert len(out.getvalue()) < 5_000
    assert refusal(out.getvalue()) == "file_unpacks_too_large"


def test_a_zip_that_is_no_workbook_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("hello.txt", "hello")
    assert refusal(out.getvalue()) == "file_not_a_table"


def test_too_many_rows_are_refused(monkeypatch):
    monkeypatch.setattr(readers, "MOST_ROWS", 10)
    assert len(people_in(written([HEADER] + [SITI] * 10).encode())) == 10
    assert refusal(written([HEADER] + [SITI] * 40).encode()) == "file_too_many_rows"


@given(st.binary(max_size=400))
def test_whatever_bytes_come_they_are_read_or_refused(data):
    try:
        read_table(data, "teachers")
    except Unreadable as refused:
        assert texts.exists(refused.text.key)


CELLS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=40), st.sampled_from([",", ";", "\t"]))
def test_every_cell_arrives(cells, separator):
    rows = [["20306577", f"a{name}", "", "", phone] for name, phone in cells]
    table = read_table(written([HEADER, *rows], separator).encode(), "teachers")
    found = [table.header.cells(row) for _, row in table.rows]
    assert [(row["name"], row["phone"] or "") for row in found] == [(row[1], row[4]) for row in rows]
