"""The words that everybody takes for a password, English and Indonesian ones: read when first needed."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def words() -> frozenset[str]:
    """The words, in small letters."""
    return frozenset(Path(__file__).with_name("common_words.txt").read_text("utf-8").casefold().split())
