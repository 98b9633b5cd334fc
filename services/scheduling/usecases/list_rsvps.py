"""Members look at who comes."""

from __future__ import annotations

from datetime import timedelta

from services.scheduling.views import rsvp_view
from shared.messaging import Work
from shared.mongo import Doc

# The clocks of two machines may differ by so much.
_SKEW = timedelta(hours=1)


def list_rsvps(work: Work, asked: Doc) -> Doc:
    """The answers in the order of each person's first; reasons for officers, and one's own."""
    session = work.store.sessions.require(asked["session_id"], "scheduling.unknown_session")
    work.allow(community_id=session["community_id"])
    page = work.store.rsvps.page(
        {"session_id": session["id"]},
        asked,
        by="first_answered_at",
        between=(session["created_at"] - _SKEW, max(session["ends_at"], session["updated_at"]) + _SKEW),
    )
    people = work.store.people.get_many(doc["person_id"] for doc in page.items)
    tally = work.store.tallies.get(session["id"])
    officer = work.standing.officer_of(session["community_id"])

    def view(doc: Doc) -> Doc:
        own = doc["person_id"] == work.caller.person_id
        return rsvp_view(doc, people.get(doc["person_id"]), tally, with_reason=officer or own)

    return page.as_dict(view)
