"""Indonesia's national holidays, as the package ``holidays`` knows them (docs/decisions/0133)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache

import holidays

from shared.messaging import offload

_LANGUAGES = {"id": "id", "en": "en_US"}
# The holidays of the Islamic calendar are reckoned for these years.
FIRST_YEAR, LAST_YEAR = 1990, 2077


def holidays_of(years: Iterable[int], language: str) -> Mapping[date, str]:
    """The holidays of these years by day. Those that follow the moon are estimates until the ministries decree them."""
    found: dict[date, str] = {}
    for year in years:
        if FIRST_YEAR <= year <= LAST_YEAR:
            found.update(_of_year(year, language))
    return found


@lru_cache(maxsize=64)
def _of_year(year: int, language: str) -> dict[date, str]:
    return offload(_reckoned, year, language)


def _reckoned(year: int, language: str) -> dict[date, str]:
    return dict(holidays.country_holidays("ID", years=year, language=_LANGUAGES[language]))
