"""Looking at sessions: one, or those of a stretch of time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from services.scheduling.domain import sessions
from services.scheduling.views import session_views
from shared import dates
from shared.communities import present_forms, seen_community, whole
from shared.messaging import Work
from shared.mongo import Doc
from shared.paging import Page
from shared.standing import zone_of


def get_session(work: Work, asked: Doc) -> Doc:
    """The session with the caller's own answer; not found by others once its community is archived."""
    session = work.store.sessions.require(asked["session_id"], "scheduling.unknown_session")
    work.allow(community_id=session["community_id"])
    ours = {session["community_id"]} if seen_community(work, session["community_id"]) else set()
    return session_views(work.store, work.caller.person_id, [session], ours)[0]


def list_sessions(work: Work, asked: Doc) -> Doc:
    """Sessions by their start: of one community, of the caller's own, or of all active ones of the district."""
    work.allow(community_id=asked["community_id"])
    first, last = dates.bounds(asked["starts_from"], asked["starts_to"], zone_of(work.store))
    chosen = asked["community_id"] is not None or asked["mine"]
    between = sessions.stretch(first, last, work.now, whole=chosen)
    ours = work.store.communities_of(work.caller.person_id)
    where: Doc | list[Doc] = {}
    if asked["community_id"] is not None:
        asked_for = whole(work.store, [asked["community_id"]])
        where = [{"community_id": id_} for id_ in asked_for]
        ours |= set(asked_for) if seen_community(work, asked["community_id"]) else set()
    elif asked["mine"]:
        where = [{"community_id": id_} for id_ in sorted(ours)]
    follows = asked["updated_since"] is not None or asked["external"] is not None
    keep = _starting(first, last) if follows else None
    page = work.store.sessions.page(where, asked, by="starts_at", between=between, keep=keep)
    seen = _of_active_communities(work, page.items, ours)
    return Page(session_views(work.store, work.caller.person_id, seen, ours), page.next).as_dict()


def _starting(first: datetime | None, last: datetime | None) -> Callable[[Doc], bool]:
    return lambda doc: (first is None or doc["starts_at"] >= first) and (last is None or doc["starts_at"] <= last)


def _of_active_communities(work: Work, found: list[Doc], ours: set[str]) -> list[Doc]:
    """Without those of others' communities that are archived, or out of the caller's reach."""
    others = present_forms(work.store, {doc["community_id"] for doc in found} - ours)
    active = {
        id_ for id_, community in others.items() if community["status"] == "active" and work.reach.community(community)
    }
    return [doc for doc in found if doc["community_id"] in ours | active]
