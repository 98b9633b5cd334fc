"""Joining: who may ask to join, what may become of a request, and when an invitation counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from shared.errors import Conflict, Invalid

COOLING = timedelta(days=7)
USUAL_LIFE, LONGEST_LIFE = timedelta(days=14), timedelta(days=180)


def check_asks(join_policy: str) -> None:
    """Raises :class:`Conflict` where asking is of no use."""
    if join_policy == "invitation":
        raise Conflict("membership.by_invitation_only")


def check_again(asking: Mapping[str, Any] | None, now: datetime) -> None:
    """Raises :class:`Conflict` while a request waits, and for a week after one was rejected."""
    if asking is None:
        return
    if asking["status"] == "pending":
        raise Conflict("membership.already_asked")
    if asking["status"] == "rejected" and now < asking["decided_at"] + COOLING:
        raise Conflict("membership.asked_lately", days=COOLING.days)


def check_waiting(request: Mapping[str, Any], waiting: str) -> None:
    """Raises :class:`Conflict` for what was decided or taken back already."""
    if request["status"] != waiting:
        raise Conflict("membership.already_decided")


def expiry(asked: datetime | None, now: datetime) -> datetime:
    """When an invitation ends. Raises :class:`Invalid` for a moment that is past or too far off."""
    found = now + USUAL_LIFE if asked is None else asked
    if not now < found <= now + LONGEST_LIFE:
        raise Invalid.field("expires_at", "membership.invitation_expiry", days=LONGEST_LIFE.days)
    return found


def status(invitation: Mapping[str, Any], now: datetime) -> str:
    """``open``, or why nobody can come in by the invitation any more."""
    if invitation["revoked_at"] is not None:
        return "revoked"
    if invitation["expires_at"] <= now:
        return "expired"
    return "used_up" if invitation["uses"] >= invitation["max_uses"] else "open"


def used(invitation: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The invitation after one more came in by it. Raises :class:`Conflict` when it counts no more."""
    found = status(invitation, now)
    if found != "open":
        raise Conflict("membership.invitation_used_up" if found == "used_up" else "membership.invitation_over")
    return {**invitation, "uses": invitation["uses"] + 1}
