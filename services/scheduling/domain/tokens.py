"""The public address of a session: its id, short enough for a chat (docs/decisions/0161)."""

from __future__ import annotations

from uuid import UUID

# Crockford's base 32 in small letters: digits and letters alone, so that no chat cuts the address short.
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH = 26


def token_of(district: str, session_id: str) -> str:
    """``3307-`` and 26 digits and letters."""
    number = UUID(session_id).int
    digits = [_LETTERS[number >> 5 * place & 31] for place in reversed(range(_LENGTH))]
    return f"{district}-{''.join(digits)}"


def session_of(district: str, token: str) -> str | None:
    """The id of the session that a token of this district leads to; ``None`` for what is no token, or one in another
    spelling."""
    letters = token.removeprefix(f"{district}-")
    if len(letters) != _LENGTH or any(letter not in _LETTERS for letter in letters):
        return None
    number = 0
    for letter in letters:
        number = number << 5 | _LETTERS.index(letter)
    session_id = str(UUID(int=number)) if number < 1 << 128 else ""
    return session_id if session_id and token_of(district, session_id) == token else None
