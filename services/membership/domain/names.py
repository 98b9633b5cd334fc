"""Names: how they are compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_ACADEMIC = {"drs", "dra", "dr", "drg", "drh", "ir", "prof", "apt", "ns"}
_TITLES = _ACADEMIC | {"h", "hj", "hjh", "kh", "ust", "ustadz", "ustadzah", "bpk", "ibu"}

_SOUNDS = (
    ("oe", "u"), ("dj", "j"), ("tj", "c"), ("sy", "s"), ("sj", "s"), ("kh", "h"), ("ch", "h"), ("dh", "d"),
    ("th", "t"), ("ph", "f"), ("v", "f"), ("y", "i"), ("q", "k"), ("z", "j"), ("o", "u"),
)  # fmt: skip


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


def similar(one: str, other: str) -> bool:
    """Whether two different spellings may be one person's name: each word of the shorter has its own counterpart in the
    other that is the same, sounds the same, is its initial or abbreviation, or differs by a slip of the pen; and half
    of them at least are the same or sound so."""
    first, second = sorted((core(one).split(), core(other).split()), key=len)
    if not first or len(second) - len(first) > 1 or (len(first) == 1 and len(second) > 1):
        return False
    left, same = list(second), 0
    for word in sorted(first, key=len, reverse=True):
        found = next((each for each in left if each == word), None) or next(
            (each for each in left if _like(word, each)), None
        )
        if found is None:
            return False
        same += found == word or _sound(found) == _sound(word)
        left.remove(found)
    return same * 2 >= len(first)


def first_word(name: str) -> str:
    """The first letters-only word of a name, in plain ``a-z``, for a username; ``guru`` when there is none."""
    return next((word[:12] for word in _ascii(core(name).split()) if len(word) > 1), "guru")


def _ascii(words: Iterable[str]) -> Iterable[str]:
    return (re.sub(r"[^a-z]", "", word) for word in words)


def _like(one: str, other: str) -> bool:
    """Whether one word may be another spelling of the other."""
    shorter, longer = sorted((one, other), key=len)
    if longer.startswith(shorter) and (len(shorter) == 1 or (len(shorter) == 3 and shorter == "muh")):
        return True
    if _sound(one) == _sound(other):
        return True
    return len(shorter) >= 5 and shorter[0] == longer[0] and _one_slip(shorter, longer)


def _sound(word: str) -> str:
    """The word without what spellings of one Indonesian name differ in: old letters, doubled ones, a silent h."""
    for old, new in _SOUNDS:
        word = word.replace(old, new)
    return re.sub(r"(.)\1+", r"\1", word)


def _one_slip(shorter: str, longer: str) -> bool:
    """Whether one letter was left out, added or exchanged, or two neighbours were."""
    at = next((i for i, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    if len(longer) - len(shorter) == 1:
        return shorter[at:] == longer[at + 1 :]
    if len(longer) != len(shorter):
        return False
    swapped = shorter[at : at + 2][::-1] == longer[at : at + 2] and shorter[at + 2 :] == longer[at + 2 :]
    return swapped or shorter[at + 1 :] == longer[at + 1 :]
