"""School years and their halves: Ganjil from July to December, Genap from January to June (DOMAIN, "Identifiers")."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from shared.errors import Conflict, Invalid

GANJIL, GENAP = "Ganjil", "Genap"
_TEXT = re.compile(rf"([0-9]{{4}})/([0-9]{{4}}) ({GANJIL}|{GENAP})")


@dataclass(frozen=True, order=True)
class Semester:
    """Half of the school year that begins in July of ``year``; ``str`` is how people write it: ``2026/2027 Ganjil``."""

    year: int
    second: bool = False

    @classmethod
    def parse(cls, text: str) -> Self:
        """The semester of such a text. Raises :class:`Invalid`."""
        found = _TEXT.fullmatch(text)
        if found is None or int(found[2]) != int(found[1]) + 1 or not 2000 <= int(found[1]) < 2400:
            raise Invalid.field("semester", "certificates.not_a_semester")
        return cls(int(found[1]), found[3] == GENAP)

    @classmethod
    def of(cls, day: date) -> Self:
        """The semester in which a local day lies."""
        return cls(day.year, False) if day.month >= 7 else cls(day.year - 1, True)

    @property
    def first_day(self) -> date:
        return date(self.year + 1, 1, 1) if self.second else date(self.year, 7, 1)

    @property
    def last_day(self) -> date:
        return date(self.year + 1, 6, 30) if self.second else date(self.year, 12, 31)

    @property
    def next(self) -> Semester:
        return Semester.of(self.last_day + timedelta(days=1))

    def __contains__(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day

    def __str__(self) -> str:
        return f"{self.year}/{self.year + 1} {GENAP if self.second else GANJIL}"


def check_begun(semester: Semester, today: date) -> None:
    """Raises :class:`Conflict` for a semester of which no day has come yet."""
    if today < semester.first_day:
        raise Conflict("certificates.semester_to_come")
