"""The identifiers of schools and teachers, as people write them and as they are kept (DOMAIN, "Identifiers").

Each reader takes what stood in a cell or a form and gives the kept form, or raises :class:`Unusable` with the reason.
Empty text, ``-`` and the like mean that there is none.
"""

from __future__ import annotations

import re
import unicodedata

from shared.errors import Text

_SIGNS_OF_NOTHING = {"", "-", "--", "---", "0", ".", "?", "n/a", "#n/a"}
_NOTHING = _SIGNS_OF_NOTHING | {"na", "nihil", "null", "none", "kosong", "tidak ada", "belum ada"}
_NO_NAME = re.compile(r"^[=+@-]|[{}\[\]<>=|$\\^~]")
LONGEST_NAME = 200
_ROUNDED = re.compile(r"[0-9]+(?:[.,][0-9]+)?[eE]\+?[0-9]+\Z")
_NPSN = re.compile(r"[A-Z0-9][0-9]{7}\Z")
_EMAIL = re.compile(r"[^@\s,;<>()]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9][a-z0-9-]{0,61}[a-z0-9]\Z")


class Unusable(ValueError):
    """What was written cannot be such an identifier; ``text`` says why."""

    def __init__(self, key: str, **params: str) -> None:
        self.text = Text(f"membership.{key}", params)
        super().__init__(key)


def blank(raw: str) -> bool:
    """Whether people who write this mean that there is nothing."""
    return raw.strip().casefold() in _NOTHING


def tidy(raw: str) -> str:
    """One line of text without control characters, with single spaces, in Unicode's composed form."""
    plain = raw.isprintable()
    kept = raw if plain else "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in raw)
    return " ".join(unicodedata.normalize("NFC", kept).split())


def name(raw: str) -> str:
    """A person's or school's name, tidied. What looks like a formula or a program's text is refused."""
    found = tidy(raw)
    if blank(found):
        raise Unusable("name_missing")
    if len(found) > LONGEST_NAME:
        raise Unusable("name_too_long", most=str(LONGEST_NAME))
    if not any(char.isalpha() for char in found):
        raise Unusable("name_without_letters")
    if _NO_NAME.search(found):
        raise Unusable("name_form")
    return found


def npsn(raw: str) -> str:
    """A school's NPSN: eight characters, digits but for a letter that may come first."""
    if blank(raw):
        raise Unusable("npsn_missing")
    found = re.sub(r"[\s.'-]", "", raw).upper()
    if not _NPSN.match(found):
        raise Unusable("npsn_form", npsn=tidy(raw)[:20])
    return found


def nuptk(raw: str) -> str | None:
    """A teacher's NUPTK: 16 digits, or ``None``."""
    return _digits(raw, 16, "nuptk_form", "NUPTK")


def nip(raw: str) -> str | None:
    """A civil servant's NIP: 18 digits, or ``None``. Its parts are not checked: contract staff's differ in form."""
    found = _digits(raw, 18, "nip_form", "NIP")
    if found is not None and found.endswith("000"):
        # No serial number ends in 000; Excel's rounding of an 18-digit number does.
        raise Unusable("rounded_by_excel", what="NIP")
    return found


def email(raw: str) -> str | None:
    """An e-mail address in lower case, or ``None``."""
    if blank(raw):
        return None
    found = raw.strip().casefold().removeprefix("mailto:")
    if not _EMAIL.match(found) or len(found) > 200:
        raise Unusable("email_form")
    return found


def mask_nip(number: str | None) -> str | None:
    """A NIP of which only the last four digits show: the others tell birth date and sex."""
    return None if number is None else "*" * (len(number) - 4) + number[-4:]


def _digits(raw: str, length: int, text: str, what: str) -> str | None:
    if blank(raw):
        return None
    plain = re.sub(r"[\s'`\u2019\u00a0.-]", "", raw)
    if _ROUNDED.match(raw.strip().replace(" ", "")):
        raise Unusable("rounded_by_excel", what=what)
    if len(plain) != length:
        raise Unusable(text, length=str(len(plain)))
    if not (plain.isascii() and plain.isdigit()):
        raise Unusable("number_with_letters", what=what)
    return plain if plain.strip("0") else None
