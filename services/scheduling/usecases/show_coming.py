"""What is ahead of somebody, for their first page: it fits into a few kilobytes whatever people wrote."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from services.scheduling.domain import sessions
from services.scheduling.usecases.letters import LEADERS
from services.scheduling.views import session_views
from shared.communities import present_forms, still_active
from shared.messaging import Work
from shared.mongo import Doc
from shared.shortening import shortened

SHOWN = 5
SHOWN_COMMITMENTS = 4
SHOWN_LETTERS = 3
_MOST_OPEN = 50
_MOST_ASKED = 20
_AHEAD = timedelta(days=92)
_TITLE, _PLACE, _COMMUNITY = 90, 50, 60


def show_coming(work: Work, asked: Doc) -> Doc:
    """The next sessions of the caller's communities, the one that is going on included, what they undertook, and the
    letters that the caller's school is asked for."""
    work.allow()
    ours = work.store.communities_of(work.caller.person_id)
    page = work.store.sessions.page(
        [{"community_id": id_} for id_ in still_active(work.store, sorted(ours))],
        {"limit": SHOWN, "after": None},
        by="starts_at",
        between=(work.now - sessions.LONGEST, work.now + _AHEAD),
        keep=lambda session: session["status"] == "scheduled" and session["ends_at"] > work.now,
    )
    communities = present_forms(work.store, {session["community_id"] for session in page.items})
    views = session_views(work.store, work.caller.person_id, page.items, ours)
    items = [_short(view, communities.get(view["community_id"])) for view in views]
    return {
        "sessions": {"items": items, "more": page.next is not None},
        "commitments": _commitments(work, ours),
        "letters": _letters(work),
    }


def _commitments(work: Work, community_ids: Collection[str]) -> Doc:
    """What is open and the caller's to see to, the first due first."""
    me = work.caller.person_id
    due = [
        {**commitment, "mine": me in commitment["owner_ids"]}
        for id_ in sorted(community_ids)
        for commitment in work.store.commitments.find(
            {"community_id": id_, "status": "open"}, limit=_MOST_OPEN, sort="due_on"
        )
        if not commitment["owner_ids"] or me in commitment["owner_ids"]
    ]
    due.sort(key=lambda commitment: (commitment["due_on"], commitment["id"]))
    items = [{**each, "title": shortened(each["title"], _TITLE)} for each in due[:SHOWN_COMMITMENTS]]
    return {"items": items, "more": len(due) > SHOWN_COMMITMENTS}


def _letters(work: Work) -> Doc:
    """Those for coming sessions that wait for a leader of the school, the longest waiting first."""
    asked = [
        letter
        for npsn in sorted(work.standing.schools(*LEADERS))
        for letter in work.store.letters.find({"npsn": npsn, "status": "requested"}, limit=_MOST_ASKED, sort="n")
    ]
    found = work.store.sessions.get_many({letter["session_id"] for letter in asked})
    coming = {
        id_: session
        for id_, session in found.items()
        if session["status"] == "scheduled" and session["ends_at"] > work.now
    }
    waiting = [
        {
            **letter,
            "session": shortened(coming[letter["session_id"]]["title"], _TITLE),
            "starts_at": coming[letter["session_id"]]["starts_at"],
            "people": len(letter["person_ids"]),
            "asked_at": letter["created_at"],
        }
        for letter in asked
        if letter["session_id"] in coming
    ]
    waiting.sort(key=lambda letter: (letter["asked_at"], letter["id"]))
    return {"items": waiting[:SHOWN_LETTERS], "more": len(waiting) > SHOWN_LETTERS}


def _short(session: Doc, community: Doc | None) -> Doc:
    return {
        **session,
        "title": shortened(session["title"], _TITLE),
        "place": session["place"] and shortened(session["place"], _PLACE),
        "community": community and shortened(community["name"], _COMMUNITY),
    }
