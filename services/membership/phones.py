"""Phone numbers: however people write them, kept as ``+62...``."""

from __future__ import annotations

import phonenumbers

from services.membership.domain.identifiers import Unusable


def read_phone(raw: str) -> str:
    """The number in E.164 form. Raises :class:`Unusable` for what is no possible Indonesian or international number."""
    typed = raw.strip().split("/")[0]
    # A spreadsheet that kept the number as one has lost the zero it began with.
    typed = f"0{typed}" if typed.startswith("8") and typed.isdigit() else typed
    if typed.startswith("62") and typed.isdigit():
        typed = f"+{typed}"
    try:
        number = phonenumbers.parse(typed, "ID")
    except phonenumbers.NumberParseException:
        raise Unusable("phone_form") from None
    if not _plausible(number):
        raise Unusable("phone_form")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _plausible(number: phonenumbers.PhoneNumber) -> bool:
    # The library's own lengths for Indonesia (up to 17 digits) would let a NUPTK pass for a phone.
    if number.country_code == 62 and not 8 <= len(str(number.national_number)) <= 12:
        return False
    return bool(phonenumbers.is_possible_number(number))


def phone_or_none(raw: str) -> str | None:
    """The number in E.164 form, or ``None`` when the text is none."""
    try:
        return read_phone(raw)
    except Unusable:
        return None
