"""Photos as phones take them."""

from __future__ import annotations

import io
from random import Random
from typing import Any

from PIL import Image

_ORIENTATION, _MAKER, _PLACE = 0x0112, 0x010F, 0x8825


def photo(width: int = 1600, height: int = 1200, *, seed: int = 1, form: str = "JPEG", **saved: Any) -> bytes:
    """A picture of this size, with as much in it as a photo of a classroom has."""
    grain = Image.frombytes("RGB", (80, 60), Random(seed).randbytes(3 * 80 * 60))
    out = io.BytesIO()
    grain.resize((width, height)).save(out, form, **saved)
    return out.getvalue()


def from_a_phone(width: int = 1600, height: int = 1200) -> bytes:
    """A picture that was taken with the phone upright: stored lying, with who made it and where in it."""
    exif = Image.Exif()
    exif[_ORIENTATION] = 6
    exif[_MAKER] = "Telepon Bu Siti"
    exif.get_ifd(_PLACE)[1] = "S"
    return photo(width, height, exif=exif)


def opened(data: bytes) -> Image.Image:
    """The picture in these bytes, read to its end."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image
