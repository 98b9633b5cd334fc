"""The next semester's list of teachers, made from the last one, with what each of its rows must come to.

People move, come and go, are spelled differently and stand in the list twice. Who is changed has a name of their own in
the list, so that the outcome follows from the list alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from services.membership.domain import names
from tests.support.roster import Row

MOVED, NEW, GONE, RESPELLED = 0.05, 0.03, 0.02, 0.04
DOUBLES = 40
_FEWEST_STAFF = 3

Person = Mapping[str, Any]


@dataclass(frozen=True)
class Expected:
    """What a row comes to: whom it means, what it changes, or which earlier place in the list it repeats."""

    outcome: str
    person_id: str | None = None
    changes: frozenset[str] = frozenset()
    repeats: int | None = None


@dataclass
class Semester:
    """The list, what its rows come to, and who is missing from it: people's ids with the school that they left."""

    rows: list[Row]
    expected: list[Expected]
    gone: dict[str, str] = field(default_factory=dict)

    def counts(self) -> Counter[str]:
        """How many rows come to which outcome, those who are gone included."""
        return Counter([*(each.outcome for each in self.expected), *["ended"] * len(self.gone)])


def next_semester(
    rows: Sequence[Row], known: Sequence[Person | None], newcomers: Iterable[Row], *, seed: int = 1
) -> Semester:
    """The list that follows ``rows``, of which ``known`` tells whom each made; ``None`` where it was refused.

    ``newcomers`` are rows of people who are on no list yet; as many are taken as are needed.
    """
    return _Semester(rows, known, seed).made(newcomers)


class _Semester:
    def __init__(self, rows: Sequence[Row], known: Sequence[Person | None], seed: int) -> None:
        self._random = Random(f"semester/{seed}")
        self._rows = [dict(row) for row in rows]
        self._known = known
        self._expected = [
            Expected("rejected") if person is None else Expected("unchanged", str(person["id"])) for person in known
        ]
        cores = Counter(names.core(row["nama"]) for row in rows if row["nama"])
        phones = Counter(row["hp"] for row in rows)
        self._staff = Counter(row["npsn"] for row, person in zip(rows, known, strict=True) if person)
        free = [
            place
            for place, (row, person) in enumerate(zip(rows, known, strict=True))
            if person
            and cores[names.core(row["nama"])] == 1
            and " " in names.core(row["nama"])
            and (phones[row["hp"]] == 1 or not row["hp"])
            and self._staff[row["npsn"]] >= _FEWEST_STAFF
        ]
        self._random.shuffle(free)
        # Few are known by their name alone: half of them are respelled, half move.
        nameless = [place for place in free if self._nameless(place)]
        named = [place for place in free if not self._nameless(place)]
        self._free = [*nameless[::2], *named, *nameless[1::2]]
        self._cores = cores
        # Where somebody has no row of their own, of whom a newcomer's name might remind.
        self._busy: set[str] = set()

    def made(self, newcomers: Iterable[Row]) -> Semester:
        total = len(self._rows)
        for place in self._take(round(total * RESPELLED)):
            self._respell(place)
        self._double()
        gone = self._take(round(total * GONE), apart=True)
        self._free.reverse()
        for place in self._take(round(total * MOVED)):
            self._move(place)
        self._hire(newcomers, round(total * NEW))
        left = [place for place in range(len(self._rows)) if place not in set(gone)]
        at = {place: new for new, place in enumerate(left)}
        expected = [self._expected[place] for place in left]
        return Semester(
            [self._rows[place] for place in left],
            [
                Expected(each.outcome, repeats=at[each.repeats]) if each.repeats is not None else each
                for each in expected
            ],
            {str(self._person(place)["id"]): self._rows[place]["npsn"] for place in gone},
        )

    def _person(self, place: int) -> Person:
        person = self._known[place]
        assert person is not None
        return person

    def _take(self, count: int, *, apart: bool = False) -> list[int]:
        """So many of those whom nothing has happened to; ``apart``: from schools where nobody is without a row."""
        taken: list[int] = []
        for place in list(self._free):
            npsn = self._rows[place]["npsn"]
            if len(taken) == count:
                break
            if (apart and npsn in self._busy) or self._staff[npsn] < _FEWEST_STAFF:
                continue
            taken.append(place)
            self._free.remove(place)
        assert len(taken) == count, f"only {len(taken)} of {count}"
        for place in taken:
            if apart or self._nameless(place):
                self._busy.add(self._rows[place]["npsn"])
        return taken

    def _nameless(self, place: int) -> bool:
        """Whether a person is known by their name alone."""
        return not any(self._person(place)[what] for what in ("nuptk", "nip", "phone"))

    def _respell(self, place: int) -> None:
        """Another spelling, or another degree. Of somebody known by their name alone, a slip is a doubt."""
        row, id_ = self._rows[place], str(self._person(place)["id"])
        if self._random.random() < 0.5:
            row["nama"] = row["nama"].partition(",")[0] + ", S.Th.I."
            self._expected[place] = Expected("changed", id_, frozenset({"name"}))
            return
        row["nama"] = _slip(row["nama"])
        self._expected[place] = (
            Expected("doubtful", id_) if self._nameless(place) else Expected("changed", id_, frozenset({"name"}))
        )

    def _move(self, place: int) -> None:
        """Another school. Of somebody known by their name alone, nobody knows whether it is they."""
        row, id_ = self._rows[place], str(self._person(place)["id"])
        before = row["npsn"]
        row["npsn"] = self._random.choice([npsn for npsn in self._staff if npsn != before])
        self._staff[before] -= 1
        self._expected[place] = (
            Expected("doubtful", id_) if self._nameless(place) else Expected("changed", id_, frozenset({"npsn"}))
        )

    def _double(self) -> None:
        """Rows that stand in the list once more: as they are, under another spelling, or for another school."""
        for number, place in enumerate(self._take(DOUBLES)):
            row, person = dict(self._rows[place]), self._person(place)
            if number % 2 and person["nuptk"]:
                row["nama"] = _slip(row["nama"])
            elif number % 2 and person["phone"]:
                row["npsn"] = self._random.choice([npsn for npsn in self._staff if npsn != row["npsn"]])
            self._rows.append(row)
            self._expected.append(Expected("rejected", repeats=place))

    def _hire(self, newcomers: Iterable[Row], count: int) -> None:
        """New people at schools where everybody else has a row of their own."""
        calm = [npsn for npsn in self._staff if npsn not in self._busy]
        for row in newcomers:
            if count == 0:
                return
            core = names.core(row["nama"])
            if self._cores[core] == 0 and " " in core:
                self._cores[core] += 1
                self._rows.append({**row, "npsn": self._random.choice(calm), "jenis_ptk": "Guru Mapel"})
                self._expected.append(Expected("created"))
                count -= 1
        raise ValueError("too few newcomers")


def _slip(name: str) -> str:
    """The name with one letter of its longest word written twice, as hands do."""
    words = name.partition(",")[0].split(" ")
    at = max(range(len(words)), key=lambda place: len(words[place]))
    words[at] = words[at][:2] + words[at][1:]
    return " ".join(words) + "".join(name.partition(",")[1:])
