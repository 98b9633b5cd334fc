"""What each kind of import does at each step."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from services.membership.domain.imports.doubles import Doubles
from services.membership.domain.imports.rows import Decision, Problem, Reading
from services.membership.domain.imports.sheets import Cell
from shared.messaging import Work
from shared.mongo import Doc

_MOST_HINTS = 100


@dataclass(frozen=True)
class Source:
    """What is known of a file beside its rows: the school that all of it is of, and the numbers that were rounded."""

    npsn: str | None = None
    rounded: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Ask:
    """A row that is to be decided; ``choice`` is what somebody has decided about it: a person's id, or ``create``.
    ``meant`` is whom the dry run found it to mean."""

    values: Doc
    choice: str | None = None
    meant: str | None = None


@dataclass
class Hints:
    """Names that may have been meant; told for the first so many rows only, for each costs a look at all of them."""

    known: set[str] = field(default_factory=set)
    left: int = _MOST_HINTS

    def like(self, said: str) -> str | None:
        if self.left <= 0:
            return None
        self.left -= 1
        return next(iter(difflib.get_close_matches(said, self.known, n=1, cutoff=0.8)), None)


@dataclass
class Case:
    """An import in the middle of its dry run, or of its application (``applying``: then nobody guesses any more)."""

    work: Work
    import_id: str
    hints: Hints = field(default_factory=Hints)
    applying: bool = False


@dataclass(frozen=True)
class Kind:
    """``read`` a row's cells, find the ``double`` of an earlier row, ``decide`` what becomes of rows by the records as
    they are now, ``write`` those that are created or changed (each row brings the id of what it creates) and answer
    what has become of them."""

    read: Callable[[Mapping[str, Cell], Source], Reading]
    double: Callable[[Doubles, int, Doc], Problem | None]
    decide: Callable[[Case, Sequence[Ask]], list[Decision]]
    write: Callable[[Case, Sequence[Doc], Sequence[Decision]], list[Decision]]
    of_people: bool = False
    """Whether each row is a person at a school, so that a whole list shows who is there no more."""
    creates_people: bool = False
    known_id: bool = False
    """Whether a row itself says the id of what it creates."""
