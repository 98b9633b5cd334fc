"""Which of the things that happen people are told of, and who is told (docs/decisions/0052)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

State = Mapping[str, Any]

# What has happened to a series besides its beginning and its end.
_LATER_NEWS = ("changed", "paused", "resumed", "shortened")

AUDIENCES = ("members", "expected", "officers", "founders", "school", "named", "person")


@dataclass(frozen=True)
class Announcement:
    """A thing that concerns a community: told once to each of its audience.

    ``audience`` is ``members`` (all active ones, whoever did it included), ``expected`` (those of them who did not say
    that they will not come), ``officers`` (but not ``person_id``), ``founders`` (those who may found what ``person_id``
    proposed, but not they), ``school`` (the leaders of a school, but not ``person_id``), ``named`` (those that
    ``params`` name), or ``person`` (``person_id`` alone).
    ``occasion`` tells repeated things about one subject apart; a thing that can
    happen to its subject only once has none.
    """

    topic: str
    community_id: str | None
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


def of_membership(kind: str, state: State, sequence: int) -> Announcement | None:
    """What somebody is told of their own membership, where others decided it."""
    if kind == "member_joined" and state.get("added"):
        topic = "added_to_community"
    elif kind == "member_left" and state.get("reason") == "merged":
        topic = "community_merged"
    else:
        return None
    return Announcement(
        topic=topic,
        community_id=state["community_id"],
        subject_kind="community",
        subject_id=state["community_id"],
        audience="person",
        person_id=state["person_id"],
        occasion=sequence,
    )


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
    named = ("title", "starts_on", "starts_at", "timezone", "place", "status")
    news = state.get("news")
    return Announcement(
        topic="series_changed",
        community_id=state["community_id"],
        subject_kind="series",
        subject_id=state["series_id"],
        occasion=sequence,
        params={
            **{name: state[name] for name in named},
            **({"news": news, **_days_of(news, state)} if news in _LATER_NEWS else {}),
        },
    )


def still_to_come(state: State, announced: State, now: datetime) -> bool:
    """Whether people need to be told yet what was ``announced`` of this session: it is to come, and at that hour."""
    at = announced.get("starts_at", state["starts_at"])
    return bool(state["status"] == "scheduled" and state["starts_at"] > now and state["starts_at"] == at)


def session_is_open(state: State, now: datetime) -> bool:
    """Whether a newcomer is told of this session by itself: to come, not cancelled, no date of a series."""
    return state["status"] == "scheduled" and state["series_id"] is None and state["starts_at"] > now


def _days_of(news: str, state: State) -> dict[str, str | None]:
    """The local days from which and to which a pause lasts, or on which a series ends earlier than it would have."""
    if news == "paused":
        pause = max(state["pauses"], key=lambda each: str(each["since"]))
        return {"since": pause["since"], "until": pause["until"]}
    ends = dict(part.split("=") for part in state["rrule"].split(";")).get("UNTIL", "")
    return {"until": f"{ends[:4]}-{ends[4:6]}-{ends[6:]}" if news == "shortened" and ends else None}


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


def _joined(kind: str, state: State, sequence: int) -> Announcement | None:
    # Whom an officer took in, two hundred at a time perhaps, the officers need not be told of one by one.
    if state.get("added"):
        return None
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


def _asked(kind: str, state: State, sequence: int) -> Announcement:
    return Announcement(
        topic=kind,
        community_id=state["community_id"],
        subject_kind="join_request",
        subject_id=state["request_id"],
        audience="officers",
        person_id=state["person_id"],
        params={"person_id": state["person_id"]},
    )


def _answered(kind: str, state: State, sequence: int) -> Announcement | None:
    if state["status"] == "withdrawn":
        return None
    return Announcement(
        topic=kind,
        community_id=state["community_id"],
        subject_kind="join_request",
        subject_id=state["request_id"],
        audience="person",
        person_id=state["person_id"],
        params={"status": state["status"]},
    )


def _proposal(audience: str) -> Callable[[str, State, int], Announcement | None]:
    def make(kind: str, state: State, sequence: int) -> Announcement | None:
        if state["status"] == "withdrawn":
            return None
        return Announcement(
            topic=kind,
            community_id=state["community_id"],
            subject_kind="proposal",
            subject_id=state["proposal_id"],
            audience=audience,
            person_id=state["person_id"],
            params={"title": state["name"], **{name: state[name] for name in ("status", "person_id", "npsn")}},
        )

    return make


def _letter_asked(kind: str, state: State, sequence: int) -> Announcement:
    return _letter(kind, state, "school")


def _letter_decided(kind: str, state: State, sequence: int) -> Announcement:
    return _letter(kind, state, "named")


def _letter_affected(kind: str, state: State, sequence: int) -> Announcement:
    news = state["change"] + ("_with_others" if state["others"] else "")
    announced = _letter(kind, state, "school")
    return replace(
        announced,
        person_id=None,
        occasion=sequence,
        params={**announced.params, "news": news, "count": state["others"]},
    )


def _letter(kind: str, state: State, audience: str) -> Announcement:
    told = list(dict.fromkeys([state["requested_by"], *state["person_ids"]]))
    return Announcement(
        topic=kind,
        community_id=state["community_id"],
        subject_kind="assignment_letter",
        subject_id=state["letter_id"],
        audience=audience,
        person_id=state["requested_by"],
        params={"npsn": state["npsn"], "status": state["status"], "session_id": state["session_id"], "told": told},
    )


def _minutes(kind: str, state: State, sequence: int) -> Announcement:
    # A correction that is approved later is told to nobody: it has no occasion of its own.
    return Announcement(
        topic=kind, community_id=state["community_id"], subject_kind="session", subject_id=state["session_id"]
    )


def _commitment(by: str) -> Callable[[str, State, int], Announcement | None]:
    """Told to those who see to it, but not to ``by``, who did it; what is the whole group's stands on its agenda."""

    def make(kind: str, state: State, sequence: int) -> Announcement | None:
        told = [id_ for id_ in state["owner_ids"] if id_ != state[by]]
        if not told:
            return None
        return Announcement(
            topic=kind,
            community_id=state["community_id"],
            subject_kind="commitment",
            subject_id=state["commitment_id"],
            audience="named",
            occasion=None if kind == "commitment_made" else sequence,
            params={"until": state["due_on"], "status": state["status"], "told": told},
        )

    return make


def _deadline(kind: str, state: State, sequence: int) -> Announcement:
    return Announcement(
        topic=f"{state['what']}_ending",
        community_id=state["community_id"],
        subject_kind="community",
        subject_id=state["community_id"],
        audience="officers",
        occasion=sequence,
        params={name: state[name] for name in ("until", "days_left")},
    )


def _due(kind: str, state: State, sequence: int) -> Announcement:
    return Announcement(
        topic=kind,
        community_id=state["community_id"],
        subject_kind="session",
        subject_id=state["session_id"],
        audience="expected",
        occasion=sequence,
        params=_meeting(state),
    )


def _answered_session(kind: str, state: State, sequence: int) -> Announcement | None:
    """Answers are told to nobody (docs/decisions/0052), but who waited for a seat and has one now does not know it."""
    if not state.get("moved_up"):
        return None
    return Announcement(
        topic="seat_given",
        community_id=state["community_id"],
        subject_kind="session",
        subject_id=state["session_id"],
        audience="person",
        person_id=state["person_id"],
        occasion=sequence,
    )


def _meeting(state: State) -> dict[str, Any]:
    return {name: state[name] for name in ("title", "starts_at", "timezone", "place", "mode")}


def _certificate(kind: str, state: State, sequence: int) -> Announcement | None:
    # The one that took its place is told of.
    if state["superseded_by"] is not None:
        return None
    return Announcement(
        topic=kind,
        community_id=state["community_id"],
        subject_kind="certificate",
        subject_id=state["number"],
        audience="person",
        person_id=state["person_id"],
        params={name: state[name] for name in ("number", "semester", "jp")},
    )


_MAKERS: dict[str, Callable[[str, State, int], Announcement | None]] = {
    "session_scheduled": _scheduled,
    "session_rescheduled": _session_news,
    "session_cancelled": _session_news,
    "session_due": _due,
    "rsvp_changed": _answered_session,
    "series_changed": _series,
    "resource_submitted": _resource("officers"),
    "resource_published": _resource("members"),
    "resource_returned": _resource("person"),
    "cycle_opened": _cycle,
    "cycle_advanced": _cycle,
    "member_joined": _joined,
    "join_requested": _asked,
    "join_decided": _answered,
    "community_proposed": _proposal("founders"),
    "proposal_decided": _proposal("person"),
    "assignment_letter_requested": _letter_asked,
    "assignment_letter_decided": _letter_decided,
    "assignment_letter_affected": _letter_affected,
    "certificate_issued": _certificate,
    "certificate_revoked": _certificate,
    "deadline_near": _deadline,
    "minutes_approved": _minutes,
    "commitment_made": _commitment("made_by"),
    "commitment_settled": _commitment("settled_by"),
}
