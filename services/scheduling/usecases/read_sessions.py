"""Looking at sessions: one, or those of a stretch of time."""

from __future__ import annotations

from datetime import timedelta

from services.scheduling.domain import sessions
from services.scheduling.usecases import meeting
from services.scheduling.views import session_views
from shared.messaging import Work
from shared.mongo import Doc
from shared.paging import Page

# What about a page of sessions takes: of one community, of a teacher's few communities, of a whole district.
_OF_ONE, _OF_A_FEW, _OF_ALL = timedelta(weeks=14), timedelta(weeks=5), timedelta(hours=6)


def get_session(work: Work, asked: Doc) -> Doc:
    """The session with the caller's own answer; not found by others once its community is archived."""
    session = work.store.sessions.require(asked["session_id"], "scheduling.unknown_session")
    work.allow(community_id=session["community_id"])
    ours = {session["community_id"]} if meeting.seen_community(work, session["community_id"]) else set()
    return session_views(work.store, work.caller.person_id, [session], ours)[0]


def list_sessions(work: Work, asked: Doc) -> Doc:
    """Sessions by their start: of one community, of the caller's own, or of all active ones of the district."""
    work.allow(community_id=asked["community_id"])
    between = sessions.stretch(asked["starts_from"], asked["starts_to"], work.now)
    ours = work.store.communities_of(work.caller.person_id)
    where: Doc | list[Doc] = {}
    window = _OF_ALL
    if asked["community_id"] is not None:
        where, window = {"community_id": asked["community_id"]}, _OF_ONE
        ours |= {asked["community_id"]} if meeting.seen_community(work, asked["community_id"]) else set()
    elif asked["mine"]:
        where, window = [{"community_id": id_} for id_ in sorted(ours)], _OF_A_FEW
    page = work.store.sessions.page(where, asked, by="starts_at", between=between, window=window)
    seen = _of_active_communities(work, page.items, ours)
    return Page(session_views(work.store, work.caller.person_id, seen, ours), page.next).as_dict()


def _of_active_communities(work: Work, found: list[Doc], ours: set[str]) -> list[Doc]:
    """Without those of others' communities that are archived."""
    others = work.store.communities.get_many({doc["community_id"] for doc in found} - ours)
    active = {id_ for id_, community in others.items() if community["status"] == "active"}
    return [doc for doc in found if doc["community_id"] in ours | active]
