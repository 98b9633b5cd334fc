"""How long and how large a bench is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """``runs`` of ``seconds`` each; ``full`` for the long form."""

    runs: int = 5
    seconds: float = 4.0
    full: bool = False
