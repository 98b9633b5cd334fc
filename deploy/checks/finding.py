"""What a check of the platform finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

Grade = Literal["good", "warning", "broken"]


@dataclass(frozen=True)
class Finding:
    """One thing looked at. ``broken``: something does not work, or a promise is not kept; a ``warning`` can wait or may
    pass by itself. ``mend`` says what to do about either."""

    check: str
    grade: Grade
    what: str
    mend: str = ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def good(check: str, what: str) -> Finding:
    return Finding(check, "good", what)


def warning(check: str, what: str, mend: str) -> Finding:
    return Finding(check, "warning", what, mend)


def broken(check: str, what: str, mend: str) -> Finding:
    return Finding(check, "broken", what, mend)


def some(names: Sequence[str]) -> str:
    """The first few of these names."""
    return ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
