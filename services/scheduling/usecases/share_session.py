"""Telling of a session outside the platform."""

from __future__ import annotations

from services.scheduling.domain import tokens
from shared import dates
from shared.communities import known_community, seen_community
from shared.errors import NotFound, Text
from shared.messaging import Work
from shared.mongo import Doc
from shared.texts import render


def share_session(work: Work, asked: Doc) -> Doc:
    """A text to paste into a chat, and the address of the public page; for everybody who sees the session."""
    session = work.store.sessions.require(asked["session_id"], "scheduling.unknown_session")
    work.allow(community_id=session["community_id"])
    seen_community(work, session["community_id"])
    community = known_community(work.store, session["community_id"])
    url = public_address(work, session["id"])
    return {"text": _text(session, community["name"], url), "url": url}


def read_public_session(work: Work, asked: Doc) -> Doc:
    """When and where, and to which end. Not found once the community is archived."""
    work.allow()
    session_id = tokens.session_of(work.district, asked["share_token"])
    session = None if session_id is None else work.store.sessions.get(session_id)
    if session is None:
        raise NotFound("scheduling.unknown_session")
    community = known_community(work.store, session["community_id"])
    if community["status"] != "active":
        raise NotFound("scheduling.unknown_session")
    when = dates.span(session["starts_at"], session["ends_at"], session["timezone"], work.language)
    return {**session, "community": community["name"], "zone": dates.zone_name(session["timezone"]), "when": when}


def public_address(work: Work, session_id: str) -> str:
    """Where anybody may read of a session."""
    return f"{work.settings.public_url}/v1/public/sessions/{tokens.token_of(work.district, session_id)}"


def _text(session: Doc, community: str, url: str) -> str:
    """The text is Indonesian whoever copies it: it is read by others."""
    gaps = {
        "title": " ".join(session["title"].split()),
        "community": " ".join(community.split()),
        "goal": session["goal"],
        "when": dates.span(session["starts_at"], session["ends_at"], session["timezone"]),
        "place": session["place"] or "",
        "url": url,
    }
    lines = ["title", "community", "goal", "when", *_where(session), "link"]
    if session["status"] == "cancelled":
        lines.insert(0, "cancelled")
    return "\n".join(render(Text(f"papers.share_{line}", gaps), "id") for line in lines)


def _where(session: Doc) -> list[str]:
    if session["mode"] == "online":
        return ["online"]
    place = ["place"] if session["place"] else []
    return [*place, "hybrid"] if session["mode"] == "hybrid" else place
