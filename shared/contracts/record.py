"""What one person did for learning in a year (API.md, "Accounts and clients"): a calendar year, as performance reviews
have it, or a school year, July to June (DOMAIN, "Identifiers")."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from marshmallow import ValidationError, fields, validate, validates_schema

from shared.contracts.base import Contract


class Period(NamedTuple):
    """From the first to the last local day, both included; ``name`` is ``2026`` or ``2026/2027``."""

    name: str
    first: date
    last: date

    def moments(self, zone: str) -> tuple[datetime, datetime]:
        """The first moment of the period in this time zone (IANA), and the first one after it; in UTC."""
        ends = (self.first, self.last + timedelta(days=1))
        first, after = (datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC) for day in ends)
        return first, after


def _school_year(value: str) -> None:
    if not re.fullmatch(r"20[0-9]{2}/20[0-9]{2}", value) or int(value[5:]) != int(value[:4]) + 1:
        raise ValidationError("record.not_a_school_year")


class RecordPeriod(Contract):
    """One period: ``year=2026``, or ``school_year=2026/2027``."""

    year = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(2000, 2099))
    school_year = fields.String(load_default=None, allow_none=True, validate=_school_year)

    @validates_schema
    def _one_of_both(self, data: dict[str, Any], **kwargs: Any) -> None:
        if (data.get("year") is None) == (data.get("school_year") is None):
            raise ValidationError("record.year_or_school_year", "year")


def address_of(asked: Mapping[str, Any]) -> str:
    """Where the record of the period that a request names is as PDF, written in one way only: links are made to it."""
    name = "year" if asked.get("year") is not None else "school_year"
    return f"/v1/me/record.pdf?{urlencode({name: period_of(asked).name})}"


def period_of(asked: Mapping[str, Any]) -> Period:
    """The period that a request of :class:`RecordPeriod` names."""
    if asked.get("year") is not None:
        return Period(str(asked["year"]), date(int(asked["year"]), 1, 1), date(int(asked["year"]), 12, 31))
    first = int(asked["school_year"][:4])
    return Period(asked["school_year"], date(first, 7, 1), date(first + 1, 6, 30))
