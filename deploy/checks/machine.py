"""Is there room on the disk?"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from deploy.checks.finding import Finding, broken, good, warning

_TIGHT = 2 * 1024**3
_FULL = 512 * 1024**2


def check_disk(run_dir: Path | None) -> Iterator[Finding]:
    """Free space where the platform keeps its data; nothing when its data are kept elsewhere."""
    if run_dir is None:
        return
    free = shutil.disk_usage(run_dir).free
    what = f"{free / 1024**3:.1f} GiB free at {run_dir}"
    if free < _FULL:
        yield broken("disk", what, "free some space: the broker stops taking messages when the disk is nearly full")
    elif free < _TIGHT:
        yield warning("disk", what, "free some space before the broker stops taking messages")
    else:
        yield good("disk", what)
