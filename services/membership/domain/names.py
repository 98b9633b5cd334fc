"""Names: how they are compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_ACADEMIC = {"drs", "dra", "dr", "drg", "drh", "ir", "prof", "apt", "ns"}
_TITLES = _ACADEMIC | {"h", "hj", "hjh", "kh", "ust", "ustadz", "ustadzah", "bpk", "ibu"}


def fold(text: str) -> str:
    """Lower case without accents or punctuation, words parted by single spaces."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[^\W_]+", plain.replace("'", "").replace("\u2019", "")))


def core(name: str) -> str:
    """A person's name as it is compared: folded, without titles before it or degrees after its first comma.

    ``Drs. H. Budi Santoso, M.Pd.`` and ``BUDI SANTOSO`` have the same core. Never empty for a name that has a letter.
    """
    words = fold(name.partition(",")[0]).split() or fold(name).split()
    bare = list(words)
    while len(bare) > 1 and bare[0] in _TITLES:
        bare.pop(0)
    return " ".join(bare)


def alike(one: str, other: str) -> bool:
    """Whether two names may be spellings of one person's: most of the shorter one's words stand in the other."""
    first, second = set(core(one).split()), set(core(other).split())
    if not first or not second:
        return False
    return len(first & second) * 2 > min(len(first), len(second))


def first_word(name: str) -> str:
    """The first letters-only word of a name, in plain ``a-z``, for a username; ``guru`` when there is none."""
    return next((word[:12] for word in _ascii(core(name).split()) if len(word) > 1), "guru")


def _ascii(words: Iterable[str]) -> Iterable[str]:
    return (re.sub(r"[^a-z]", "", word) for word in words)
