"""The largest district's list, 43,000 teachers of 3,900 schools: how long it takes, and what memory membership needs.

The file comes as a workbook, which costs more than csv to unroll. Memory is the most that membership ever held, from
its start on.
"""

from __future__ import annotations

import io
import time
from collections.abc import Mapping, Sequence

from openpyxl import Workbook

from bench import processor
from bench.findings import Finding, Promise
from bench.ground import Ground
from bench.people import found_district
from bench.size import Size
from deploy.demo.roster import TEACHER_COLUMNS, make_roster
from deploy.importing import apply, dry_run
from shared.contracts.words import SERVICES

PLATFORM = SERVICES
DISTRICT = "3201"
SCHOOLS, TEACHERS = 3900, 43_000
MEBIBYTES = 512


def run(ground: Ground, size: Size) -> list[Finding]:
    operator, _ = found_district(ground, DISTRICT)
    roster = make_roster(DISTRICT, seed=9, schools=SCHOOLS, teachers=TEACHERS)
    apply(operator, dry_run(operator, "schools", "schools.csv", roster.files()[0])["id"])
    book = _workbook(roster.teachers)
    membership = ground.process("membership")

    taken, started = processor.seconds([membership]), time.perf_counter()
    judged = dry_run(operator, "teachers", "guru.xlsx", book)
    read = time.perf_counter() - started
    applied = apply(operator, judged["id"])
    imported = time.perf_counter() - started
    whole = applied["counts"]["created"] + applied["counts"]["rejected"] + applied["counts"]["doubtful"] == TEACHERS
    details = {
        "dry_run_seconds": round(read, 1),
        "membership_processor_seconds": round(processor.seconds([membership]) - taken, 1),
        "counts": applied["counts"],
    }
    what = f"import of {TEACHERS:,} teachers"
    broken = [] if whole else ["rows were lost"]
    return [
        Finding("largest", what, "s", [imported], Promise("at most", 300), broken=broken, details=details),
        Finding("largest", "membership's memory", "MiB", [_most_held(membership.pid)], Promise("at most", MEBIBYTES)),
    ]


def _workbook(rows: Sequence[Mapping[str, str]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Guru")
    sheet.append(list(TEACHER_COLUMNS))
    for row in rows:
        sheet.append([row[column] for column in TEACHER_COLUMNS])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _most_held(pid: int | None) -> float:
    """The most memory that a process ever held, in MiB. Linux only."""
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))
