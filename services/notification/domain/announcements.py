"""Which of the things that happen people are told of, and who is told (docs/decisions/0052)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

State = Mapping[str, Any]


@dataclass(frozen=True)
class Announcement:
    """A thing that concerns a community: told once to each of its audience.

    ``audience`` is ``members`` (all active ones, whoever did it included), ``officers`` (but not ``person_id``), or
    ``person`` (``person_id`` alone). ``occasion`` tells repeated things about one subject apart; a thing that can
    happen to its subject only once has none.
    """

    topic: str
    community_id: str
    subject_kind: str
    subject_id: str
    audience: str = "members"
    person_id: str | None = None
    occasion: int | None = None
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The same for the same thing, whichever way and however often it is heard of."""
        parts = [self.topic, self.subject_id]
        return "/".join(parts if self.occasion is None else [*parts, str(self.occasion)])


def of_event(kind: str, state: State, sequence: int) -> Announcement | None:
    """What an event (``session_scheduled``) has people told of, or ``None`` when it concerns nobody in particular."""
    make = _MAKERS.get(kind)
    return make(kind, state, sequence) if make and not state.get("quiet") else None


def of_session(state: State) -> Announcement:
    """That a single session was scheduled."""
    return Announcement(
        topic="session_scheduled",
        community_id=state["community_id"],
        subject_kind="session",
        subject_id=state["session_id"],
        params=_meeting(state),
    )


def of_series(state: State, sequence: int) -> Announcement:
    """That a series was begun, changed or ended: people are told of it as a whole, not of each of its dates."""
    return Announcement(
        topic="series_changed",
        community_id=state["community_id"],
        subject_kind="series",
        subject_id=state["series_id"],
        occasion=sequence,
        params={name: state[name] for name in ("title", "starts_on", "starts_at", "timezone", "place", "status")},
    )


def session_is_open(state: State, now: datetime) -> bool:
    """Whether a newcomer is told of this session by itself: to come, not cancelled, no date of a series."""
    return state["status"] == "scheduled" and state["series_id"] is None and state["starts_at"] > now


def _scheduled(kind: str, state: State, sequence: int) -> Announcement:
    return of_session(state)


def _session_news(kind: str, state: State, sequence: int) -> Announcement:
    return Announcement(
        topic=kind,
        community_id=state["community_id"],
        subject_kind="session",
        subject_id=state["session_id"],
        occasion=sequence,
        params=_meeting(state),
    )


def _series(kind: str, state: State, sequence: int) -> Announcement:
    return of_series(state, sequence)


def _resource(audience: str) -> Callable[[str, State, int], Announcement]:
    def make(kind: str, state: State, sequence: int) -> Announcement:
        return Announcement(
            topic=kind,
            community_id=state["community_id"],
            subject_kind="resource",
            subject_id=state["resource_id"],
            audience=audience,
            person_id=None if audience == "members" else state["author_id"],
            occasion=sequence,
            params={"title": state["title"]},
        )

    return make


def _cycle(kind: str, state: State, sequence: int) -> Announcement:
    return Announcement(
        topic=kind,
        community_id=state["community_id"],
        subject_kind="cycle",
        subject_id=state["cycle_id"],
        occasion=None if kind == "cycle_opened" else sequence,
        params={"title": state["title"], "stage": state["stage"]},
    )


def _joined(kind: str, state: State, sequence: int) -> Announcement:
    return Announcement(
        topic=kind,
        community_id=state["community_id"],
        subject_kind="member",
        subject_id=f"{state['community_id']}/{state['person_id']}",
        audience="officers",
        person_id=state["person_id"],
        occasion=sequence,
        params={"person_id": state["person_id"]},
    )


def _meeting(state: State) -> dict[str, Any]:
    return {name: state[name] for name in ("title", "starts_at", "timezone", "place", "mode")}


_MAKERS: dict[str, Callable[[str, State, int], Announcement]] = {
    "session_scheduled": _scheduled,
    "session_rescheduled": _session_news,
    "session_cancelled": _session_news,
    "series_changed": _series,
    "resource_submitted": _resource("officers"),
    "resource_published": _resource("members"),
    "resource_returned": _resource("person"),
    "cycle_opened": _cycle,
    "cycle_advanced": _cycle,
    "member_joined": _joined,
}
