"""Files as people hand them in: whatever program wrote them, wherever the header stands."""

import csv
import io
import re
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from services.membership.domain.imports.sheets import Unreadable, is_number, text_of
from services.membership.importing import archives, readers
from shared import texts

HEADER = ["npsn", "nama", "nuptk", "mata_pelajaran", "hp"]
SITI = ["20306577", "Siti Aminah, S.Pd.", "4487734264833898", "IPA", "087396239763"]
BUDI = ["20306578", "Budi Santoso", "", "PJOK", ""]


def written(rows, separator=",", newline="\n"):
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator=newline).writerows(rows)
    return out.getvalue()


def read_table(data, kind="teachers"):
    return readers.read_table(io.BytesIO(data), kind)


def people_in(data, kind="teachers"):
    return [(number, text_of(cells["name"])) for number, cells in read_table(data, kind).rows()]


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
    assert list(table.rows()) == [(5, {"npsn": "20306577", "name": "Siti Aminah", "phone": "0812"})]
    assert [row[0] for row in table.titles if row] == ["Daftar Guru, Kabupaten Wonosobo", "Dicetak: 23 November 2026"]
    assert table.header.titles["phone"] == "Nomor HP"


def test_a_workbook_is_read_like_a_csv_from_whichever_sheet_holds_the_table():
    data = workbook([["Petunjuk"], ["Isi lembar kedua"]], [["Daftar Guru"], [], HEADER, SITI, [None], BUDI])
    assert people_in(data) == [(4, "Siti Aminah, S.Pd."), (6, "Budi Santoso")]


def test_numbers_of_a_workbook_are_told_from_text():
    data = workbook([HEADER, ["20306577", "Siti", 4487734264833898, "IPA", 87396239763]])
    [(_, row)] = read_table(data).rows()
    assert is_number(row["nuptk"]) and not is_number(row["npsn"])
    assert text_of(row["phone"]) == "87396239763"


def test_a_formula_in_a_workbook_is_not_evaluated_but_shown():
    data = workbook([HEADER, ["20306577", "=1+1", "", "", ""]])
    assert people_in(data) == [(2, "=1+1")]


def test_a_formula_in_a_csv_is_text():
    data = written([HEADER, ["20306577", "=cmd|'/C calc'!A0", "", "", ""]]).encode()
    assert people_in(data) == [(2, "=cmd|'/C calc'!A0")]


def test_rows_of_blanks_are_no_rows_and_short_ones_are_filled():
    table = read_table(b"npsn,nama,hp\n , ,\n20306577,Siti\n\n")
    assert [(number, cells["phone"]) for number, cells in table.rows()] == [(3, None)]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "file_empty"),
        (b" \n \n", "file_empty"),
        (b",,\n,,\n", "file_empty"),
        (b"npsn,nama\n", "file_without_rows"),
        (b"%PDF-1.7 ...", "file_not_a_table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "file_old_excel"),
        (b"<!DOCTYPE html><table>", "file_not_a_table"),
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
        read_table(data)
    except Unreadable as refused:
        assert texts.exists(refused.text.key)


CELLS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=40), st.sampled_from([",", ";", "\t"]))
def test_every_cell_arrives(cells, separator):
    rows = [["20306577", f"a{name}", "", "", phone] for name, phone in cells]
    table = read_table(written([HEADER, *rows], separator).encode())
    found = [cells for _, cells in table.rows()]
    assert [(row["name"], row["phone"] or "") for row in found] == [(row[1], row[4]) for row in rows]


def test_a_file_of_a_kind_that_was_not_chosen_is_told_as_what_it_is():
    teachers = b"npsn,nama,jenis_ptk\n20306577,Siti,Guru\n"
    assert refusal(teachers, "schools") == "columns_of_teachers"
    schools = b"npsn,nama,jenjang,status,kecamatan\n20306577,SDN 1,SD,Negeri,Kepil\n"
    assert refusal(schools, "members") == "columns_of_schools"


def test_of_two_columns_for_one_field_the_likelier_one_is_read():
    data = b"npsn,nama,telepon,hp\n20306577,Siti,0286321,0812\n"
    [(_, cells)] = read_table(data).rows()
    assert cells["phone"] == "0812"


DAPODIK = ["No", "Nama", "NUPTK", "JK", "NIP", "Status Kepegawaian", "Jenis PTK", "NIK", "HP", "Tugas Tambahan"]


def test_what_no_column_was_asked_for_is_not_kept():
    row = [1, "Siti", "4487734264833898", "P", "", "GTY/PTY", "Guru Mapel", "3307010101900001", "0812", ""]
    data = workbook([["Daftar Guru"], ["SMP N 1 Kepil"], [], DAPODIK, [], row])
    table = read_table(data, "dapodik")
    assert [cells["name"] for _, cells in table.rows()] == ["Siti"]
    assert not any("3307010101900001" in str(cells) for _, cells in table.rows())
    assert table.titles[1] == ["SMP N 1 Kepil"]


def test_numbers_that_all_end_in_a_zero_were_rounded():
    rows = [["20306577", f"Siti {n}", f"448773426483{n:03d}0", "", ""] for n in range(20)]
    assert read_table(written([HEADER, *rows]).encode()).rounded == {"nuptk"}
    rows = [["20306577", f"Siti {n}", f"4487734264833{n:03d}", "", ""] for n in range(20)]
    assert read_table(written([HEADER, *rows]).encode()).rounded == set()


def repacked(book, **parts):
    """A workbook of which some parts say something else."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as original, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in original.infolist():
            if entry.filename not in parts:
                archive.writestr(entry.filename, original.read(entry))
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_a_workbook_whose_texts_unfold_without_end_is_refused():
    """A document type that unfolds into gigabytes of text ("billion laughs")."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f"""<?xml version="1.0"?><!DOCTYPE worksheet [<!ENTITY l0 "ha">{laughs}]>
        <worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">
        <c r="A1" t="inlineStr"><is><t>&l9;</t></is></c></row></sheetData></worksheet>"""
    assert refusal(repacked(workbook([HEADER, SITI]), **{"xl/worksheets/sheet1.xml": bomb})) == "file_not_a_table"


def test_a_workbook_of_too_many_texts_is_refused_before_they_are_read(monkeypatch):
    monkeypatch.setattr(readers, "MOST_TEXTS", 100)
    texts_ = {"xl/sharedStrings.xml": "<sst>" + "<si><t>a</t></si>" * 10 + "</sst>"}
    assert refusal(repacked(workbook([HEADER, SITI]), **texts_)) == "file_unpacks_too_large"


def test_a_workbook_of_endless_styles_is_refused_before_they_are_read(monkeypatch):
    monkeypatch.setattr(readers, "MOST_BESIDE", 20_000)
    styled = repacked(workbook([HEADER, SITI]), **{"xl/styles.xml": "<styleSheet>" + " " * 20_000 + "</styleSheet>"})
    assert refusal(styled) == glanced(styled) == "file_unpacks_too_large"


def with_a_row(number):
    """A workbook whose last row says this number of itself, and nothing else."""
    book = workbook([HEADER, SITI])
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    claimed = sheet.replace("</sheetData>", f'<row r="{number}"></row></sheetData>')
    return repacked(book, **{"xl/worksheets/sheet1.xml": claimed})


def test_a_workbook_that_claims_a_row_beyond_all_others_is_refused_at_once(monkeypatch):
    """The rows that are missing before it would be gone through for hours, with every other import behind them."""
    monkeypatch.setattr(readers, "LAST_ROW", 1000)
    bomb = with_a_row(5_000_000)
    assert refusal(bomb) == glanced(bomb) == "file_too_many_rows"
    assert len(people_in(with_a_row(1000))) == 1, "some programs write the last row that there is"


def test_a_workbook_of_many_columns_is_refused():
    assert refusal(workbook([[*HEADER, *("x" * 200)], SITI])) == "file_too_wide"


def glanced(data, kind="teachers"):
    with pytest.raises(Unreadable) as refused:
        readers.glance(io.BytesIO(data), kind)
    return refused.value.text.key.removeprefix("membership.")


def test_what_is_wrong_with_a_file_from_the_start_is_seen_at_a_glance():
    wide = [*HEADER, *("x" * 200)]
    assert glanced(b"") == "file_empty"
    assert glanced(b"npsn,nama\n") == "file_without_rows"
    assert glanced(b"%PDF-1.7 and so on") == "file_not_a_table"
    assert glanced(b"PK\x03\x04 and so on") == "file_not_a_table"
    assert glanced(b"kota,provinsi\nWonosobo,Jawa Tengah\n") == "columns_missing"
    assert glanced(written([wide, SITI]).encode()) == glanced(workbook([wide, SITI])) == "file_too_wide"
    assert glanced(written([HEADER, *[SITI] * 500, [*SITI, *wide]]).encode()) == "file_too_wide"
    assert glanced(b'npsn,nama\n20306577,"' + b"x" * 200_000) == "file_broken_csv"


def test_a_bomb_is_seen_at_a_glance_by_what_it_says_it_unpacks_to(monkeypatch):
    monkeypatch.setattr(readers, "MOST_UNPACKED", 50_000)
    for part in ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"):
        bomb = repacked(workbook([HEADER, SITI]), **{part: b"0" * 40_000_000})
        assert len(bomb) < 100_000
        assert glanced(bomb) == "file_unpacks_too_large"


def test_an_archive_of_endless_parts_is_refused_before_they_are_listed(monkeypatch):
    book = workbook([HEADER, SITI])
    assert readers.glance(io.BytesIO(book), "teachers") == []
    monkeypatch.setattr(archives, "MOST_LISTED", 100)
    assert glanced(book) == refusal(book) == "file_unpacks_too_large"


@pytest.mark.parametrize("write", [lambda rows: written(rows).encode(), workbook])
def test_a_glance_reads_no_further_than_the_first_rows(monkeypatch, write):
    monkeypatch.setattr(readers, "_GLANCED_ROWS", 5)
    monkeypatch.setattr(readers, "MOST_ROWS", 30)
    data = write([["Daftar Guru"], HEADER, *[SITI] * 40])
    assert readers.glance(io.BytesIO(data), "teachers") == [["Daftar Guru"]]
    assert refusal(data) == "file_too_many_rows"


def test_a_large_sheet_is_glanced_at_if_it_tells_its_dimension(monkeypatch):
    """One that does not is parsed as a whole when it is opened."""
    monkeypatch.setattr(readers, "_SMALL_SHEET", 100)
    monkeypatch.setattr(readers, "_GLANCED_SHEETS", 200)
    book = workbook([HEADER, *[SITI] * 20])
    assert readers.glance(io.BytesIO(book), "teachers") == []
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    untold = re.sub(rb"<dimension[^>]*/>", b"", sheet)
    assert untold != sheet
    assert readers.glance(io.BytesIO(repacked(book, **{"xl/worksheets/sheet1.xml": untold})), "teachers") is None


def test_a_workbook_of_many_texts_is_left_to_the_job(monkeypatch):
    monkeypatch.setattr(readers, "_GLANCED_TEXTS", 10)
    texts_ = {"xl/sharedStrings.xml": "<sst>" + "<si><t>a</t></si>" * 10 + "</sst>"}
    assert readers.glance(io.BytesIO(repacked(workbook([HEADER, SITI]), **texts_)), "teachers") is None
    assert readers.glance(io.BytesIO(workbook([HEADER, SITI])), "teachers") == []
