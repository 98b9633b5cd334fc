"""What a reader of a PDF reads."""

from __future__ import annotations

import io
import re

from pypdf import PdfReader


def sheets_of(pdf: bytes) -> list[str]:
    """The words on each sheet, with single blanks between them."""
    return [re.sub(r"\s+", " ", page.extract_text()) for page in PdfReader(io.BytesIO(pdf)).pages]


def words_of(pdf: bytes) -> str:
    """All words of a paper."""
    return " ".join(sheets_of(pdf))


def pictures_of(pdf: bytes) -> list[tuple[int, int]]:
    """The sizes of all pictures of a paper, in dots."""
    return [image.image.size for page in PdfReader(io.BytesIO(pdf)).pages for image in page.images if image.image]
