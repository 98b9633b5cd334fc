"""Small pictures of photos, for papers: JPEG without what a camera notes beside it, such as the place."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, ImageOps

# What a printer shows across half a sheet.
SIDE = 640
_READ = ("JPEG", "PNG", "WEBP", "GIF")
_MOST_PIXELS = 60_000_000
_QUALITY = 72
_SMALLER = ((480, 65), (360, 60), (240, 50), (160, 40))
_BACKGROUND = "white"


def preview(photo: bytes) -> bytes | None:
    """The photo, upright, at most 640 pixels a side; ``None`` for what is no picture that can be read here."""
    try:
        with Image.open(io.BytesIO(photo), formats=_READ) as image:
            if image.width * image.height > _MOST_PIXELS:
                return None
            # Lets a JPEG be read at a fraction of its size, in a fraction of the time.
            image.draft("RGB", (2 * SIDE, 2 * SIDE))
            return _as_jpeg(ImageOps.exif_transpose(image), SIDE, _QUALITY)
    except Exception:
        # Broken pictures fail in as many ways as there are bytes, each with an exception of its own.
        return None


def within(previews: Sequence[bytes], room: int) -> list[bytes]:
    """The same pictures in at most so many bytes together; each takes as much as the others leave it."""
    fitted: list[bytes] = []
    for number, picture in enumerate(previews):
        share = (room - sum(map(len, fitted))) // (len(previews) - number)
        fitted.append(picture if len(picture) <= share else _smaller(picture, share))
    return fitted


def _smaller(picture: bytes, most: int) -> bytes:
    """The picture in at most so many bytes; none at all where that is too little for any."""
    with Image.open(io.BytesIO(picture), formats=("JPEG",)) as image:
        tries = (_as_jpeg(image, side, quality) for side, quality in _SMALLER)
        return next((each for each in tries if len(each) <= most), b"")


def _as_jpeg(image: Image.Image, side: int, quality: int) -> bytes:
    small = image.convert("RGBA") if "transparency" in image.info or image.mode in ("LA", "PA", "RGBA") else image
    small = ImageOps.contain(small, (side, side)) if max(small.size) > side else small
    if small.mode == "RGBA":
        page = Image.new("RGB", small.size, _BACKGROUND)
        page.paste(small, mask=small.getchannel("A"))
        small = page
    out = io.BytesIO()
    small.convert("RGB").save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()
