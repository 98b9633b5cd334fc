"""Small pictures of photos, for papers: JPEG without what a camera notes beside it, such as the place."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, ImageOps

# What a printer shows across half a sheet.
SIDE = 640
_READ = ("JPEG", "PNG", "WEBP", "GIF")
# A JPEG is read at a fraction of its size; whatever else is held whole, and once more while it is made smaller.
_MOST_PIXELS = {"JPEG": 40_000_000}
_MOST_OTHERS = 12_500_000
_QUALITY = 72
_SMALLER = ((480, 65), (360, 60), (240, 50), (160, 40))
_BACKGROUND = "white"


def preview(photo: bytes) -> bytes | None:
    """The photo, upright, at most 640 pixels a side; ``None`` for what is no picture that can be read here, or one of
    more pixels than a service should hold (200 MB of memory at most)."""
    try:
        with Image.open(io.BytesIO(photo), formats=_READ) as image:
            if image.width * image.height > _MOST_PIXELS.get(str(image.format), _MOST_OTHERS):
                return None
            return _as_jpeg(image, SIDE, _QUALITY)
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
    for side, quality in _SMALLER:
        with Image.open(io.BytesIO(picture), formats=("JPEG",)) as image:
            smaller = _as_jpeg(image, side, quality)
        if len(smaller) <= most:
            return smaller
    return b""


def _as_jpeg(image: Image.Image, side: int, quality: int) -> bytes:
    """The picture made smaller in its place, before anything copies it; without what else its file says."""
    if image.mode in ("P", "PA", "1") or "transparency" in image.info:
        image = image.convert("RGBA")
    image.thumbnail((side, side))
    image = ImageOps.exif_transpose(image)
    if image.mode in ("RGBA", "LA"):
        image = image.convert("RGBA")
        page = Image.new("RGB", image.size, _BACKGROUND)
        page.paste(image, mask=image.getchannel("A"))
        image = page
    image = image.convert("RGB")
    image.info.clear()
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()
