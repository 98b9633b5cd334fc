"""Who moderates, takes notes and hosts next: the roles of the day go round (DESIGN 1, "Collective responsibility")."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import permutations

ROLES = ("moderator", "note_taker", "host")

Roles = Mapping[str, str | None]

_NEVER = -1


class Rotation:
    """Who had which role, meeting after meeting, and whose turn it is therefore."""

    def __init__(self) -> None:
        self._meetings = 0
        self._last: dict[str, int] = {}
        self._turns: Counter[str] = Counter()
        self._in: Counter[tuple[str, str]] = Counter()
        self._latest = ""

    def had(self, roles: Roles) -> None:
        """The next meeting, in the order in which they were held."""
        holders = {role: person_id for role in ROLES if (person_id := roles.get(role)) is not None}
        for role, person_id in holders.items():
            self._last[person_id] = self._meetings
            self._turns[person_id] += 1
            self._in[role, person_id] += 1
        self._latest = max(holders.values(), default=self._latest)
        self._meetings += 1

    def propose(self, candidates: Sequence[str]) -> dict[str, str | None]:
        """The roles of a meeting among these people: it is the turn of those who had any role longest ago or never, and
        each of them gets what they had least. Among equals it goes on from whoever was last, in the order of ids; only
        where there are fewer people than roles somebody has two. The same history gives the same proposal."""
        if not candidates:
            return dict.fromkeys(ROLES)
        line = sorted(candidates, key=self._place)
        turn = [line[at % len(line)] for at in range(len(ROLES))]
        chosen = min(permutations(turn), key=self._burden)
        return dict(zip(ROLES, chosen, strict=True))

    def _place(self, person_id: str) -> tuple[int, int, bool, str]:
        last = self._last.get(person_id, _NEVER)
        return last, self._turns[person_id], person_id <= self._latest, person_id

    def _burden(self, chosen: Sequence[str]) -> int:
        """How often these people had just these roles."""
        return sum(self._in[held] for held in zip(ROLES, chosen, strict=True))


def candidates(members: Iterable[str], declined: Iterable[str], present: Iterable[str]) -> list[str]:
    """Among whom the roles of a meeting go round: the members who are present; while nobody is known to be, those who
    have not declined."""
    here, away = set(present), set(declined)
    return sorted(person_id for person_id in members if (person_id in here if here else person_id not in away))
