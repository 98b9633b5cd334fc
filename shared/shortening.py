"""Texts that must fit: cut to so many bytes of JSON, never in the middle of a character."""

from __future__ import annotations

_ESCAPED = '"\\\n\r\t'
_ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"


def shortened(text: str, most: int) -> str:
    """``text``, or its beginning and an ellipsis, in at most ``most`` bytes as JSON in UTF-8, its quotes left out."""
    size, cut = 0, 0
    for place, char in enumerate(text):
        if size <= most - len(_ELLIPSIS.encode()):
            cut = place
        size += len(char.encode(errors="replace")) + (char in _ESCAPED)
        if size > most:
            return text[:cut].rstrip() + _ELLIPSIS
    return text
