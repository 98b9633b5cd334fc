"""Certificates: how many JP somebody earned, what a certificate states, and when another takes its place.

JP are counted from recorded presence in sessions whose minutes were approved, never for registering (API.md,
"Scheduling"; docs/decisions/0172).
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.errors import Conflict

MINUTES_A_JP = 45
VALID, REVOKED, SUPERSEDED = "valid", "revoked", "superseded"

# Crockford's base 32: nobody mistakes one of these letters for another.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RANDOM = 12
_NUMBER = re.compile(rf"[0-9]{{2}}(?:[0-9]{{2}}|c[0-9]{{2}})-[0-9]{{4}}-[{_LETTERS}]{{{_RANDOM}}}")

STATED = (
    "number",
    "district",
    "district_name",
    "holder_name",
    "community_name",
    "semester",
    "first_day",
    "last_day",
    "sessions",
    "minutes",
    "jp",
    "issued_on",
)


@dataclass(frozen=True)
class Earned:
    """What somebody's presence in a semester comes to."""

    sessions: int = 0
    minutes: int = 0

    @property
    def jp(self) -> int:
        """Whole JP of 45 minutes; the minutes of all sessions are added up first."""
        return self.minutes // MINUTES_A_JP

    def and_also(self, minutes: int) -> Earned:
        """With another session at which they were present for so many minutes."""
        return Earned(self.sessions + 1, self.minutes + minutes) if minutes > 0 else self


def earned_by(present: Iterable[tuple[str, int]]) -> dict[str, Earned]:
    """What each person's presences (person, minutes) come to, of those who earned a JP."""
    found: dict[str, Earned] = {}
    for person_id, minutes in present:
        found[person_id] = found.get(person_id, Earned()).and_also(minutes)
    return {person_id: each for person_id, each in found.items() if each.jp}


def number(district: str, year: int) -> str:
    """A new certificate's number: ``3307-2026-7KQ2M9XH4TNB``, 60 random bits."""
    return f"{district}-{year}-{''.join(secrets.choice(_LETTERS) for _ in range(_RANDOM))}"


def read_number(typed: str) -> str | None:
    """The number that somebody typed from paper, or ``None`` for what is none."""
    district, _, rest = typed.strip().partition("-")
    letters = rest.upper().replace("O", "0").translate(str.maketrans("IL", "11"))
    read = f"{district.lower()}-{letters}"
    return read if _NUMBER.fullmatch(read) else None


def statement(certificate: Mapping[str, Any]) -> str:
    """What a certificate states, as the text that is signed: JSON with sorted names and no blanks (RFC 8785 gives the
    same for such data)."""
    said = {name: certificate[name] for name in STATED}
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def same(certificate: Mapping[str, Any], now: Earned) -> bool:
    """Whether a certificate still says what its holder earned."""
    return (certificate["sessions"], certificate["minutes"]) == (now.sessions, now.minutes)


def check_revocable(status: str) -> None:
    """Raises :class:`Conflict` for one that counts no more already."""
    if status != VALID:
        raise Conflict("certificates.not_valid")


@dataclass(frozen=True)
class Change:
    """What becomes of one person's certificate of a semester: the present one (``ends``) counts no more, another one
    takes its place (``earned``), or both."""

    person_id: str
    ends: Mapping[str, Any] | None
    earned: Earned | None
    revision: int


def changes(
    latest: Mapping[str, Mapping[str, Any]],
    earned_now: Mapping[str, Earned],
    asked_for: Collection[str] = (),
    renamed: Collection[str] = (),
) -> list[Change]:
    """What is to be done so that everybody's certificate says what they earned; ``latest`` holds each person's last,
    with how many ``revisions`` there were. What an officer revoked comes again only when its holder is ``asked_for`` by
    id; those ``renamed`` are given one with their present name."""
    found = []
    for person_id in sorted(latest.keys() | earned_now.keys()):
        before, now = latest.get(person_id), earned_now.get(person_id)
        valid = before if before is not None and before["status"] == VALID else None
        if valid is not None and now is not None and same(valid, now) and person_id not in renamed:
            continue
        if before is not None and before["status"] == REVOKED and person_id not in asked_for:
            continue
        if valid is not None or now is not None:
            found.append(Change(person_id, valid, now, 1 if before is None else before["revisions"] + 1))
    return found


@dataclass(frozen=True)
class Sealed:
    """A PDF's last line taken apart: ``signed`` is all that the signature speaks for, the line's beginning too."""

    signed: bytes
    number: str
    kid: str
    signature: bytes


_SEAL = re.compile(rb"%Sanggar-Certificate ([0-9a-zA-Z-]{1,40}) ([0-9A-Za-z._-]{1,64}) ([0-9a-f]{128})\n\Z")
_LONGEST_SEAL = 300


def unsealed(paper: bytes, number: str, kid: str) -> bytes:
    """What is to be signed of a PDF: itself and the beginning of its last line, a comment to whoever reads PDF. The
    signature, in hexadecimal digits and a line's end, completes it."""
    ending = b"" if paper.endswith(b"\n") else b"\n"
    return paper + ending + f"%Sanggar-Certificate {number} {kid} ".encode()


def read_seal(paper: bytes) -> Sealed | None:
    """The seal at the very end of a PDF, or ``None`` where there is none."""
    begins = max(0, len(paper) - _LONGEST_SEAL)
    found = _SEAL.search(paper, begins)
    if found is None:
        return None
    number, kid, signature = (each.decode() for each in found.groups())
    return Sealed(paper[: found.start(3)], number, kid, bytes.fromhex(signature))
