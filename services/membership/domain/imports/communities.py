"""Rows of a ``communities`` file."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any

from services.membership.domain import communities, identifiers, names, schools
from services.membership.domain.identifiers import Unusable
from services.membership.domain.imports.cells import one_of, short, take
from services.membership.domain.imports.rows import (
    CHANGED,
    UNCHANGED,
    Decision,
    Problem,
    Reading,
    Record,
    rejected,
    text,
)
from services.membership.domain.imports.sheets import Cell, text_of
from services.membership.domain.imports.teachers import ReadPhone, read_person
from shared.errors import Invalid

_LONGEST = 100
_MOST_SUBDISTRICTS = 100
KINDS = {kind: kind for kind in ("mgmp", "mgbk", "kkg", "pkg", "mkks", "kkks", "kombel", "online")}
KINDS |= {
    "komunitas belajar": "kombel",
    "komunitas belajar dalam sekolah": "kombel",
    "dalam sekolah": "kombel",
    "daring": "online",
    "musyawarah guru mata pelajaran": "mgmp",
    "kelompok kerja guru": "kkg",
}
_PHASES = {"fondasi": "fondasi", "fase fondasi": "fondasi"}
_PHASES |= {word: phase.upper() for phase in "abcdef" for word in (phase, f"fase {phase}")}
_JURISDICTIONS = {
    **dict.fromkeys(("kabupaten", "kota", "kabupaten kota", "district"), "district"),
    **dict.fromkeys(("provinsi", "province"), "province"),
    **dict.fromkeys(("kemenag", "kementerian agama", "ministry"), "ministry"),
}
_POLICIES = {
    **dict.fromkeys(("terbuka", "open"), "open"),
    **dict.fromkeys(("persetujuan", "dengan persetujuan", "approval"), "approval"),
    **dict.fromkeys(("undangan", "dengan undangan", "invitation"), "invitation"),
}
_MONTHS: tuple[str, ...] = ("januari", "februari", "maret", "april", "mei", "juni", "juli", "agustus")
_MONTHS += ("september", "oktober", "november", "desember")
_LEAD = ("lead_name", "lead_nuptk", "lead_nip", "lead_phone", "lead_npsn")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[ ./-]([0-9]{1,2}|[a-z]+)[ ./-]([0-9]{4})\Z")
_KEPT = ("subject", "phase", "subdistricts", "decree", "join_policy")


def read(cells: Mapping[str, Cell], read_phone: ReadPhone, rounded: Collection[str] = ()) -> Reading:
    """What a community's row says. ``lead`` is what it says of its ketua, or ``None``."""
    reading = Reading()
    take(reading, "name", cells, identifiers.name)
    take(reading, "kind", cells, _required(one_of(KINDS, "unknown_kind"), "kind_missing"), hint=text("suggest_kinds"))
    take(reading, "level", cells, _level, hint=text("suggest_levels"))
    take(reading, "subject", cells, short(_LONGEST))
    take(reading, "phase", cells, one_of(_PHASES, "unknown_phase"))
    take(reading, "npsn", cells, lambda raw: None if identifiers.blank(raw) else identifiers.npsn(raw))
    take(reading, "jurisdiction", cells, one_of(_JURISDICTIONS, "unknown_jurisdiction"))
    take(reading, "join_policy", cells, one_of(_POLICIES, "unknown_join_policy"))
    take(reading, "decree", cells, short(_LONGEST))
    take(reading, "decree_until", cells, day_of)
    take(reading, "subdistricts", cells, lambda raw: raw)
    _shape(reading)
    _read_lead(reading, cells, read_phone, rounded)
    return reading


def same(values: Mapping[str, Any], known: Record) -> bool:
    """Whether a community on record is the one that a row names: of that name and kind, of that school or level."""
    return (
        names.fold(values["name"]) == names.fold(known["name"])
        and values["kind"] == known["kind"]
        and values["npsn"] == known["npsn"]
        and (values["level"] is None or known["level"] is None or values["level"] == known["level"])
    )


def decide_known(values: Mapping[str, Any], known: Record, *, own: bool) -> Decision:
    """What becomes of a row whose community is on record, and for the operator to change if it is their ``own``
    (docs/decisions/0120). Who leads it is not changed by a list of communities."""
    if known["status"] != "active":
        return rejected("name", text("community_archived"))
    said = {name: values[name] for name in _KEPT if values[name]}
    changes = {name: value for name, value in said.items() if known.get(name) != value}
    if changes and not own:
        return rejected("name", text("community_of_others"))
    return Decision(CHANGED if changes else UNCHANGED, known["id"], changes, record=known)


def refused_founding(values: Mapping[str, Any], school_level: str | None, district: str) -> Decision | None:
    """The decision about a row whose community the operator of this district may not found so, else ``None``
    (docs/decisions/0120)."""
    try:
        _whose(values, school_level, district)
    except Invalid as refused:
        [(field, [why, *_])] = refused.fields.items()
        return rejected(field, why)
    return None


def missing_decree(values: Mapping[str, Any], school_level: str | None, district: str) -> list[Problem]:
    """The remark on a row that founds another authority's community without that one's decree: it may come later."""
    whose = _whose(values, school_level, district)
    if values["decree"] or whose == communities.authority(district):
        return []
    return [Problem("decree", text(f"decree_of_{whose}"), text("suggest_decree_later"), rejects=False)]


def _whose(values: Mapping[str, Any], school_level: str | None, district: str) -> str:
    own = communities.authority(district)
    return communities.jurisdiction(school_level or values["level"], values["jurisdiction"], own)


def day_of(raw: str) -> str | None:
    """A day as people write it (``2027-06-30``, ``30/6/2027``, ``30 Juni 2027``) as ``YYYY-MM-DD``, or ``None``."""
    if identifiers.blank(raw):
        return None
    try:
        return date.fromisoformat(raw[:10]).isoformat()
    except ValueError:
        pass
    found = _DAY_FIRST.match(raw.casefold().strip())
    try:
        if found is None:
            raise ValueError(raw)
        day, month, year = found.groups()
        number = int(month) if month.isdigit() else _MONTHS.index(month) + 1
        return date(int(year), number, int(day)).isoformat()
    except ValueError:
        raise Unusable("day_form", value=raw[:40]) from None


def _required(reader: Callable[[str], str | None], missing: str) -> Callable[[str], str | None]:
    def read(raw: str) -> str | None:
        if identifiers.blank(raw):
            raise Unusable(missing)
        return reader(raw)

    return read


def _level(raw: str) -> str | None:
    if identifiers.blank(raw):
        return None
    found = schools.level_of(raw)
    if found is None:
        raise Unusable("unknown_level", level=raw[:40])
    return found


def _shape(reading: Reading) -> None:
    """Bring what belongs together into its kept form, and say what does not fit."""
    values = reading.values
    places = [identifiers.tidy(part)[:_LONGEST] for part in re.split(r"[;,/]", values["subdistricts"] or "")]
    values["subdistricts"] = [place for place in places if not identifiers.blank(place)][:_MOST_SUBDISTRICTS]
    until, number = values.pop("decree_until"), values["decree"]
    values["decree"] = {"number": number, "until": until} if number else None
    if until and not number:
        reading.problems.append(Problem("decree", text("decree_number_missing")))
    if reading.rejected:
        return
    if values["kind"] == communities.IN_ONE_SCHOOL and not values["npsn"]:
        reading.problems.append(Problem("npsn", text("kombel_needs_school")))
    if values["kind"] != communities.IN_ONE_SCHOOL and values["npsn"]:
        reading.problems.append(Problem("npsn", text("only_kombel_has_school")))


def _read_lead(reading: Reading, cells: Mapping[str, Cell], read_phone: ReadPhone, rounded: Collection[str]) -> None:
    said = {name.removeprefix("lead_"): cells.get(name) for name in _LEAD}
    reading.values["lead"] = None
    if all(identifiers.blank(text_of(cell)) for cell in said.values()):
        return
    lead = Reading()
    read_person(lead, said, read_phone, rounded)
    take(lead, "npsn", said, lambda raw: None if identifiers.blank(raw) else identifiers.npsn(raw))
    for problem in lead.problems:
        reading.problems.append(Problem(f"lead_{problem.field}", problem.text, problem.suggestion, problem.rejects))
    # Who leads a kombel teaches at its school.
    npsn = lead.values["npsn"] or reading.values["npsn"]
    reading.values["lead"] = {**lead.values, "npsn": npsn, "email": None}
