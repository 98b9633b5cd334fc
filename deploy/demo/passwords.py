"""The demo's passwords: made from a secret of this installation, so that none stands in the source and each can be told
again when a half-made demo is completed."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

_CONSONANTS = "bcdfghjklmnprstw"
_VOWELS = "aeiou"


class Passwords:
    """The passwords of one installation."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    @classmethod
    def kept_in(cls, run_dir: Path) -> Passwords:
        """Those of the secret in ``run_dir``, which is made when there is none (readable by its owner alone)."""
        file = run_dir / "demo.key"
        try:
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as new:
                new.write(secrets.token_hex(32).encode())
        except FileExistsError:
            pass
        return cls(file.read_bytes())

    def of(self, login: str) -> str:
        """The password of a login: three made-up words and a number (55 bits), easy to type."""
        number = int.from_bytes(hmac.new(self._secret, login.encode(), hashlib.sha256).digest())
        words = []
        for _ in range(3):
            word = ""
            for _ in range(3):
                number, consonant = divmod(number, len(_CONSONANTS))
                number, vowel = divmod(number, len(_VOWELS))
                word += _CONSONANTS[consonant] + _VOWELS[vowel]
            words.append(word)
        return "-".join((*words, f"{number % 100:02d}"))
