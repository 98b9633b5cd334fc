"""What learning holds of a person (docs/decisions/0126)."""

from __future__ import annotations

from shared.personal import COPIES, IMPERSONAL_COPIES, Personal

PERSONAL = Personal(*COPIES, impersonal=(*IMPERSONAL_COPIES, "sessions", "cycles"))
