"""Words broken into lines."""

from __future__ import annotations

from collections.abc import Callable


def wrapped(words: str, room: float, width_of: Callable[[str], float], most: int) -> list[str]:
    """The words in lines no wider than ``room``, at least one and at most ``most``; what exceeds them is cut and marked
    with an ellipsis. Lines of their own stay so, and a word that is wider than a line is broken where the line ends."""
    if "\n" not in words and width_of(words) <= room:
        return [words]
    lines: list[str] = []
    for paragraph in words.split("\n"):
        lines += _filled(paragraph.split(" "), room, width_of)
        if len(lines) > most:
            return [*lines[: most - 1], _marked(lines[most - 1], room, width_of)]
    return lines


def _filled(words: list[str], room: float, width_of: Callable[[str], float]) -> list[str]:
    # The width of a line is the sum of its words': nothing is measured twice.
    lines, used, blank = [""], 0.0, width_of(" ")
    for word in words:
        width = width_of(word)
        if not lines[-1] and width <= room:
            lines[-1], used = word, width
        elif used + blank + width <= room:
            lines[-1], used = f"{lines[-1]} {word}", used + blank + width
        else:
            lines += _broken(word, room, width_of) if width > room else [word]
            used = width_of(lines[-1])
    return [line for line in lines if line] or [""]


def _broken(word: str, room: float, width_of: Callable[[str], float]) -> list[str]:
    """A word in pieces that fit; each has one letter at least."""
    pieces, used = [""], 0.0
    for letter in word:
        width = width_of(letter)
        if pieces[-1] and used + width > room:
            pieces.append("")
            used = 0.0
        pieces[-1] += letter
        used += width
    return pieces


def _marked(line: str, room: float, width_of: Callable[[str], float]) -> str:
    while line and width_of(line + " …") > room:
        line = line[:-1]
    return line.rstrip() + " …"
