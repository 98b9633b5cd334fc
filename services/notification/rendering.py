"""What a notification says, in the reader's language, with times as the people of the meeting's zone read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime

from services.notification.domain.read_marks import ReadMarks
from shared.errors import Text
from shared.messaging import Work
from shared.mongo import Doc
from shared.texts import exists
from shared.texts import render as say

_ZONES = {"Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
_MOMENT = {"id": "EEEE, d MMMM y 'pukul' HH.mm", "en": "EEEE, d MMMM y 'at' HH:mm"}
_DAY = {"id": "EEEE, d MMMM y", "en": "EEEE, d MMMM y"}
_PATHS = {
    "session": "/v1/sessions/{id}",
    "series": "/v1/series/{id}",
    "resource": "/v1/resources/{id}",
    "cycle": "/v1/cycles/{id}",
    "member": "/v1/communities/{community_id}/members",
}


def render(work: Work, notifications: Sequence[Doc], marks: ReadMarks) -> list[Doc]:
    """The notifications as their reader sees them; few reads for many."""
    kept = work.store.announcements.get_many(each["announcement_id"] for each in notifications)
    news = kept.values()
    sessions = work.store.sessions.get_many(each["subject_id"] for each in news if each["subject_kind"] == "session")
    communities = work.store.communities.get_many(each["community_id"] for each in news)
    people = work.store.people.get_many(
        each["params"]["person_id"] for each in news if each["topic"] == "member_joined"
    )
    return [
        _view(each, kept[each["announcement_id"]], sessions, communities, people, marks, work.language)
        for each in notifications
    ]


def when(moment: datetime, timezone: str, language: str) -> str:
    """A moment in a place: ``Selasa, 5 Mei 2026 pukul 13.00 WIB``."""
    local = format_datetime(moment, _MOMENT[language], tzinfo=ZoneInfo(timezone), locale=language)
    return f"{local} {_ZONES.get(timezone, timezone)}"


def _view(
    notification: Doc,
    announcement: Doc,
    sessions: Mapping[str, Doc],
    communities: Mapping[str, Doc],
    people: Mapping[str, Doc],
    marks: ReadMarks,
    language: str,
) -> Doc:
    topic, subject_id = announcement["topic"], announcement["subject_id"]
    params = {**announcement["params"], **_present(sessions.get(subject_id))}
    community = communities.get(announcement["community_id"])
    gaps = {
        **params,
        "community": community["name"] if community else say(Text("notification.a_community"), language),
        "name": _name(people.get(params.get("person_id", "")), language),
        "when": _when(params, language),
        "stage": say(Text(f"notification.stage_{params.get('stage')}"), language),
    }
    variant = _variant(topic, params)
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


def _present(session: Doc | None) -> Doc:
    """What is true of a session now, whatever was true when it was announced."""
    if session is None:
        return {}
    return {name: session[name] for name in ("title", "starts_at", "timezone", "place", "mode", "status")}


def _variant(topic: str, params: Mapping[str, Any]) -> str:
    """The text of a topic, or of what has become of its subject since."""
    status = params.get("status")
    if topic in ("session_scheduled", "session_rescheduled") and status == "cancelled":
        return "session_since_cancelled"
    variant = f"{topic}_{status}"
    return variant if exists(f"notification.{variant}_title") else topic


def _when(params: Mapping[str, Any], language: str) -> str:
    """When and where: ``Selasa, 5 Mei 2026 pukul 13.00 WIB, di SMPN 1``."""
    starts_at = params.get("starts_at")
    if isinstance(starts_at, datetime):
        moment = when(starts_at, params["timezone"], language)
    elif starts_at:
        first = format_date(datetime.fromisoformat(params["starts_on"]), _DAY[language], locale=language)
        moment = say(Text("notification.series_when", {"day": first, "time": _clock(starts_at, language)}), language)
        moment = f"{moment} {_ZONES.get(params['timezone'], params['timezone'])}"
    else:
        return ""
    if params.get("place"):
        return say(Text("notification.at_a_place", {"when": moment, "place": params["place"]}), language)
    return say(Text("notification.online", {"when": moment}), language) if params.get("mode") == "online" else moment


def _clock(local_time: str, language: str) -> str:
    return local_time.replace(":", ".") if language == "id" else local_time


def _name(person: Doc | None, language: str) -> str:
    return person["name"] if person else say(Text("notification.somebody"), language)
