"""What a phone takes along of a session fits into 64 kB (docs/decisions/0143)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any

from services.scheduling.domain.checkin import Code

MOST_BYTES = 64 * 1024
MOST_CODES = 600
# So much of it minutes and open commitments may take before the people; longer minutes take what those leave.
MOST_MINUTES_BYTES = 12 * 1024
MOST_COMMITMENTS_BYTES = 8 * 1024


def size(data: Any) -> int:
    """How many bytes these data are as compact JSON."""
    return len(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode())


def fitting(
    rows: Iterable[Mapping[str, Any]],
    room: int,
    size_of: Callable[[Mapping[str, Any]], int] = size,
    *,
    most: int = MOST_BYTES,
) -> tuple[list[Mapping[str, Any]], int]:
    """As many of these rows, from the first on, as fit into so many bytes, and take ``most`` of them at most; and the
    room that is left."""
    taken: list[Mapping[str, Any]] = []
    for row in rows:
        # With the comma between two.
        needed = size_of(row) + 1
        if needed > min(room, most):
            return taken, room
        room, most = room - needed, most - needed
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
