"""The demo district, made up by the project itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from shared.settings import Settings


def load(
    address: str, run_dir: Path, settings: Settings, tell: Callable[[str], None] = lambda line: None
) -> dict[str, Any]:
    """Make or complete the demo district; see :func:`deploy.demo.making.make`."""
    # The roster generator of this package is also the tests', which need nothing of a platform.
    from deploy.demo.making import make

    return make(address, run_dir, settings, tell)
