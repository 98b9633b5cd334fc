"""The typeface of papers, and what becomes of letters that it lacks.

Source Sans (SIL Open Font License) comes as a package from PyPI. It has the Latin letters of every language, so names
keep their accents and dots; Greek and Cyrillic too.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Container
from functools import lru_cache
from pathlib import Path

import font_source_sans_pro
from fontTools.ttLib import TTFont

FAMILY = "SourceSans"
REGULAR = "SourceSansPro-Regular.ttf"
BOLD = "SourceSansPro-Bold.ttf"
_UNKNOWN = "?"


@lru_cache(maxsize=2)
def path(name: str) -> Path:
    """Where a font's file lies."""
    return Path(font_source_sans_pro.font_directory) / name


@lru_cache(maxsize=1)
def letters() -> frozenset[int]:
    """The code points that both faces can show."""
    return frozenset.intersection(*(frozenset(TTFont(path(name)).getBestCmap()) for name in (REGULAR, BOLD)))


def shown(text: str, letters: Container[int]) -> str:
    """The text as a font with these ``letters`` (code points) can show it: a letter that it lacks stands without its
    accents or, if that is lacking too, as ``?``; what has no shape (control and format characters) is left out."""
    return "".join(_shown(char, letters) for char in unicodedata.normalize("NFC", text))


def _shown(char: str, letters: Container[int]) -> str:
    if char == "\n" or ord(char) in letters:
        return char
    if char == "\t":
        return " "
    if unicodedata.category(char) in ("Cc", "Cf", "Mn"):
        return ""
    bare = "".join(each for each in unicodedata.normalize("NFKD", char) if not unicodedata.combining(each))
    return bare if bare and all(ord(each) in letters for each in bare) else _UNKNOWN
