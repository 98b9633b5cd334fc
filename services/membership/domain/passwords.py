"""Which passwords are refused (ASVS 5, 6.2): no rules of composition, but none that everybody tries first.

A guesser takes a word that many take, or one that is known of the owner, writes it with other signs, and adds a year, a
run of keys or a few signs. So what counts of a short password is how much is left when all that is taken away. A long
one is refused only when it is such a word or runs of keys and nothing else, or when it is about its owner
(docs/decisions/0117).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable

# A sign that nothing explains counts one, a letter two: with four or less a password is guessed in no time.
ENOUGH_LEFT = 4
# From so many signs on, spaces counted, what was added to a common word is taken for somebody's own.
LONG = 12
_SHORTEST_WORD, _LONGEST_WORD, _SHORTEST_RUN = 3, 30, 3
_LONGEST_GUESSED = 48
_MOST_OF_OWNER = 4

_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz")
_COLUMNS = ("1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "q1w2e3r4t5y6u7i8o9p0", "qazwsxedcrfvtgbyhnujmikolp")
_OTHERS = (
    "1q2w3e4r5t6y7u8i9o0p",
    "a1b2c3d4e5f6g7h8i9",
    "1a2b3c4d5e6f7g8h9i",
    "01234567890",
    "zaq12wsxcde34rfv",
    "!@#$%^&*()",
    "147258369",
    "112233445566778899",
)
_RUNS = tuple(run for row in (*_ROWS, *_COLUMNS, *_OTHERS) for run in (row, row[::-1]))
_YEAR = re.compile(r"(?:19|20)[0-9]{2}|(?:0[1-9]|[12][0-9]|3[01])(?:0[1-9]|1[0-2])(?:(?:19|20)?[0-9]{2})?")
_DISGUISES = tuple(str.maketrans("013457@$!8", letters) for letters in ("oieastasib", "oleastaslb"))


def weakness(password: str, about: Iterable[str], common: Collection[str]) -> str | None:
    """The key of the reason why the password is refused, or ``None``.

    ``about`` is what is known of its owner, ``common`` the words that everybody takes, in small letters.
    """
    plain = unicodedata.normalize("NFKC", password)
    typed = re.sub(r"\s", "", plain.casefold())
    if _repeats(typed) or (_is_common(typed, common) if len(plain) >= LONG else _builds_on(typed, common)):
        return "password_common"
    about_you = _left(typed, _words_of(about), _MOST_OF_OWNER, fewest=1) <= ENOUGH_LEFT
    return "password_about_you" if about_you else None


def _is_common(text: str, common: Collection[str]) -> bool:
    """Whether it is one of the words and nothing else, once or again and again, or runs of keys and nothing else."""
    sizes = range(_SHORTEST_WORD, min(len(text), _LONGEST_WORD) + 1)
    if any(text[:size] in common and text == text[:size] * (len(text) // size) for size in sizes):
        return True
    reached = {0}
    for at in range(len(text)):
        if at in reached:
            reached.update(_runs(text, at))
    return len(text) in reached


def _builds_on(text: str, common: Collection[str]) -> bool:
    """Whether little is left of it without one of the words, runs of keys and dates."""
    return _left(text, common, 1) <= ENOUGH_LEFT


def _repeats(text: str) -> bool:
    """Whether it is a few signs, or a short piece again and again."""
    if len(set(text)) < 4:
        return True
    return any(text == (text[:size] * len(text))[: len(text)] for size in range(1, min(8, len(text) // 2) + 1))


def _left(text: str, words: Collection[str], most_words: int, *, fewest: int = 0) -> int:
    """What is left of a text at least, when so many of the words, and all runs of keys and dates, are taken away."""
    if len(text) > _LONGEST_GUESSED:
        return len(text)
    # least[n][at]: what is left of the first `at` signs with `n` words taken away.
    least = [[2 * len(text)] * (len(text) + 1) for _ in range(most_words + 1)]
    least[0][0] = 0
    for at in range(len(text)):
        pieces = list(_explained(text, at))
        found = [end for end in _ends(text, at) if _is_word(text[at:end], words)] if most_words else []
        for used, costs in enumerate(least):
            cost = costs[at]
            costs[at + 1] = min(costs[at + 1], cost + (2 if text[at].isalpha() else 1))
            for end in pieces:
                costs[end] = min(costs[end], cost)
            if used < most_words:
                for end in found:
                    least[used + 1][end] = min(least[used + 1][end], cost)
    return min(costs[-1] for costs in least[fewest:])


def _is_word(piece: str, words: Collection[str]) -> bool:
    """Whether it is one of the words, as it stands or with letters for the signs that look like them."""
    return piece in words or (
        not piece.isalpha() and any(piece.translate(disguise) in words for disguise in _DISGUISES)
    )


def _explained(text: str, at: int) -> Iterable[int]:
    """Where the runs of keys and the dates end that begin here."""
    match = _YEAR.match(text, at)
    if match:
        yield match.end()
    yield from _runs(text, at)


def _runs(text: str, at: int) -> Iterable[int]:
    """Where the runs of keys end that begin here; one key again and again is one too."""
    for end in range(at + _SHORTEST_RUN, len(text) + 1):
        piece = text[at:end]
        if len(set(piece)) > 1 and not any(piece in run for run in _RUNS):
            return
        yield end


def _ends(text: str, at: int) -> range:
    return range(at + _SHORTEST_WORD, min(len(text), at + _LONGEST_WORD) + 1)


def _words_of(about: Iterable[str]) -> set[str]:
    """The words and numbers in what is known of somebody; a phone in each way that people write it."""
    found: set[str] = set()
    for text in about:
        folded = unicodedata.normalize("NFKC", text).casefold()
        parts = re.findall(r"[^\W_]+", folded)
        found.update(part for part in (*parts, "".join(parts)) if len(part) >= _SHORTEST_WORD)
        if folded.startswith("+62"):
            found.update(("0" + folded[3:], folded[3:]))
    return found
