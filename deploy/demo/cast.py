"""Who plays which part in the demo, by their place among the roster's teachers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from deploy.demo.roster import PRINCIPAL, Roster, Row

_MOST_OF_GUGUS = 24


@dataclass(frozen=True)
class Part:
    """The people of one community, as places in ``roster.teachers``: its ketua, its sekretaris, then the others; and
    who asks to join it."""

    people: tuple[int, ...]
    npsn: str | None = None
    asker: int | None = None

    @property
    def ketua(self) -> int:
        return self.people[0]

    @property
    def sekretaris(self) -> int:
        return self.people[1]

    @property
    def member(self) -> int:
        return self.people[2]


def cast(roster: Roster) -> dict[str, Part]:
    """Each community's people by the community's key in the story."""
    level = {school["npsn"]: school["jenjang"] for school in roster.schools}

    def those(wanted: Callable[[Row], bool]) -> tuple[int, ...]:
        return tuple(place for place, teacher in enumerate(roster.teachers) if wanted(teacher))

    def teaches(subject: str, *levels: str) -> Callable[[Row], bool]:
        return lambda teacher: (
            teacher["mata_pelajaran"] == subject
            and level[teacher["npsn"]] in levels
            and teacher["jenis_ptk"] != PRINCIPAL
        )

    home = next(school["npsn"] for school in roster.schools if school["jenjang"] == "SMP")
    mgmp_ipa = Part(those(teaches("IPA", "SMP")))
    return {
        "mgmp_ipa": mgmp_ipa,
        "kkg": Part(those(teaches("Guru Kelas SD", "SD"))[:_MOST_OF_GUGUS]),
        "mgbk": Part(those(teaches("Bimbingan Konseling", "SMP", "SMA", "SMK")), asker=mgmp_ipa.member),
        "mkks": Part(those(lambda teacher: teacher["jenis_ptk"] == PRINCIPAL and level[teacher["npsn"]] == "SMP")),
        "kombel": Part(those(lambda teacher: teacher["npsn"] == home), home),
        "online": Part(those(teaches("Informatika", "SMP", "SMA", "SMK"))),
    }
