"""Being erased: asked for, thought over, withdrawn or refused, done (docs/decisions/0128)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from shared.errors import Conflict

Erasure = dict[str, Any]
OPEN = ("waiting", "erasing")


def asked_for(person_id: str, receipt_key: str, now: datetime, cooling_off: timedelta) -> Erasure:
    """A request that is carried out after so long, unless it is withdrawn or refused."""
    return {
        "person_id": person_id,
        "status": "waiting",
        "requested_at": now,
        "effective_at": now + cooling_off,
        "completed_at": None,
        "decided_by": None,
        "reason": None,
        "receipt_key": receipt_key,
        "parts": {},
    }


def withdraw(erasure: Mapping[str, Any] | None) -> Erasure:
    """It is not wanted any more. Raises :class:`Conflict` when nothing waits."""
    return {**_waiting(erasure), "status": "withdrawn"}


def refuse(erasure: Mapping[str, Any], operator_id: str, reason: str) -> Erasure:
    """A legal duty stands against it. Raises :class:`Conflict` when it does not wait any more."""
    return {**_waiting(erasure), "status": "refused", "decided_by": operator_id, "reason": reason}


def is_due(erasure: Mapping[str, Any], now: datetime) -> bool:
    """Whether the time to think it over has passed."""
    return bool(erasure["status"] == "waiting" and erasure["effective_at"] <= now)


def begin(erasure: Mapping[str, Any]) -> Erasure:
    """From here on there is no way back."""
    return {**_waiting(erasure), "status": "erasing"}


def confirm(
    erasure: Mapping[str, Any], service: str, part: Mapping[str, Any], everybody: Collection[str], now: datetime
) -> Erasure:
    """A service has done its part; with the last one all is done."""
    parts = {**erasure["parts"], service: {**part, "done_at": now}}
    if set(parts) < set(everybody):
        return {**erasure, "parts": parts}
    return {**erasure, "parts": parts, "status": "erased", "completed_at": now}


def _waiting(erasure: Mapping[str, Any] | None) -> Erasure:
    if erasure is None or erasure["status"] != "waiting":
        raise Conflict("personal.no_erasure_waits")
    return dict(erasure)
