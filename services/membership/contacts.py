"""What people write into forms, brought into the form it is kept in."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from services.membership.domain import identifiers
from services.membership.domain.identifiers import Unusable
from services.membership.phones import read_phone
from shared.errors import Invalid
from shared.mongo import Doc

_READERS: Mapping[str, Callable[[str], str | None]] = {
    "nuptk": identifiers.nuptk,
    "nip": identifiers.nip,
    "email": identifiers.email,
    "phone": lambda raw: None if identifiers.blank(raw) else read_phone(raw),
    "name": identifiers.name,
}


def kept_contacts(order: Mapping[str, object]) -> Doc:
    """The fields of a form in their kept form. Raises :class:`Invalid`, naming every field that is wrong."""
    kept, wrong = dict(order), {}
    for name, reader in _READERS.items():
        value = order.get(name)
        if isinstance(value, str):
            try:
                kept[name] = reader(value)
            except Unusable as unusable:
                wrong[name] = [unusable.text]
    if wrong:
        raise Invalid(fields=wrong)
    return kept
