"""What a phone takes along of a session fits into 64 kB (docs/decisions/0143)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from services.scheduling.domain.checkin import Code

MOST_BYTES = 64 * 1024
MOST_CODES = 600


def size(data: Any) -> int:
    """How many bytes these data are as compact JSON."""
    return len(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode())


def fitting(rows: Iterable[Mapping[str, Any]], room: int) -> tuple[list[Mapping[str, Any]], int]:
    """As many of these rows, from the first on, as fit into so many bytes; and the room that is left."""
    taken: list[Mapping[str, Any]] = []
    for row in rows:
        # With the comma between two.
        room -= size(row) + 1
        if room < 0:
            return taken, 0
        taken.append(row)
    return taken, room


def compact(codes: Iterable[Code]) -> dict[str, Any] | None:
    """Codes that follow one another, at most 600 (five hours): when the first is shown, and of each the six digits and
    what ends its QR text; ``None`` where there are none."""
    some = list(islice(codes, MOST_CODES))
    if not some:
        return None
    prefix = some[0].qr.rpartition(":")[0] + ":"
    return {
        "valid_from": some[0].valid_from,
        "qr_prefix": prefix,
        "digits": [code.code for code in some],
        "tokens": [code.qr.removeprefix(prefix) for code in some],
    }
