"""A PDF written part by part, so that nobody holds the whole of it (docs/decisions/0115).

Each part is a run of pages with a cross-reference section of its own, chained to the one before, as an incrementally
updated document has them (ISO 32000-1, 7.5.6). What the next part must know of the earlier ones fits a :class:`Place`.
Text is set in the standard fonts, which every reader has: no font is embedded, and what is not Latin becomes ``?``.
"""

from __future__ import annotations

import unicodedata
import zlib
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from enum import Enum

A4 = (595.28, 841.89)
_HEAD = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
_CATALOG, _PAGES, _FIRST_FONT, _FIRST_FREE = 1, 2, 3, 10
_PER_PART = 64
MOST_PAGES = (_PER_PART - 1) // 2


class Font(Enum):
    """A standard font, by its name in a page's resources."""

    REGULAR = ("F1", "Helvetica")
    BOLD = ("F2", "Helvetica-Bold")
    CODE = ("F3", "Courier-Bold")

    @property
    def key(self) -> str:
        return self.value[0]


@dataclass(frozen=True)
class Place:
    """How far a document has been written: bytes, where the last cross-reference section begins, parts, pages."""

    size: int = 0
    xref: int = 0
    parts: int = 0
    pages: int = 0

    def as_list(self) -> list[int]:
        return list(astuple(self))


def part(place: Place, pages: Sequence[bytes], *, last: bool) -> tuple[bytes, Place]:
    """The bytes of the next pages, each given by its drawing operators, and the place after them.

    At most :data:`MOST_PAGES`; the ``last`` part may have none.
    """
    objects: dict[int, bytes] = {}
    if place.parts == 0:
        for number, font in enumerate(Font, _FIRST_FONT):
            name = font.value[1]
            objects[number] = f"<</Type/Font/Subtype/Type1/BaseFont/{name}/Encoding/WinAnsiEncoding>>".encode()
    base = _FIRST_FREE + place.parts * _PER_PART
    kids = []
    for at, drawing in enumerate(pages):
        page, content = base + 1 + 2 * at, base + 2 + 2 * at
        kids.append(page)
        objects[page] = f"<</Type/Page/Parent {base} 0 R/Contents {content} 0 R>>".encode()
        packed = zlib.compress(drawing)
        objects[content] = b"<</Length %d/Filter/FlateDecode>>stream\n%b\nendstream" % (len(packed), packed)
    objects[base] = _node(kids, len(kids), f"/Parent {_PAGES} 0 R")
    written = place.pages + len(kids)
    if last:
        nodes = range(_FIRST_FREE, base + 1, _PER_PART)
        fonts = "".join(f"/{font.key} {number} 0 R" for number, font in enumerate(Font, _FIRST_FONT))
        size = f"/MediaBox[0 0 {A4[0]} {A4[1]}]/Resources<</Font<<{fonts}>>>>"
        objects[_PAGES] = _node(nodes, written, size)
        objects[_CATALOG] = f"<</Type/Catalog/Pages {_PAGES} 0 R>>".encode()
    body, xref = _written(objects, place, last=last)
    return body, Place(place.size + len(body), xref, place.parts + 1, written)


def shown(text: str) -> bytes:
    """A text as the fonts can show it."""
    return "".join(map(_drawable, text)).encode("cp1252")


def width(text: str, font: Font, size: float) -> float:
    """How wide a text is, in points."""
    if font is Font.CODE:
        return 0.6 * size * len(text)
    table = _WIDTHS[font]
    return sum(table.get(_bare(char), 600) for char in text) * size / 1000


def _node(kids: Sequence[int], count: int, more: str) -> bytes:
    refs = " ".join(f"{kid} 0 R" for kid in kids)
    return f"<</Type/Pages/Kids[{refs}]/Count {count}{more}>>".encode()


def _written(objects: dict[int, bytes], place: Place, *, last: bool) -> tuple[bytes, int]:
    body = bytearray(_HEAD if place.parts == 0 else b"")
    entries = []
    for number, content in sorted(objects.items()):
        entries.append((number, place.size + len(body)))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    xref = place.size + len(body)
    body += b"xref\n"
    if place.parts == 0:
        body += b"0 1\n0000000000 65535 f \n"
    for number, offset in entries:
        body += b"%d 1\n%010d 00000 n \n" % (number, offset)
    previous = f"/Prev {place.xref}" if place.parts else ""
    highest = _FIRST_FREE + (place.parts + 1) * _PER_PART
    body += f"trailer\n<</Size {highest}/Root {_CATALOG} 0 R{previous}>>\n".encode()
    if last:
        body += b"startxref\n%d\n%%%%EOF\n" % xref
    return bytes(body), xref


def _drawable(char: str) -> str:
    try:
        char.encode("cp1252")
    except UnicodeEncodeError:
        bare = _bare(char)
        return bare if bare.isascii() else "?"
    return char


def _bare(char: str) -> str:
    """The letter without its accents: as wide as with them."""
    return unicodedata.normalize("NFD", char)[:1]


def _table(widths: str) -> dict[str, int]:
    return {chr(code): int(value) for code, value in enumerate(widths.split(), 32)} | {"…": 1000, "·": 278}


# Adobe's metrics of the standard fonts (ISO 32000-1, 9.6.2.2), from the blank to the tilde, in thousandths of the size.
_WIDTHS = {
    Font.REGULAR: _table("""
        278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278
        584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944
        667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500
        278 556 500 722 500 500 500 334 260 334 584
    """),
    Font.BOLD: _table("""
        278 333 474 556 556 889 722 238 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 333 333
        584 584 584 611 975 722 722 722 722 667 611 778 722 278 556 722 611 833 722 778 667 778 722 667 611 722 667 944
        667 667 611 333 278 333 584 556 333 556 611 556 611 556 333 611 611 278 278 556 278 889 611 611 611 611 389 556
        333 611 556 778 556 556 500 389 280 389 584
    """),
}
