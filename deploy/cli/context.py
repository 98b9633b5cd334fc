"""What every command is given: the screen, and the platform it speaks to, looked up when it is first needed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from deploy.cli.screen import Screen, Trouble
from deploy.platform import Platform, find_platform
from shared.contracts.words import SERVICES


class Context:
    """The circumstances of one command."""

    def __init__(self, screen: Screen, run_dir: Path | None) -> None:
        self.screen = screen
        self._run_dir = run_dir

    @cached_property
    def platform(self) -> Platform:
        """The running platform. Raises ``Misconfigured`` when there is none to be found."""
        return find_platform(self._run_dir)


def named(services: Sequence[str] | None) -> list[str]:
    """The services of these names, all of them for none. Raises :class:`Trouble` for a name that none has."""
    unknown = [name for name in services or () if name not in SERVICES]
    if unknown:
        raise Trouble(f"there is no service {unknown[0]!r}", f"services are: {', '.join(SERVICES)}", code="unknown")
    return list(services or SERVICES)
