"""Small pictures of photos: upright, small, without what a camera notes, whatever is sent as one."""

import io
import resource

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from services.content.pictures import SIDE, preview, within
from tests.support.pictures import from_a_phone, opened, photo


@pytest.mark.parametrize(
    ("form", "size", "becomes"),
    [
        ("JPEG", (1600, 1200), (SIDE, 480)),
        ("JPEG", (1200, 2400), (320, SIDE)),
        ("PNG", (1280, 1280), (SIDE, SIDE)),
        ("WEBP", (800, 400), (SIDE, 320)),
        ("GIF", (320, 160), (320, 160)),
    ],
)
def test_a_photo_becomes_a_small_jpeg(form, size, becomes):
    small = opened(preview(photo(*size, form=form)))
    assert (small.format, small.mode, small.size) == ("JPEG", "RGB", becomes)


def test_a_photo_stands_upright_and_tells_neither_who_took_it_nor_where():
    drawn = preview(from_a_phone())
    small = opened(drawn)
    assert small.size == (480, SIDE)
    assert dict(small.getexif()) == {}
    assert b"Siti" not in drawn


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "1", "CMYK", "L"])
def test_pictures_of_every_kind_are_drawn_on_white(mode):
    blank = Image.new("RGBA", (64, 64), (0, 0, 0, 0)) if mode in ("RGBA", "LA") else Image.new("RGB", (64, 64), "white")
    out = io.BytesIO()
    blank.convert(mode).save(out, "JPEG" if mode == "CMYK" else "PNG")
    small = opened(preview(out.getvalue()))
    assert small.convert("L").getextrema()[0] > 250


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 300,
        b"%PDF-1.7\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        photo()[:5000],
        photo(form="PNG")[:5000],
        photo(form="BMP"),
        photo(form="TIFF"),
    ],
    ids=["nothing", "a broken png", "a pdf", "an svg", "half a jpeg", "half a png", "a bmp", "a tiff"],
)
def test_what_is_no_picture_has_none(data):
    assert preview(data) is None


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_picture_of_more_dots_than_memory_should_hold_is_not_opened():
    out = io.BytesIO()
    Image.new("1", (12_000, 12_000)).save(out, "PNG")
    assert len(out.getvalue()) < 100_000
    assert preview(out.getvalue()) is None


@pytest.mark.parametrize("form", ["JPEG", "GIF", "PNG", "WEBP"])
def test_a_comment_in_a_photo_stays_behind(form):
    exif = Image.Exif()
    exif[0x9286] = exif[0x010E] = "lat -7.36, Budi 7A"
    drawn = preview(photo(form=form, comment=b"lat -7.36, Budi 7A" * 500, exif=exif))
    assert b"Budi" not in drawn
    assert opened(drawn).info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_a_photo_is_never_held_whole_more_often_than_memory_allows():
    out = io.BytesIO()
    Image.new("RGBA", (3500, 3500)).save(out, "PNG")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert opened(preview(out.getvalue())).size == (SIDE, SIDE)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 * 1024
    too_large = io.BytesIO()
    Image.new("RGBA", (3600, 3600)).save(too_large, "PNG")
    assert preview(too_large.getvalue()) is None


@given(st.binary(max_size=200), st.integers(0, 4000))
def test_damage_anywhere_in_a_photo_raises_nothing(damage, at):
    whole = photo(160, 120)
    spoilt = whole[:at] + damage + whole[at + len(damage) :]
    drawn = preview(spoilt)
    assert drawn is None or opened(drawn).format == "JPEG"


SMALL, LARGE = preview(photo(96, 96)), preview(photo())


@given(st.lists(st.sampled_from((SMALL, LARGE)), max_size=20), st.integers(0, 160 * 1024))
@settings(max_examples=30)
def test_pictures_fit_into_their_room_together(pictures, room):
    fitted = within(pictures, room)
    assert len(fitted) == len(pictures)
    assert sum(map(len, fitted)) <= room
    for before, after in zip(pictures, fitted, strict=True):
        assert after == before or len(after) < len(before)
        assert not after or opened(after).format == "JPEG"


def test_what_a_small_picture_leaves_is_the_others():
    fitted = within([SMALL, LARGE], len(SMALL) + len(LARGE))
    assert fitted == [SMALL, LARGE]


def test_twenty_photos_are_still_shown_in_the_room_of_a_report():
    assert all(opened(each).width >= 160 for each in within([LARGE] * 20, 160 * 1024))
