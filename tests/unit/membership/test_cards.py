"""Activation cards: a document that is written in parts, on which everything fits."""

import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from services.membership.printing import cards, pdf
from services.membership.printing.cards import Card
from services.membership.printing.pdf import Font, Place

HOME = "https://sanggar.example.id"
LONGEST = "Drs. H. Raden Mas Panji Kusumawardhana Adiningrat Suryodiprojo Kartanegara, S.Pd., M.Pd., Gr."


def card(number=1, **changes):
    plain = {
        "name": "Siti Aminah, S.Pd.",
        "username": f"siti.{number}",
        "code": "7KQ2-M9XH-4TNB",
        "until": date(2027, 1, 22),
        "school": "SMP N 1 Kepil",
        "district": "Kabupaten Wonosobo",
        "district_id": "3307",
    }
    return Card(**{**plain, **changes})


def document(*parts):
    """The document of these parts, each some cards, as one file."""
    place, written = Place(), b""
    for number, some in enumerate(parts, 1):
        body, place = pdf.part(place, cards.sheets(some, HOME), last=number == len(parts))
        written += body
        assert place.size == len(written)
    return PdfReader(io.BytesIO(written), strict=True)


def test_a_card_says_who_it_is_for_and_what_to_do():
    [page] = document([card()]).pages
    text = page.extract_text()
    for said in ("Siti Aminah, S.Pd.", "siti.1", "7KQ2-M9XH-4TNB", "SMP N 1 Kepil", "Kabupaten Wonosobo"):
        assert said in text
    assert "Berlaku sampai 22 Januari 2027" in text
    assert "sanggar.example.id/aktivasi" in text
    assert "Kode wilayah: 3307" in text  # whoever types the address has no QR code to say it


@pytest.mark.parametrize("sizes", [[1], [8], [9], [80, 80, 3], [80, 0], [16, 8, 80, 41]])
def test_parts_make_one_document_with_every_card_once_and_eight_to_a_page(sizes):
    numbers = iter(range(1, 1000))
    parts = [[card(next(numbers)) for _ in range(size)] for size in sizes]
    pages = document(*parts).pages
    assert len(pages) == sum(-(-size // 8) for size in sizes)
    assert all(float(page.mediabox.width) == pytest.approx(595.28) for page in pages)
    found = [word for page in pages for word in page.extract_text().split() if word.startswith("siti.")]
    assert found == [f"siti.{number}" for number in range(1, sum(sizes) + 1)]


def test_a_long_name_is_shown_whole_and_an_endless_one_cut():
    [page] = document([card(name=LONGEST), card(name="Kusumawardhana " * 13)]).pages
    text = " ".join(page.extract_text().split())
    assert LONGEST in text
    assert "…" in text


def test_letters_that_the_fonts_lack_stand_without_their_accents():
    [page] = document([card(name="Ḥasan Ñoño")]).pages
    assert "Hasan Ñoño" in page.extract_text()


@given(st.text(max_size=200), st.sampled_from(Font), st.floats(50, 300))
def test_nothing_is_wider_than_its_room(text, font, room):
    shown, size = cards.fitted(text, font, (12, 9, 7), room)
    assert pdf.width(shown, font, size) <= room
    assert pdf.shown(shown) is not None


def test_the_link_keeps_the_code_from_every_server():
    address, fragment = cards.link(HOME, "3307", "7KQ2-M9XH-4TNB").split("#")
    assert address == "https://sanggar.example.id/aktivasi"
    assert fragment == "3307-7KQ2M9XH4TNB"
