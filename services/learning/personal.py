"""What learning holds of a person (docs/decisions/0126)."""

from __future__ import annotations

from shared.personal import COPIES, IMPERSONAL_COPIES, Holding, Keep, Personal, by

PERSONAL = Personal(
    *COPIES,
    Holding("works", by("person_id"), Keep("works"), shows=("id", "community_id", "accepted_at", "status")),
    impersonal=(*IMPERSONAL_COPIES, "sessions", "cycles"),
)
