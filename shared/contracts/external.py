"""What other systems call our records (API.md, "Conventions")."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import ValidationError, fields, validate

from shared.contracts.base import Contract, Followed, text

MOST = 20
_SYSTEM = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}\Z")


class ExternalId(Contract):
    """``system`` is a short lower-case name of the other system, ``id`` what it calls the record."""

    system = fields.String(required=True, validate=validate.Regexp(_SYSTEM, error="common.not_a_system"))
    id = text(100, required=True)


def _each_once(names: list[dict[str, str]]) -> None:
    if len({(name["system"], name["id"]) for name in names}) != len(names):
        raise ValidationError("common.external_id_twice")


def _is_key(given: str) -> None:
    system, colon, id_ = given.partition(":")
    if not (colon and id_.strip() and _SYSTEM.match(system)):
        raise ValidationError("common.not_an_external_key")


class RecordFilter(Followed):
    """A list of records that other systems know too: with ``external`` (``<system>:<id>``) it gives the one that this
    system calls so, or nothing."""

    external = fields.String(
        load_default=None,
        allow_none=True,
        validate=[validate.Length(max=141), _is_key],
        metadata={"description": "`<system>:<id>`: the record that this other system calls so."},
    )


def external_ids(**kwargs: Any) -> fields.List[Any]:
    """All the names that other systems have for a record; given anew, they take the place of those before.

    One name of a system belongs to one record of its kind in a district.
    """
    kwargs.setdefault("dump_default", list)
    return fields.List(
        fields.Nested(ExternalId),
        validate=[validate.Length(max=MOST), _each_once],
        metadata={"maxItems": MOST},
        **kwargs,
    )
