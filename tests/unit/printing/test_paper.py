"""Papers say what they were given, whatever that was."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.printing import Column, Letterhead, Paper, Signature
from shared.printing.wrapping import wrapped
from tests.support.papers import sheets_of, words_of

NOW = datetime(2027, 1, 12, 6, tzinfo=UTC)
COLUMNS = [Column("No", 1, "R"), Column("Nama", 5), Column("Status", 2, "C")]


def paper():
    return Paper("Uji", made_at=NOW, footnote="Dicetak dari Sanggar", page_words="Halaman {page} dari {pages}")


def test_a_paper_says_whose_it_is_what_it_is_and_who_signs():
    sheet = paper()
    sheet.letterhead(Letterhead("Kabupaten Wonosobo", "SMP Negeri 1 Wonosobo", "NPSN 20306321"))
    sheet.heading("Surat Tugas", "Nomor: 800/1")
    sheet.facts([("Hari", "Selasa, 12 Januari 2027"), ("Tempat", "Aula")])
    sheet.points(["Pertama", "Kedua"])
    sheet.signatures(Signature(["Mengetahui,"]), Signature(["Kepala,"], "Drs. Hadi", stamp="cap"))
    sheet.qr("https://sanggar.example/x", caption="Pindai")
    words = words_of(sheet.as_bytes())
    for said in (
        "KABUPATEN WONOSOBO",
        "SMP Negeri 1",
        "SURAT TUGAS",
        "Nomor: 800/1",
        "Selasa, 12 Januari 2027",
        "Drs. Hadi",
    ):
        assert said in words
    assert "Halaman 1 dari 1" in words


def test_a_long_table_goes_on_overleaf_under_its_headings():
    sheet = paper()
    sheet.table(COLUMNS, [[str(n), f"Guru nomor {n}", "hadir"] for n in range(1, 201)])
    pdf = sheet.as_bytes()
    sheets = sheets_of(pdf)
    assert len(sheets) > 3
    assert all("No Nama Status" in each for each in sheets)
    assert all(f"Guru nomor {n} hadir" in " ".join(sheets) for n in range(1, 201))
    assert f"Halaman 2 dari {len(sheets)}" in sheets[1]
    assert len(pdf) < 64 * 1024


def test_letters_of_names_are_kept_and_those_without_a_shape_are_replaced():
    sheet = paper()
    sheet.paragraph("Nurḥāyatī Łukasz Müller Đặng 日本 a\u200bb\x07c 🎉")
    words = words_of(sheet.as_bytes())
    assert "Nurḥāyatī Łukasz Müller Đặng ?? abc ?" in words


def test_signatures_are_not_torn_between_two_sheets():
    sheet = paper()
    sheet.paragraph("\n".join("Baris" for _ in range(42)))
    sheet.signatures(Signature(["Wonosobo, 12 Januari 2027", "Kepala Sekolah,"], "Drs. Hadi"))
    first, second = sheets_of(sheet.as_bytes())
    assert "Kepala Sekolah" not in first
    assert "Kepala Sekolah, Drs. Hadi" in second


def test_the_same_paper_is_the_same_bytes():
    def made():
        sheet = paper()
        sheet.paragraph("Sama")
        return sheet.as_bytes()

    assert made() == made()


@settings(max_examples=5, deadline=None)
@given(st.text(max_size=300), st.lists(st.text(max_size=120), min_size=3, max_size=3))
def test_whatever_people_type_can_be_printed(words, cells):
    sheet = paper()
    sheet.letterhead(Letterhead(words, words))
    sheet.facts([("Judul", words)])
    sheet.table(COLUMNS, [cells])
    sheet.signatures(Signature([words], words))
    assert sheet.as_bytes().startswith(b"%PDF-")


@given(st.text("ab \n", max_size=60), st.integers(3, 20), st.integers(1, 9))
def test_lines_fit_their_room_and_lose_nothing_but_what_is_cut(words, room, most):
    lines = wrapped(words, room, len, most)
    assert 1 <= len(lines) <= most
    assert all(len(line) <= room for line in lines)
    if not lines[-1].endswith("…"):
        assert "".join(lines).replace(" ", "") == words.replace(" ", "").replace("\n", "")
