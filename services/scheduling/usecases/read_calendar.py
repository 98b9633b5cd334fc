"""A device reads a calendar by its secret address."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from services.scheduling import ical
from services.scheduling.domain import feeds
from services.scheduling.domain.feeds import Regular
from services.scheduling.domain.series import Pattern
from services.scheduling.keyring import CalendarToken, calendar_key, read_calendar_token
from services.scheduling.usecases.calendar_addresses import NEVER_RENEWED
from shared.communities import present_forms, still_active, whole
from shared.errors import NotFound, Text
from shared.messaging import Work, offload
from shared.mongo import Doc
from shared.standing import Standing
from shared.texts import render

_MOST_SESSIONS = 2000


def read_calendar(work: Work, asked: Doc) -> tuple[Doc, bytes]:
    """The sessions of the last three months and of all that is planned, as its person sees them; none of a community
    while it is archived. Raises :class:`NotFound` for an address that was renewed, and for one of somebody who may see
    them no more."""
    work.allow()
    token = _given_to(work, asked["calendar_token"])
    communities = _communities(work, token)
    begins, ends = feeds.window(work.now)
    sessions = [
        session
        for id_ in still_active(work.store, communities)
        for session in work.store.sessions.find(
            {"community_id": id_, "starts_at": {"$gte": begins, "$lte": ends}}, limit=_MOST_SESSIONS
        )
    ]
    series = work.store.series.get_many(session["series_id"] for session in sessions if session["series_id"])
    names = {id_: doc["name"] for id_, doc in present_forms(work.store, communities).items()}
    text = _title(token, names)
    body = offload(_written, render(text, work.language), sessions, series, names, work.language)
    return {"revision": hashlib.sha256(body).hexdigest()[:32]}, body


def _given_to(work: Work, given: str) -> CalendarToken:
    token = read_calendar_token(given)
    if token is None:
        raise NotFound("calendars.unknown_calendar")
    calendar = work.store.calendars.get(token.person_id) or NEVER_RENEWED
    access = work.store.access.get(token.person_id) or {}
    if access.get("disabled") or not calendar_key(work.settings).proves(token, work.district, calendar["salt"]):
        raise NotFound("calendars.unknown_calendar")
    return token


def _communities(work: Work, token: CalendarToken) -> list[str]:
    if token.community_id is None:
        return sorted(work.store.communities_of(token.person_id))
    if not Standing(work.store, token.person_id, work.now).member_of(token.community_id):
        raise NotFound("calendars.unknown_calendar")
    return whole(work.store, [token.community_id])


def _title(token: CalendarToken, names: Mapping[str, str]) -> Text:
    if token.community_id is None:
        return Text("calendars.mine")
    return Text("calendars.of_community", {"name": names.get(token.community_id, "")})


def _written(
    title: str, sessions: Sequence[Doc], series: Mapping[str, Doc], names: Mapping[str, str], language: str
) -> bytes:
    regular = {id_: Regular(doc, Pattern.of(doc)) for id_, doc in series.items()}
    return ical.calendar(title, feeds.entries(sessions, regular), names, language)
