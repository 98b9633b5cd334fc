"""A made-up district's schools and staff, with the columns and the gaps of the lists that real districts have.

The same seed gives the same roster for ever. Nobody in it exists: e-mail addresses stand under a reserved domain
(RFC 2606), phone numbers under prefixes that no operator holds, and NPSN where none were handed out.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from deploy.demo.names import FAMILY, FOUNDATIONS, GIVEN, PLACES, TITLES_AFTER, TITLES_BEFORE

SCHOOL_COLUMNS = ("npsn", "nama", "jenjang", "status", "kecamatan", "kode_kecamatan_bps")
TEACHER_COLUMNS = (
    "npsn",
    "nama",
    "nuptk",
    "nip",
    "status_kepegawaian",
    "jenis_ptk",
    "mata_pelajaran",
    "hp",
    "email",
)

PRINCIPAL = "Kepala Sekolah"
CLASS_TEACHER = "Guru Kelas"
SUBJECT_TEACHER = "Guru Mapel"

Row = dict[str, str]


@dataclass(frozen=True)
class Level:
    """What schools of one level look like: their share of a district, the usual size of their staff, what is taught."""

    share: float
    staff: float
    subjects: tuple[str, ...]
    private: float


_COMMON = (
    "Pendidikan Agama Islam",
    "Pendidikan Pancasila",
    "Bahasa Indonesia",
    "Matematika",
    "Bahasa Inggris",
    "Informatika",
    "PJOK",
    "Bimbingan Konseling",
)

LEVELS: Mapping[str, Level] = {
    "SD": Level(0.670, 8.1, ("Guru Kelas SD",), 0.20),
    "SMP": Level(0.186, 15.8, (*_COMMON, "IPA", "IPS", "Seni Budaya", "Prakarya", "Bahasa Jawa"), 0.45),
    "SMA": Level(
        0.044,
        28.5,
        (*_COMMON, "Fisika", "Kimia", "Biologi", "Sejarah", "Ekonomi", "Geografi", "Sosiologi", "Seni Budaya"),
        0.50,
    ),
    "SMK": Level(
        0.036,
        32.6,
        (
            *_COMMON,
            "Sejarah",
            "Akuntansi",
            "Tata Busana",
            "Teknik Kendaraan Ringan",
            "Teknik Komputer dan Jaringan",
        ),
        0.60,
    ),
    "PKBM": Level(0.064, 3.4, ("Tutor Paket",), 1.0),
}

_STATE_EMPLOYMENT = (("PNS", 0.44), ("PPPK", 0.26), ("Guru Honor Sekolah", 0.18), ("Honor Daerah", 0.12))
_PRIVATE_EMPLOYMENT = (("GTY/PTY", 0.65), ("PNS", 0.15), ("PPPK", 0.12), ("Guru Honor Sekolah", 0.08))
_UNUSED_PHONE_PREFIXES = ("0861", "0862", "0863", "0864", "0871", "0872", "0873", "0874")


@dataclass(frozen=True)
class Gaps:
    """The share of people who lack something or are hard to tell apart, as in real lists (data set "wonosobo")."""

    no_nuptk: float = 0.21
    no_phone: float = 0.067
    no_email: float = 0.31
    title_before: float = 0.22
    title_after: float = 0.28
    same_name: float = 0.016
    shared_phone: float = 0.0


@dataclass(frozen=True)
class Roster:
    """Schools and teachers as rows of text, in the order in which the files give them."""

    district: str
    schools: tuple[Row, ...]
    teachers: tuple[Row, ...]

    def files(self) -> tuple[bytes, bytes]:
        """The schools and the teachers as csv files."""
        return csv_bytes(self.schools, SCHOOL_COLUMNS), csv_bytes(self.teachers, TEACHER_COLUMNS)

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Write ``schools.csv`` and ``teachers.csv`` into ``folder`` (made if missing); answers their paths."""
        folder.mkdir(parents=True, exist_ok=True)
        paths = folder / "schools.csv", folder / "teachers.csv"
        for path, content in zip(paths, self.files(), strict=True):
            path.write_bytes(content)
        return paths

    def staff_of(self, npsn: str) -> list[Row]:
        return [teacher for teacher in self.teachers if teacher["npsn"] == npsn]


def csv_bytes(
    rows: Iterable[Mapping[str, str]],
    columns: Sequence[str],
    *,
    encoding: str = "utf-8",
    delimiter: str = ",",
    newline: str = "\r\n",
) -> bytes:
    """The rows as a csv file. What the encoding cannot say becomes ``?``, as in the programs that write such files."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, delimiter=delimiter, lineterminator=newline)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding, "replace")


def make_roster(
    district: str = "3399",
    *,
    seed: int = 1,
    schools: int = 834,
    teachers: int = 9181,
    levels: Mapping[str, int] | None = None,
    gaps: Gaps | None = None,
) -> Roster:
    """A roster of exactly so many schools and teachers; ``levels`` gives the number of schools of each level instead of
    the usual mix. Each school has a principal first. Raises ``ValueError`` when there are fewer teachers than schools.
    """
    levels = levels or _apportion(schools, {name: level.share for name, level in LEVELS.items()})
    if teachers < sum(levels.values()):
        raise ValueError("each school needs at least its principal")
    random = Random(f"sanggar/{district}/{seed}")
    school_rows = _schools(random, district, seed, levels)
    sizes = _staff_sizes(random, school_rows, teachers)
    people = _People(random, gaps or Gaps())
    return Roster(
        district,
        tuple(school_rows),
        tuple(
            teacher
            for school, size in zip(school_rows, sizes, strict=True)
            for teacher in _staff(random, people, school, size)
        ),
    )


def _schools(random: Random, district: str, seed: int, levels: Mapping[str, int]) -> list[Row]:
    total = sum(levels.values())
    subdistricts = random.sample(PLACES, min(len(PLACES) // 3, max(3, round(total / 55))))
    villages = [place for place in PLACES if place not in subdistricts]
    region = "".join(char for char in district if char.isdigit())
    taken: set[str] = set()
    rows = []
    for number, level in enumerate(name for name, count in levels.items() for _ in range(count)):
        place = random.randrange(len(subdistricts))
        private = random.random() < LEVELS[level].private
        rows.append(
            {
                "npsn": ("P" if level == "PKBM" else "9") + f"{seed % 100:02d}{number:05d}",
                "nama": _school_name(random, level, private, villages, taken),
                "jenjang": level,
                "status": "Swasta" if private else "Negeri",
                "kecamatan": subdistricts[place],
                "kode_kecamatan_bps": f"{region}{(place + 1) * 10:03d}",
            }
        )
    return rows


def _school_name(random: Random, level: str, private: bool, villages: Sequence[str], taken: set[str]) -> str:
    number = 1
    while True:
        village = random.choice(villages).upper()
        if level == "PKBM":
            name = f"PKBM {random.choice(FOUNDATIONS).upper()} {village}"
        elif private:
            name = f"{level}S {random.choice(FOUNDATIONS).upper()} {village}"
        else:
            name = f"{level} NEGERI {number} {village}"
        if name not in taken:
            taken.add(name)
            return name
        number += 1


def _staff_sizes(random: Random, schools: Sequence[Row], teachers: int) -> list[int]:
    weights = {
        str(index): LEVELS[school["jenjang"]].staff * random.uniform(0.7, 1.3) for index, school in enumerate(schools)
    }
    beyond_principals = _apportion(teachers - len(schools), weights)
    return [1 + beyond_principals[str(index)] for index in range(len(schools))]


def _apportion(total: int, weights: Mapping[str, float]) -> dict[str, int]:
    """Whole numbers in proportion to the weights that add up to ``total`` (largest remainders)."""
    scale = total / sum(weights.values())
    shares = {name: int(weight * scale) for name, weight in weights.items()}
    by_remainder = sorted(weights, key=lambda name: shares[name] - weights[name] * scale)
    for name in by_remainder[: total - sum(shares.values())]:
        shares[name] += 1
    return shares


def _staff(random: Random, people: _People, school: Row, size: int) -> Iterable[Row]:
    level = LEVELS[school["jenjang"]]
    employments = _PRIVATE_EMPLOYMENT if school["status"] == "Swasta" else _STATE_EMPLOYMENT
    first_subject = random.randrange(len(level.subjects))
    for index in range(size):
        subject = level.subjects[(first_subject + index) % len(level.subjects)]
        kind = SUBJECT_TEACHER
        if school["jenjang"] == "SD":
            kind = CLASS_TEACHER
            if index > 0:
                subject = random.choices(("Guru Kelas SD", "Pendidikan Agama Islam", "PJOK"), (80, 11, 9))[0]
        employment = random.choices([name for name, _ in employments], [share for _, share in employments])[0]
        yield {
            "npsn": school["npsn"],
            **people.next(civil_servant=employment in ("PNS", "PPPK")),
            "status_kepegawaian": employment,
            "jenis_ptk": PRINCIPAL if index == 0 else kind,
            "mata_pelajaran": subject,
        }


class _People:
    """Hands out people one by one, so that numbers and addresses stay unique and a few names do not."""

    def __init__(self, random: Random, gaps: Gaps) -> None:
        self._random = random
        self._gaps = gaps
        self._names: list[str] = []
        self._phones: list[str] = []
        self._given_out: set[str] = set()

    def next(self, *, civil_servant: bool) -> Row:
        name = self._name()
        return {
            "nama": self._with_titles(name),
            "nuptk": "" if self._hit(self._gaps.no_nuptk) else self._fresh(self._nuptk),
            "nip": self._fresh(self._nip) if civil_servant else "",
            "hp": "" if self._hit(self._gaps.no_phone) else self._phone(),
            "email": "" if self._hit(self._gaps.no_email) else self._fresh(lambda: self._email(name)),
        }

    def _hit(self, share: float) -> bool:
        return self._random.random() < share

    def _fresh(self, make: Callable[[], str]) -> str:
        while (made := make()) in self._given_out:
            pass
        self._given_out.add(made)
        return made

    def _name(self) -> str:
        if self._names and self._hit(self._gaps.same_name):
            return self._random.choice(self._names)
        name = self._fresh(self._new_name)
        self._names.append(name)
        return name

    def _new_name(self) -> str:
        middle = [self._random.choice(GIVEN)] if self._hit(0.3) else []
        return " ".join([self._random.choice(GIVEN), *middle, self._random.choice(FAMILY)])

    def _with_titles(self, name: str) -> str:
        if self._hit(self._gaps.title_before):
            name = f"{self._random.choice(TITLES_BEFORE)} {name}"
        if self._hit(self._gaps.title_after):
            name = f"{name}, {self._random.choice(TITLES_AFTER)}"
        return name

    def _nuptk(self) -> str:
        return f"{self._random.randrange(10**15, 10**16)}"

    def _nip(self) -> str:
        """Birth date, month of appointment, sex, serial number (DOMAIN, "Identifiers")."""
        born = date(1967, 1, 1) + timedelta(days=self._random.randrange(34 * 365))
        appointed = min(born.year + self._random.randrange(23, 36), 2025)
        month = self._random.randrange(1, 13)
        return f"{born:%Y%m%d}{appointed}{month:02d}{self._random.choice('12')}{self._random.randrange(1, 1000):03d}"

    def _phone(self) -> str:
        if self._phones and self._hit(self._gaps.shared_phone):
            return self._random.choice(self._phones)
        phone = self._fresh(self._new_phone)
        self._phones.append(phone)
        return phone

    def _new_phone(self) -> str:
        length = 7 if self._hit(0.1) else 8
        return self._random.choice(_UNUSED_PHONE_PREFIXES) + f"{self._random.randrange(10**length):0{length}d}"

    def _email(self, name: str) -> str:
        letters = "".join(char for char in unicodedata.normalize("NFKD", name.lower()) if "a" <= char <= "z")
        return f"{letters[:18]}{self._random.randrange(1, 10_000)}@guru.example"
