"""What a notification says, in the reader's language, with times as the people of the meeting's zone read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime

from services.notification.domain.read_marks import ReadMarks
from shared.communities import present_forms
from shared.dates import zone_name
from shared.errors import Text
from shared.messaging import Work
from shared.mongo import Doc
from shared.texts import exists
from shared.texts import render as say

_MOMENT = {"id": "EEEE, d MMMM y 'pukul' HH.mm", "en": "EEEE, d MMMM y 'at' HH:mm"}
_DAY = {"id": "EEEE, d MMMM y", "en": "EEEE, d MMMM y"}
_PATHS = {
    "session": "/v1/sessions/{id}",
    "series": "/v1/series/{id}",
    "resource": "/v1/resources/{id}",
    "cycle": "/v1/cycles/{id}",
    "member": "/v1/communities/{community_id}/members",
    "community": "/v1/communities/{id}",
    "join_request": "/v1/join-requests/{id}",
    "certificate": "/v1/certificates/{id}",
    "proposal": "/v1/community-proposals/{id}",
    "assignment_letter": "/v1/assignment-letters/{id}",
    "commitment": "/v1/commitments/{id}",
}


def render(work: Work, notifications: Sequence[Doc], marks: ReadMarks) -> list[Doc]:
    """The notifications as their reader sees them; few reads for many."""
    kept = work.store.announcements.get_many(each["announcement_id"] for each in notifications)
    news = kept.values()
    meetings = {each["subject_id"]: _meeting_of(each) for each in news if _meeting_of(each)}
    sessions = work.store.sessions.get_many(meetings.values())
    asked = [each["subject_id"] for each in news if each["subject_kind"] == "join_request"]
    requests = work.store.join_requests.get_many(asked)
    present = {id_: _present(sessions[of], id_) for id_, of in meetings.items() if of in sessions}
    present |= {id_: {"status": request["status"]} for id_, request in requests.items()}
    answers = _answers(work, news)
    communities = present_forms(work.store, {each["community_id"] for each in news if each["community_id"]})
    former = work.store.communities.get_many(
        each["community_id"] for each in news if each["topic"] == "community_merged"
    )
    people = work.store.people.get_many(each["params"]["person_id"] for each in news if "person_id" in each["params"])
    return [
        _view(each, kept[each["announcement_id"]], present, answers, communities, former, people, marks, work.language)
        for each in notifications
        if each["announcement_id"] in kept
    ]


def when(moment: datetime, timezone: str, language: str) -> str:
    """A moment in a place: ``Selasa, 5 Mei 2026 pukul 13.00 WIB``."""
    local = format_datetime(moment, _MOMENT[language], tzinfo=ZoneInfo(timezone), locale=language)
    return f"{local} {zone_name(timezone)}"


def _view(
    notification: Doc,
    announcement: Doc,
    present: Mapping[str, Doc],
    answers: Mapping[str, str],
    communities: Mapping[str, Doc],
    former: Mapping[str, Doc],
    people: Mapping[str, Doc],
    marks: ReadMarks,
    language: str,
) -> Doc:
    topic, subject_id = announcement["topic"], announcement["subject_id"]
    params = {**announcement["params"], **present.get(subject_id, {})}
    gaps = {
        **params,
        "community": _called(communities.get(announcement["community_id"]), language),
        "former": _called(former.get(announcement["community_id"]), language),
        # A pause that was told without its first day began when it was told.
        "since": _day(params.get("since") or f"{announcement['at']:%Y-%m-%d}", language),
        "day": _day(params.get("until"), language),
        "name": _name(people.get(params.get("person_id", "")), language),
        "when": _when(params, language),
        "stage": say(Text(f"notification.stage_{params.get('stage')}"), language),
    }
    variant = _variant(topic, params, answers.get(subject_id, "unanswered"))
    path = _PATHS[announcement["subject_kind"]]
    return {
        "id": notification["id"],
        "topic": topic,
        "title": say(Text(f"notification.{variant}_title", gaps), language),
        "body": say(Text(f"notification.{variant}_body", gaps), language),
        "subject": {
            "kind": announcement["subject_kind"],
            "id": subject_id,
            "path": path.format(id=subject_id, community_id=announcement["community_id"]),
        },
        "community_id": announcement["community_id"],
        "at": announcement["at"],
        "read": notification["n"] in marks,
    }


def _meeting_of(announcement: Doc) -> str | None:
    """The session that is announced, or that the announced letter sends people to."""
    if announcement["subject_kind"] == "session":
        return str(announcement["subject_id"])
    return announcement["params"].get("session_id")


def _present(session: Doc, subject_id: str) -> Doc:
    """What is true of a session now, whatever was true when it was announced; its status where it is the subject."""
    words = {name: session[name] for name in ("title", "starts_at", "timezone", "place", "mode")}
    return {**words, "status": session["status"]} if subject_id == session["id"] else words


def _answers(work: Work, news: Iterable[Doc]) -> dict[str, str]:
    """What the reader's answers to the meetings that they are reminded of have come to, by meeting."""
    due = {each["subject_id"] for each in news if each["topic"] == "session_due"}
    found = work.store.rsvps.get_many(f"{session_id}/{work.caller.person_id}" for session_id in due)
    return {answer["session_id"]: answer.get("state") or answer["answer"] for answer in found.values()}


def _variant(topic: str, params: Mapping[str, Any], answer: str) -> str:
    """The text of a topic, or of what has become of its subject since."""
    status = params.get("status")
    if topic in ("session_scheduled", "session_rescheduled", "session_due", "seat_given") and status == "cancelled":
        return "session_since_cancelled"
    variant = f"{topic}_{answer if topic == 'session_due' else params.get('news') or status}"
    if params.get("news") == "paused" and not params["until"]:
        variant = f"{variant}_openly"
    return variant if exists(f"notification.{variant}_title") else topic


def _when(params: Mapping[str, Any], language: str) -> str:
    """When and where: ``Selasa, 5 Mei 2026 pukul 13.00 WIB, di SMPN 1``."""
    starts_at = params.get("starts_at")
    if isinstance(starts_at, datetime):
        moment = when(starts_at, params["timezone"], language)
    elif starts_at:
        first = _day(params["starts_on"], language)
        moment = say(Text("notification.series_when", {"day": first, "time": _clock(starts_at, language)}), language)
        moment = f"{moment} {zone_name(params['timezone'])}"
    else:
        return ""
    if params.get("place"):
        return say(Text("notification.at_a_place", {"when": moment, "place": params["place"]}), language)
    return say(Text("notification.online", {"when": moment}), language) if params.get("mode") == "online" else moment


def _day(day: str | None, language: str) -> str:
    return format_date(datetime.fromisoformat(day), _DAY[language], locale=language) if day else ""


def _called(community: Doc | None, language: str) -> str:
    return str(community["name"]) if community else say(Text("notification.a_community"), language)


def _clock(local_time: str, language: str) -> str:
    return local_time.replace(":", ".") if language == "id" else local_time


def _name(person: Doc | None, language: str) -> str:
    return person["name"] if person else say(Text("notification.somebody"), language)
