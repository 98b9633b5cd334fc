"""Members look at who was there."""

from __future__ import annotations

from datetime import timedelta

from services.scheduling import attending
from services.scheduling.views import attendance_view
from shared.messaging import Work
from shared.mongo import Doc

# The clocks of two machines may differ by so much.
_SKEW = timedelta(hours=1)


def list_attendance(work: Work, asked: Doc) -> Doc:
    """The attendance in the order in which people were first recorded; reasons for officers, and one's own."""
    session = work.store.sessions.require(asked["session_id"], "scheduling.unknown_session")
    work.allow(community_id=session["community_id"])
    page = work.store.attendance.page(
        {"session_id": session["id"]},
        asked,
        by="recorded_at",
        between=(session["created_at"] - _SKEW, work.now + _SKEW),
    )
    people = work.store.people.get_many(row["person_id"] for row in page.items if row["person_id"])
    officer = work.standing.officer_of(session["community_id"])

    def view(row: Doc) -> Doc:
        own = row["person_id"] == work.caller.person_id
        return attendance_view(row, people.get(row["person_id"]), with_reason=officer or own)

    return {**page.as_dict(view), "counts": attending.counts_of(work.store, session["id"])}
