"""Check-in codes: one for each half minute of a session's window, derived from the session's secret, so that a phone
can hold all of them; and what a code that was scanned then says (docs/decisions/0142)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import NamedTuple

from services.scheduling.domain.attendance import Meeting
from shared.errors import Conflict, Invalid

STEP = timedelta(seconds=30)
# So far may the clocks of the two phones be from ours.
SKEW = timedelta(minutes=2)
SENT_LATER = timedelta(hours=72)

FREE_GUESSES = 5
MOST_GUESSES = 20
_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(minutes=10)

_EPOCH = datetime.fromtimestamp(0, UTC)
_QR = re.compile(r"sanggar:([0-9a-f-]{36}):([a-z2-7]{20})\Z")
_DIGITS = re.compile(r"[0-9]{6}\Z")


class Code(NamedTuple):
    """A code and when it is shown: six digits to type, or the text of a QR code to scan."""

    code: str
    qr: str
    valid_from: datetime
    valid_until: datetime


class Verdict(Enum):
    """What a code that somebody sends turns out to be."""

    RIGHT = "right"
    WRONG = "code_wrong"
    EXPIRED = "code_expired"
    ELSEWHERE = "code_of_another_session"
    NONE = "not_a_code"


class Codes:
    """The codes of one session."""

    def __init__(self, session_id: str, secret: bytes, meeting: Meeting) -> None:
        self._session_id = session_id
        self._secret = secret
        self._first = _step(meeting.opens_at)
        self._last = _step(meeting.ends_at)

    def __iter__(self) -> Iterator[Code]:
        """All of them, from the opening of the window to the end of the session, in order."""
        for step in range(self._first, self._last + 1):
            digits, token = self._at(step)
            begins = _EPOCH + step * STEP
            yield Code(digits, f"sanggar:{self._session_id}:{token}", begins, begins + STEP)

    def judge(self, said: str, scanned_at: datetime) -> Verdict:
        """Whether ``said`` is a code that was shown at ``scanned_at``, by clocks that differ by up to two minutes."""
        digits, scanned = said.replace(" ", ""), _QR.match(said.strip())
        if scanned is None and _DIGITS.match(digits) is None:
            return Verdict.NONE
        if scanned is not None and scanned[1] != self._session_id:
            return Verdict.ELSEWHERE
        given = digits if scanned is None else scanned[2]
        first = max(self._first, _step(scanned_at - SKEW))
        last = min(self._last, _step(scanned_at + SKEW))
        if any(self._is(given, step) for step in range(first, last + 1)):
            return Verdict.RIGHT
        # Of six digits this is not told: it would help whoever guesses.
        if scanned is not None and any(self._is(given, step) for step in range(self._first, self._last + 1)):
            return Verdict.EXPIRED
        return Verdict.WRONG

    def _is(self, given: str, step: int) -> bool:
        return any(hmac.compare_digest(given, each) for each in self._at(step))

    def _at(self, step: int) -> tuple[str, str]:
        mac = hmac.new(self._secret, f"{self._session_id}/{step}".encode(), hashlib.sha256).digest()
        token = base64.b32encode(mac[8:21]).decode().lower()[:20]
        return f"{int.from_bytes(mac[:8]) % 1_000_000:06}", token


def check_time(meeting: Meeting, scanned_at: datetime, now: datetime) -> None:
    """Raises :class:`Conflict` for a check-in outside the session's window, or sent more than 72 hours after its end;
    :class:`Invalid` for one that is still to come by our clock."""
    if now > meeting.ends_at + SENT_LATER:
        raise Conflict("attendance.checkin_too_late", hours=SENT_LATER // timedelta(hours=1))
    if scanned_at > now + SKEW:
        raise Invalid.field("scanned_at", "attendance.scanned_in_the_future")
    if scanned_at + SKEW < meeting.opens_at:
        raise Conflict("attendance.checkin_not_open")
    if scanned_at - SKEW > meeting.ends_at:
        raise Conflict("attendance.checkin_over")


def is_offline(scanned_at: datetime, now: datetime) -> bool:
    """Whether a check-in was kept on the phone before it was sent."""
    return scanned_at < now - SKEW


def pause(guesses: int, last: datetime, now: datetime) -> timedelta | None:
    """How long whoever has sent so many wrong codes must wait before the next; ``None``: for ever. After the fifth they
    wait 30 seconds, then twice as long each time, at most ten minutes; after the twentieth an officer must help."""
    if guesses >= MOST_GUESSES:
        return None
    if guesses < FREE_GUESSES:
        return timedelta()
    wait = min(_LONGEST_PAUSE, _FIRST_PAUSE * (1 << guesses - FREE_GUESSES))
    return max(timedelta(), last + wait - now)


def _step(moment: datetime) -> int:
    return (moment - _EPOCH) // STEP
