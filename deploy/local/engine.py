# SPDX-License-Identifier: GPL-3.0-or-later
"""The embedded database's own process: SecantusDB, with pages that may grow large in memory (docs/decisions/0084).

Run, never imported: what it imports is under the GPL, and so is this file, alone of all (docs/decisions/0011).
"""

from __future__ import annotations

import sys
from typing import Any

import wiredtiger
from secantus.cli import main

_PAGES = "memory_page_max=1GB"


def _with_large_pages(create: Any) -> Any:
    def created(session: Any, name: str, config: str | None = None) -> Any:
        return create(session, name, f"{config},{_PAGES}" if config else _PAGES)

    return created


if __name__ == "__main__":
    wiredtiger.Session.create = _with_large_pages(wiredtiger.Session.create)
    sys.exit(main())
